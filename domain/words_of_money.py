"""The words for money that is asked of a customer, or kept ready."""

from enum import StrEnum


class BillState(StrEnum):
    """Where is the money that the customer is asked for? One answer for each bill."""

    PLANNED = "planned"
    OPEN = "open"
    UNKNOWN = "unknown"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class HoldState(StrEnum):
    """Is the money kept ready, or taken? One answer for each hold."""

    PLANNED = "planned"
    UNKNOWN = "unknown"
    HELD = "held"
    REFUSED = "refused"
    TAKEN = "taken"
    RELEASED = "released"
    LAPSED = "lapsed"


MAY_HAVE_BEEN_SENT = "may_have_been_sent"
"""Why a payout failed of which nobody can say any more whether it went: a person looks."""
