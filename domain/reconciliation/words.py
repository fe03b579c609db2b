"""The words of reconciliation: what can differ, how bad it is, who owns it, how far it is."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """In which way two books differ."""

    ORPHAN = "orphan"
    MISSING = "missing"
    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    STATE_DIFFERS = "state_differs"
    PAID_TWICE = "paid_twice"
    CHARGEBACK = "chargeback"
    ORPHAN_LABEL = "orphan_label"


class Severity(StrEnum):
    """How soon a person must have looked."""

    HIGH = "high"  # money is gone, or may go a second time
    MEDIUM = "medium"  # money is not where our books have it
    LOW = "low"  # no money of an order of ours is in question


class Owner(StrEnum):
    """Who settles a finding."""

    FINANCE = "finance"  # between us and the provider
    MERCHANT = "merchant"  # the customer or a return is concerned


class FindingLife(StrEnum):
    """How far people are with a finding."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


LOOK_WITHIN: Mapping[Severity, timedelta] = {
    Severity.HIGH: timedelta(days=1),
    Severity.MEDIUM: timedelta(days=3),
    Severity.LOW: timedelta(days=7),
}
"""From its being found to the end of patience with nobody having looked."""

SETTLE_WITHIN = timedelta(days=7)
"""From somebody's saying that they look to the end of patience with them."""
