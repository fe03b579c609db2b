"""What a worker does: a span for each message a workflow is told, and for each activity.

A workflow is replayed, so its spans have ids that follow from what it was told, and only what
happens for the first time is sent out. A message's span is the parent of all that is begun
because of it, also by a worker that never saw it come in.
"""

from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, NoReturn

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    SignalExternalWorkflowInput,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from adapters.telemetry.doors import count, tracer
from adapters.telemetry.headers import FIRST, Place, about, link, parent, place_of, read, write
from adapters.telemetry.instruments import Metric
from adapters.telemetry.opening import GIVEN_IDS

Current = ContextVar[Any]


class WorkTracing(Interceptor):
    """Of `temporalio.worker.Worker`."""

    def __init__(self, current: Current, begin: str) -> None:
        """Keep the place of a workflow in `current`; lend it `begin`, to begin a trace."""
        self._current = current
        self._begin = begin

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 theirs
        return _Activity(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 theirs
    ) -> type[WorkflowInboundInterceptor]:
        input.unsafe_extern_functions[self._begin] = begun_by_itself

        class Told(_Told):
            current = self._current

        return Told


class _Activity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 theirs
        info, named = activity.info(), input.fn.__name__
        from_, first = read(input.headers), read(input.headers, FIRST)
        attributes: dict[str, str | int] = {
            f"backhaul.{key}": value for key, value in about(info.workflow_id or "").items()
        }
        attributes["backhaul.attempt"] = info.attempt
        if not info.is_local:
            attributes["backhaul.step"] = info.activity_id
        with tracer().start_as_current_span(
            f"activity {named}",
            context=trace.set_span_in_context(parent(from_)) if from_ else None,
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            links=_links(first, from_),
            record_exception=False,
            set_status_on_exception=False,
        ) as begun:
            try:
                result = await super().execute_activity(input)
            except BaseException as failed:
                begun.set_status(Status(StatusCode.ERROR, type(failed).__name__))
                count(Metric.RECORDINGS, activity=named, outcome="failed")
                raise
        accepted = getattr(result, "accepted", True)
        count(Metric.RECORDINGS, activity=named, outcome="accepted" if accepted else "refused")
        return result


class _Told(WorkflowInboundInterceptor):
    current: Current

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Tells(outbound, self.current))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 theirs
        self.current.set(read(input.headers))
        return await super().execute_workflow(input)

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 theirs
        doing = super().handle_signal(input)
        await self._handled(f"signal {input.signal}", input.headers, doing)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 theirs
        doing = super().handle_update_handler(input)
        return await self._handled(f"update {input.update}", input.headers, doing)

    async def _handled(
        self, name: str, headers: Mapping[str, Payload], doing: Awaitable[Any]
    ) -> Any:
        with _message(name, read(headers)) as place:
            self.current.set(place)
            return await doing


def begun_by_itself(because: str) -> Place | None:
    """Begin a trace that nobody outside has begun; it ends at once, what follows is in it."""
    with _message(because, None) as place:
        return place


@contextmanager
def _message(name: str, above: Place | None) -> Iterator[Place | None]:
    """A span of a workflow's: its ids and times are the same in a replay, which sends nothing."""
    info, began = workflow.info(), workflow.time_ns()
    cause = above or began  # a message has an id of its own; what nobody told has only its time
    ids = sha256(f"{info.run_id} {name} {cause}".encode()).digest()
    trace_id = above[0] if above else int.from_bytes(ids[8:24])
    given = GIVEN_IDS.set((trace_id, int.from_bytes(ids[:8])))
    try:
        begun = tracer().start_span(
            name,
            context=trace.set_span_in_context(parent(above)) if above else Context(),
            kind=SpanKind.CONSUMER,
            attributes={f"backhaul.{key}": said for key, said in about(info.workflow_id).items()},
            links=_links(_first(), Place(trace_id, 0, 0)),
            start_time=began,
        )
    finally:
        GIVEN_IDS.reset(given)
    try:
        yield place_of(begun.get_span_context())
    except Exception as failed:
        begun.set_status(Status(StatusCode.ERROR, type(failed).__name__))
        raise
    finally:
        if not workflow.unsafe.is_replaying_history_events():
            begun.end(workflow.time_ns())


class _Tells(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor, current: Current) -> None:  # noqa: A002 theirs
        super().__init__(next)
        self._current = current

    def _said(self, headers: Mapping[str, Payload]) -> dict[str, Payload]:
        return write(write(headers, self._current.get()), _first(), FIRST)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:  # noqa: A002 theirs
        input.headers = self._said(input.headers)
        super().continue_as_new(input)

    async def signal_external_workflow(self, input: SignalExternalWorkflowInput) -> None:  # noqa: A002 theirs
        input.headers = self._said(input.headers)
        await super().signal_external_workflow(input)

    async def start_child_workflow(self, input: StartChildWorkflowInput) -> Any:  # noqa: A002 theirs
        input.headers = self._said(input.headers)
        return await super().start_child_workflow(input)

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002 theirs
        input.headers = self._said(input.headers)
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002 theirs
        input.headers = self._said(input.headers)
        return super().start_local_activity(input)


def _first() -> Place | None:
    """The first trace of the workflow, through all its runs: what began it."""
    headers = workflow.info().headers
    return read(headers, FIRST) or read(headers)


def _links(first: Place | None, here: Place | None) -> list[trace.Link]:
    """Point to the first trace from every other one."""
    return [link(first)] if first and (here is None or here[0] != first[0]) else []
