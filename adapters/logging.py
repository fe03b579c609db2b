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
from opentelemetry import trace
from temporalio import activity, workflow

from adapters.telemetry.doors import count, is_open
from adapters.telemetry.headers import about
from adapters.telemetry.instruments import Metric

KEYS = frozenset(
    {
        "account", "activity", "after_s", "amount_minor", "answer", "attempt", "because", "code",
        "command", "currency", "differs", "dropped", "errno", "error", "event", "event_id",
        "exit_code", "failure", "instruction_id", "kept", "key_id", "kind", "known", "level",
        "lot_id", "name", "new", "operation", "pid", "played", "port", "ports", "program",
        "projection", "provider", "recovery_id", "refund_id", "release", "restart_after_s",
        "return_id", "role", "same_body", "signal", "span_id", "state", "status", "step",
        "stream_id", "subscription_id", "task_queue", "tenant", "timestamp", "trace_id", "types", "unfit", "version",
        "what", "workflow_id",
    }
)  # fmt: skip
"""What a line may say beside its name; ids, codes, numbers, and sentences of ours."""

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
    elif workflow.in_workflow():
        event.setdefault("workflow_id", workflow.info().workflow_id)
    for key, named in about(str(event.get("workflow_id", ""))).items():
        event.setdefault(key, named)
    return event


def add_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say in which trace the line was written, where there is one."""
    if is_open() and (context := trace.get_current_span().get_span_context()).is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def only_listed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What is not on the list is not written; the line names it, so that somebody sees it."""
    if unknown := sorted(event.keys() - KEYS):
        for key in unknown:
            del event[key]
            count(Metric.LOG_KEYS_DROPPED, key=key)
        event["dropped"] = unknown
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
            add_trace,
            only_listed,
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
