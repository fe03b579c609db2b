"""Why a question to the Temporal server had no answer, in words for a person."""

from temporalio.client import RPCTimeoutOrCancelledError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.event_store import StoreUnavailable
from adapters.postgres.data_keys import UnknownKey

LOST = (
    RPCError,
    RPCTimeoutOrCancelledError,
    RuntimeError,
    StoreUnavailable,
    TimeoutError,
    UnknownKey,
    ValueError,
    WorkflowUpdateFailedError,
)
"""What a question may end with that was not answered."""


def why_lost(lost: Exception, deadline_s: float) -> str:
    """Say it; `deadline_s` is for how long an answer was waited for."""
    match lost:
        case RPCError(status=RPCStatusCode.PERMISSION_DENIED | RPCStatusCode.UNAUTHENTICATED):
            return "it does not let us in"
        case RPCError(status=status):
            return f"it answers {status.name.lower().replace('_', ' ')}"
        case RPCTimeoutOrCancelledError() | TimeoutError():
            return f"no answer within {deadline_s:g} s; perhaps no worker is running"
        case StoreUnavailable() | UnknownKey():
            return "the keys of payloads cannot be had now"
        case WorkflowUpdateFailedError(cause=ApplicationError(message=message)):
            return f"it cannot answer: {message[:500]}"
        case _:
            return "nobody listens there"
