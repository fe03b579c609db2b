"""Every metric of ours, named once: the code, the dashboards and the alerts say the same.

Prometheus knows them by `prometheus_name`, as the collector translates them: dots become
underscores, a unit and `_total` are put behind.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

Kind = Literal["counter", "histogram", "gauge"]

DURATIONS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metric(StrEnum):
    """The names, as OpenTelemetry knows them."""

    PARTNER_CALLS = "backhaul.partner.calls"
    PARTNER_DURATION = "backhaul.partner.duration"
    HTTP_DURATION = "backhaul.http.duration"
    RECORDINGS = "backhaul.recordings"
    WEBHOOKS = "backhaul.webhooks"
    LOG_KEYS_DROPPED = "backhaul.log.keys.dropped"
    RETURNS_OPEN = "backhaul.returns.open"
    RETURNS_OVERDUE = "backhaul.returns.overdue"
    MONEY_UNSETTLED = "backhaul.money.unsettled"
    INBOX_OLDEST = "backhaul.inbox.oldest"
    INBOX_QUARANTINED = "backhaul.inbox.quarantined"
    SUBSCRIPTIONS = "backhaul.subscriptions"
    SUBSCRIPTIONS_LAG = "backhaul.subscriptions.lag"
    DELIVERIES_WAITING = "backhaul.deliveries.waiting"
    PROJECTION_LAG_EVENTS = "backhaul.projection.lag.events"
    PROJECTION_LAG = "backhaul.projection.lag"
    REFUND_TIME = "backhaul.refund.time"


class Instrument(NamedTuple):
    """How one is measured, and what its labels tell apart."""

    kind: Kind
    unit: str
    meaning: str


INSTRUMENTS: Mapping[Metric, Instrument] = {
    Metric.PARTNER_CALLS: Instrument("counter", "{call}", "calls, by partner, operation, outcome"),
    Metric.PARTNER_DURATION: Instrument("histogram", "s", "how long they took, by the same"),
    Metric.HTTP_DURATION: Instrument("histogram", "s", "our answers, by route and status"),
    Metric.RECORDINGS: Instrument("counter", "{recording}", "by activity and outcome"),
    Metric.WEBHOOKS: Instrument("counter", "{webhook}", "what partners told us, by outcome"),
    Metric.LOG_KEYS_DROPPED: Instrument("counter", "{key}", "not on the list of keys of logs"),
    Metric.RETURNS_OPEN: Instrument("gauge", "{return}", "by headline"),
    Metric.RETURNS_OVERDUE: Instrument("gauge", "{return}", "by the actor whose turn it is"),
    Metric.MONEY_UNSETTLED: Instrument("gauge", "{minor}", "minor units, by state and currency"),
    Metric.INBOX_OLDEST: Instrument("gauge", "s", "age of the oldest row not relayed, by state"),
    Metric.INBOX_QUARANTINED: Instrument("gauge", "{webhook}", "rows that wait for a person"),
    Metric.SUBSCRIPTIONS: Instrument("gauge", "{subscription}", "to webhooks, by state"),
    Metric.SUBSCRIPTIONS_LAG: Instrument("gauge", "s", "age of the oldest event not looked at"),
    Metric.DELIVERIES_WAITING: Instrument("gauge", "{message}", "by its subscription's state"),
    Metric.PROJECTION_LAG_EVENTS: Instrument("gauge", "{event}", "not applied yet, 10 000 at most"),
    Metric.PROJECTION_LAG: Instrument("gauge", "s", "age of the oldest event not applied"),
    Metric.REFUND_TIME: Instrument("gauge", "s", "request to refund, of the last day, by quantile"),
}


def prometheus_name(name: str, kind: Kind, unit: str) -> str:
    """Translate a name as OpenTelemetry's compatibility specification says.

    https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
    """
    translated = name.replace(".", "_")
    suffix = {"s": "_seconds", "ms": "_milliseconds", "By": "_bytes"}.get(unit, "")
    if not translated.endswith(suffix):
        translated += suffix
    if kind == "counter" and not translated.endswith("_total"):
        translated += "_total"
    return translated
