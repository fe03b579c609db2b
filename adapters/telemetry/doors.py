"""Where the code says what it does: a span around it, a count of it. A no-op while nobody looks.

What is said of a span or of a metric is an id, a name of ours or a number: never what somebody
wrote, never a query, never a body.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from adapters.telemetry.instruments import Metric

Labels = Mapping[str, str]
Readings = Mapping[Metric, Sequence[tuple[float, Labels]]]

_NOBODY_LOOKS: AbstractContextManager[Span] = nullcontext(INVALID_SPAN)
_WORD = re.compile(r"[a-z]+(?:[-_][a-z]+)*|v\d+")
_W3C = TraceContextTextMapPropagator()


class Open(NamedTuple):
    """What is open in this process, once somebody looks."""

    tracer: trace.Tracer
    counters: Mapping[Metric, Any]
    histograms: Mapping[Metric, Any]
    readings: dict[Metric, Sequence[tuple[float, Labels]]]
    connecting: Mapping[str, Any]  # how the SDK's clients are connected


_open: list[Open] = []


def open_as(opened: Open | None) -> None:
    """Begin to say what is done; None: to end it."""
    _open[:] = [opened] if opened is not None else []


def is_open() -> bool:
    """Whether somebody looks."""
    return bool(_open)


def connecting() -> dict[str, Any]:
    """Give what `temporalio.client.Client.connect` takes besides, for spans and metrics."""
    return dict(_open[0].connecting) if _open else {}


def tracer() -> trace.Tracer:
    """Give the tracer, for those who make spans by hand."""
    return _open[0].tracer if _open else trace.NoOpTracer()


def count(metric: Metric, **labels: str) -> None:
    """Count one more."""
    if _open:
        _open[0].counters[metric].add(1, labels)


def measure(metric: Metric, value: float, **labels: str) -> None:
    """Note how long something took, in seconds."""
    if _open:
        _open[0].histograms[metric].record(value, labels)


def show(readings: Readings) -> None:
    """Show how things stand, in place of how they stood."""
    if _open:
        _open[0].readings.update(readings)


def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, **about: str | int
) -> AbstractContextManager[Span]:
    """Say what is done in a `with`. How it failed is told by its type alone."""
    return _span(name, kind, about) if _open else _NOBODY_LOOKS


@contextmanager
def _span(
    name: str, kind: SpanKind, about: Mapping[str, str | int], context: Any = None
) -> Iterator[Span]:
    attributes = {f"backhaul.{key}": value for key, value in about.items()}
    with _open[0].tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except BaseException as failed:
            begun.set_status(Status(StatusCode.ERROR, type(failed).__name__))
            raise


def served(method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
    """Say that an HTTP request is answered, in the trace of whoever asks."""
    if not _open:
        return _NOBODY_LOOKS
    return _span(method, SpanKind.SERVER, {}, _W3C.extract(headers))


def continued(traceparent: str) -> AbstractContextManager[Span]:
    """Go on in a trace that was written down, in another process perhaps."""
    if not _open or not traceparent:
        return _NOBODY_LOOKS
    context = _W3C.extract({"traceparent": traceparent})
    return _span("relay", SpanKind.CONSUMER, {}, context)


def traceparent() -> str:
    """Write down the trace that is open here, for `continued`; empty where there is none."""
    carrier: dict[str, str] = {}
    if _open:
        _W3C.inject(carrier)
    return carrier.get("traceparent", "")


class Call:
    """One call of a partner's; how it ended is `outcome`."""

    def __init__(self, begun: Span) -> None:
        self._begun = begun
        self.outcome = "done"

    def answered(self, status: int) -> None:
        """Note the status that they answered with."""
        self._begun.set_attribute("http.response.status_code", status)
        self.outcome = "done" if status < 400 else "refused"


_UNSEEN = nullcontext(Call(INVALID_SPAN))


def partner_call(partner: str, operation: str) -> AbstractContextManager[Call]:
    """Say that a partner is called: a span, a count by outcome, and how long it took."""
    return _partner_call(partner, operation) if _open else _UNSEEN


@contextmanager
def _partner_call(partner: str, operation: str) -> Iterator[Call]:
    began = time.monotonic()
    with _span(
        f"{partner} {operation}", SpanKind.CLIENT, {"partner": partner, "operation": operation}
    ) as begun:
        call = Call(begun)
        try:
            yield call
        except BaseException as failed:
            call.outcome = type(failed).__name__
            raise
        finally:
            labels = {"partner": partner, "operation": operation, "outcome": call.outcome}
            count(Metric.PARTNER_CALLS, **labels)
            measure(Metric.PARTNER_DURATION, time.monotonic() - began, **labels)


def operation_of(method: str, path: str) -> str:
    """Name what is asked for without the ids in it: `GET /v1/refunds/_`."""
    parts = [part if _WORD.fullmatch(part) else "_" for part in path.strip("/").split("/")]
    return f"{method} /{'/'.join(parts)}"
