"""Takes what is told by OTLP over HTTP, on a socket, and keeps it."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from adapters.telemetry.instruments import Kind, prometheus_name

PROCESS = ("namespace", "name", "instance.id")
"""What tells one process from another, to a collector."""


class Seen(NamedTuple):
    """One span, as it came in."""

    name: str
    trace: str
    span: str
    parent: str
    links: tuple[str, ...]  # traces that it points to
    about: dict[str, Any]
    status: str


class Told:
    """What came in."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self.metrics: set[str] = set()  # by the names that Prometheus has them under
        self.by: dict[str, set[str]] = {}  # the processes that tell a metric
        self.labels: dict[str, list[dict[str, str]]] = {}

    def named(self, name: str) -> list[Seen]:
        """The spans of that name."""
        return [seen for seen in self.spans if seen.name == name]

    def take_spans(self, raw: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(raw).resource_spans:
            for scope in resource.scope_spans:
                self.spans += [_seen(span) for span in scope.spans]

    def take_metrics(self, raw: bytes) -> None:
        for resource in ExportMetricsServiceRequest.FromString(raw).resource_metrics:
            about = _values(resource.resource.attributes)
            process = "/".join(
                about[f"service.{key}"] for key in PROCESS if f"service.{key}" in about
            )
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    self._take(metric, process)

    def _take(self, metric: Any, process: str) -> None:
        data = metric.WhichOneof("data")
        kinds: dict[str, Kind] = {"gauge": "gauge", "histogram": "histogram", "sum": "counter"}
        kind = kinds[data]
        if kind == "counter" and not metric.sum.is_monotonic:
            kind = "gauge"
        name = prometheus_name(metric.name, kind, metric.unit)
        points = getattr(metric, data).data_points
        if not points:
            return
        ends = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
        self.metrics |= {name + end for end in ends}
        self.by.setdefault(name, set()).add(process)
        self.labels.setdefault(name, []).extend(_values(point.attributes) for point in points)


def _seen(span: Any) -> Seen:
    return Seen(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        tuple(link.trace_id.hex() for link in span.links),
        _values(span.attributes),
        span.status.message,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind)


@contextmanager
def receiving() -> Iterator[tuple[str, Told]]:
    """Listen; gives the address to tell it to, and what was told so far."""
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                raw = gzip.decompress(raw)
            take = {"/v1/traces": told.take_spans, "/v1/metrics": told.take_metrics}
            take[self.path](raw)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listening = Thread(target=server.serve_forever, daemon=True)
        listening.start()
        yield f"http://127.0.0.1:{server.server_port}", told
        server.shutdown()
        listening.join()
