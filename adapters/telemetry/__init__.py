"""What can be seen of the engine from outside: spans, metrics, and the ids that tie them together.

All of it leaves by OTLP over HTTP and is switched on by `OTEL_EXPORTER_OTLP_ENDPOINT`; without
it nothing of OpenTelemetry's SDK is even imported, and every door here is a no-op.
"""
