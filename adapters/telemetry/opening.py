"""Opens telemetry for a process, where the surroundings say where it goes."""

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from adapters.misset import SettingsError
from adapters.telemetry.doors import Open, open_as
from adapters.telemetry.instruments import DURATIONS_S, INSTRUMENTS, Metric

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"
USUAL_INTERVAL_MS = 15_000

GIVEN_IDS: ContextVar[tuple[int, int] | None] = ContextVar("given_ids", default=None)
"""Trace and span id of the span that is begun next: a workflow's follow from what it was told."""


@contextmanager
def telemetry(
    service: str, env: Mapping[str, str] = os.environ, *, metrics: bool = True
) -> Iterator[None]:
    """Let what this process does be seen; nothing is done where the surroundings name no endpoint.

    Args:
        service: The name of the process: `worker`, `api`, `cli`.
        env: The variables; those of OpenTelemetry's specification.
        metrics: Whether it lives long enough to be measured.

    Raises:
        SettingsError: The endpoint, or the interval, makes no sense.
    """
    endpoint = env.get(ENDPOINT, "").rstrip("/")
    if not endpoint:
        yield
        return
    if urlsplit(endpoint).scheme not in {"http", "https"}:
        raise SettingsError(ENDPOINT, "an address that begins with http:// or https://")
    opened, close = _opened(service, endpoint, env, metrics=metrics)
    open_as(opened)
    try:
        yield
    finally:
        open_as(None)
        close()


def _opened(
    service: str, endpoint: str, env: Mapping[str, str], *, metrics: bool
) -> tuple[Open, Callable[[], None]]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    from opentelemetry.util.re import parse_env_headers

    from adapters.telemetry.calls import ClientTracing

    class GivenIds(RandomIdGenerator):
        """Random ids, but for spans of workflows."""

        def generate_trace_id(self) -> int:
            given = GIVEN_IDS.get()
            return given[0] if given else super().generate_trace_id()

        def generate_span_id(self) -> int:
            given = GIVEN_IDS.get()
            return given[1] if given else super().generate_span_id()

    process = {
        "service.namespace": "backhaul",
        "service.name": service,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    resource = Resource.create(process)
    headers = parse_env_headers(env.get(HEADERS, ""), liberal=True)
    spans = TracerProvider(resource=resource, id_generator=GivenIds(), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", headers=headers)
    spans.add_span_processor(BatchSpanProcessor(exporter))
    closing: list[Callable[[], None]] = [spans.shutdown]
    counters: dict[Metric, Any] = {}
    histograms: dict[Metric, Any] = {}
    readings: dict[Metric, Any] = {}
    connecting: dict[str, Any] = {"interceptors": [ClientTracing()]}
    if metrics:
        every_ms = _interval_ms(env)
        provider = _meters(resource, f"{endpoint}/v1/metrics", headers, every_ms)
        _make(provider, counters, histograms, readings)
        closing.insert(0, provider.shutdown)
        connecting["runtime"] = _runtime(f"{endpoint}/v1/metrics", headers, every_ms, process)
    opened = Open(spans.get_tracer("backhaul"), counters, histograms, readings, connecting)

    def close() -> None:
        for each in closing:
            each()

    return opened, close


def _interval_ms(env: Mapping[str, str]) -> int:
    text = env.get(INTERVAL) or str(USUAL_INTERVAL_MS)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise SettingsError(INTERVAL, "milliseconds, 1 or more")
    return int(text)


def _meters(resource: Any, url: str, headers: Mapping[str, str], every_ms: int) -> Any:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    exporter = OTLPMetricExporter(endpoint=url, headers=dict(headers))
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=every_ms)
    return MeterProvider(metric_readers=[reader], resource=resource, shutdown_on_exit=False)


def _make(
    provider: Any,
    counters: dict[Metric, Any],
    histograms: dict[Metric, Any],
    readings: dict[Metric, Any],
) -> None:
    from opentelemetry.metrics import CallbackOptions, Observation

    def reading(metric: Metric) -> Callable[[CallbackOptions], Iterable[Observation]]:
        return lambda _: [
            Observation(value, labels) for value, labels in list(readings.get(metric, ()))
        ]

    meter = provider.get_meter("backhaul")
    for metric, (kind, unit, meaning) in INSTRUMENTS.items():
        if kind == "counter":
            counters[metric] = meter.create_counter(metric, unit, meaning)
        elif kind == "histogram":
            histograms[metric] = meter.create_histogram(
                metric, unit, meaning, explicit_bucket_boundaries_advisory=DURATIONS_S
            )
        else:
            meter.create_observable_gauge(metric, [reading(metric)], unit, meaning)


def _runtime(
    url: str, headers: Mapping[str, str], every_ms: int, process: Mapping[str, str]
) -> Any:
    """A runtime of the Temporal SDK that tells its own metrics, as of the same process."""
    from temporalio.runtime import OpenTelemetryConfig, Runtime, TelemetryConfig

    told = OpenTelemetryConfig(
        url=url,
        headers=headers,
        metric_periodicity=timedelta(milliseconds=every_ms),
        durations_as_seconds=True,
        http=True,
    )
    return Runtime(telemetry=TelemetryConfig(metrics=told, global_tags=process))
