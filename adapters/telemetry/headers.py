"""A trace in the headers of Temporal's messages; they are kept in the clear, and hold ids alone."""

from collections.abc import Mapping, MutableMapping
from typing import NamedTuple

from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags
from temporalio.api.common.v1 import Payload

KINDS = frozenset({"return", "refund", "recovery", "lot"})
TRACE, FIRST = "backhaul-trace", "backhaul-first-trace"


class Place(NamedTuple):
    """A place in a trace."""

    trace_id: int
    span_id: int
    flags: int


def place_of(context: SpanContext) -> Place | None:
    """The place of a span; none where there is none."""
    if not context.is_valid:
        return None
    return Place(context.trace_id, context.span_id, int(context.trace_flags))


def read(headers: Mapping[str, Payload], name: str = TRACE) -> Place | None:
    """What a header says; none where there is none, or what is there is not ours."""
    if name not in headers:
        return None
    try:
        trace_id, span_id, flags = headers[name].data.decode("ascii").split("-")
        return Place(int(trace_id, 16), int(span_id, 16), int(flags, 16))
    except ValueError:
        return None


def write(
    headers: Mapping[str, Payload], place: Place | None, name: str = TRACE
) -> dict[str, Payload]:
    """The headers with this one besides."""
    said: MutableMapping[str, Payload] = dict(headers)
    if place is not None:
        text = f"{place[0]:032x}-{place[1]:016x}-{place[2]:02x}"
        said[name] = Payload(metadata={"encoding": b"binary/plain"}, data=text.encode())
    return dict(said)


def parent(place: Place) -> NonRecordingSpan:
    """The span of that place, which somebody else has begun."""
    return NonRecordingSpan(_context(place))


def link(place: Place) -> Link:
    """Point there."""
    return Link(_context(place))


def _context(place: Place) -> SpanContext:
    return SpanContext(place[0], place[1], is_remote=True, trace_flags=TraceFlags(place[2]))


def about(workflow: str) -> dict[str, str]:
    """What a workflow is about, by its id: `return:acme:R-1`; nothing, where its kind has none."""
    kind, tenant, named = (*workflow.split(":", 2), "", "")[:3]
    return {"tenant": tenant, f"{kind}_id": named} if named and kind in KINDS else {}
