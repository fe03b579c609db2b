"""Which trace a workflow acts in: of what it was told last, never one for all its life.

Nothing here does anything unless a worker lets itself be looked at (`adapters.telemetry`).
"""

from contextvars import ContextVar

from temporalio import workflow

BEGIN = "backhaul_begin_trace"
"""The function that such a worker lends its workflows."""


Trace = object
"""A place in a trace: what begins next is a child of it. What it is made of is telemetry's own."""

CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


def begin_trace(because: str) -> None:
    """Go on in a trace of its own: what no message caused belongs to none of theirs."""
    begin = workflow.extern_functions().get(BEGIN)
    if begin is not None:
        CURRENT.set(begin(because))
