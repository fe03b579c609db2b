"""Log lines are events with a name; what varies is in keys from a list, nothing personal.

The last step is a queue: a handler that blocks, in a workflow, would be a deadlock.
"""

import atexit
import logging
import logging.handlers
import queue
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog
from temporalio import activity, workflow

_TOGETHER_S = 0.05
"""Lines wait so long for one another: each wake of the writing thread takes turns with the rest."""

_BEFORE_HANDING_ON: list[structlog.types.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def drop_replayed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A line of replayed workflow code was written once already, when it was new."""
    if workflow.in_workflow() and workflow.unsafe.is_replaying_history_events():
        raise structlog.DropEvent
    return event


def add_return(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say which return the line is about, wherever it is written from."""
    if activity.in_activity():
        info = activity.info()
        event.setdefault("workflow_id", info.workflow_id)
        event.setdefault("attempt", info.attempt)
    return event


def configure_logging(form: Literal["json", "console"], level: int = logging.INFO) -> None:
    """Send structlog's and the SDK's lines, one a line, to standard error through a queue."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    target = logging.StreamHandler(sys.stderr)
    target.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_BEFORE_HANDING_ON,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    lines = _Together()
    listener = logging.handlers.QueueListener(lines, target)
    root = logging.getLogger()
    root.handlers = [_PassOn(lines)]
    root.setLevel(level)
    for noisy in ("httpx2", "httpcore2", "httpcore", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            drop_replayed,
            add_return,
            structlog.contextvars.merge_contextvars,
            *_BEFORE_HANDING_ON,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    listener.start()
    atexit.register(listener.stop)  # the last lines are written too


class _PassOn(logging.handlers.QueueHandler):
    """Hands structured records on as they are; only other libraries' records are rendered."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        if isinstance(record.msg, Mapping):
            return record
        prepared: logging.LogRecord = super().prepare(record)
        return prepared


class _Together(queue.SimpleQueue[Any]):
    """Gives what has come in meanwhile, then waits for more."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 theirs
        if block and self.empty():
            first = super().get(timeout=timeout)
            time.sleep(_TOGETHER_S)
            return first
        return super().get(block, timeout)
