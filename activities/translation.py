"""What a retry may do after a partner failed us. Said once, here, for every activity."""

from temporalio.exceptions import ApplicationError

from activities.failures import Misspoken, PartnerFailure, Throttled, Unauthorised

_LONGEST = 2_000  # a payload is no place for a partner's HTML page


def as_application_error(failure: PartnerFailure) -> ApplicationError:
    """Translate a partner's failure, so that no retry policy lists exception names.

    Repeating a request that they cannot read, or credentials they do not accept, would only
    repeat the failure: a person has to look.
    """
    return ApplicationError(
        str(failure)[:_LONGEST],
        type=type(failure).__name__,
        non_retryable=isinstance(failure, Misspoken | Unauthorised),
        next_retry_delay=failure.retry_after if isinstance(failure, Throttled) else None,
    )
