"""Calls of the Temporal server: a span each, which what they lead to is part of."""

from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from adapters.telemetry.doors import span
from adapters.telemetry.headers import Place, about, place_of, write


class ClientTracing(Interceptor):
    """Of `temporalio.client.Client.connect`."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 theirs
        return _Calls(next)


def _here() -> Place | None:
    return place_of(trace.get_current_span().get_span_context())


class _Calls(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 theirs
        name = f"signal {input.start_signal}" if input.start_signal else f"start {input.workflow}"
        with span(name, SpanKind.CLIENT, **about(input.id)):
            input.headers = write(input.headers, _here())
            return await super().start_workflow(input)

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:  # noqa: A002 theirs
        with span(f"query {input.query}", SpanKind.CLIENT, **about(input.id)):
            return await super().query_workflow(input)

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:  # noqa: A002 theirs
        with span(f"signal {input.signal}", SpanKind.CLIENT, **about(input.id)):
            input.headers = write(input.headers, _here())
            await super().signal_workflow(input)

    async def start_workflow_update(
        self,
        input: StartWorkflowUpdateInput,  # noqa: A002 theirs
    ) -> WorkflowUpdateHandle[Any]:
        with span(f"update {input.update}", SpanKind.CLIENT, **about(input.id)):
            input.headers = write(input.headers, _here())
            return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,  # noqa: A002 theirs
    ) -> WorkflowUpdateHandle[Any]:
        start, update = input.start_workflow_input, input.update_workflow_input
        with span(f"update {update.update}", SpanKind.CLIENT, **about(start.id)):
            start.headers = write(start.headers, _here())
            update.headers = write(update.headers, _here())
            return await super().start_update_with_start_workflow(input)
