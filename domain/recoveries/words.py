"""The words of a recovery, and the names it is found by."""

from enum import StrEnum
from typing import NamedTuple

from domain.keys import parts_of

RECOVERY_TYPE = "RecoveryWorkflow"


class RecoveryKind(StrEnum):
    """From whom the money is to come back."""

    CARRIER_CLAIM = "carrier_claim"
    DUTY_DRAWBACK = "duty_drawback"


class RecoveryCause(StrEnum):
    """What happened to the goods."""

    LOST = "lost"
    DAMAGED = "damaged"
    RETURNED = "returned"  # they have left the country that had taken duties on them


class RecoveryLife(StrEnum):
    """Where the claim is. One answer for each recovery."""

    OPEN = "open"  # not filed yet
    FILED = "filed"
    GRANTED = "granted"  # promised by them; not here yet, or not all of it
    REFUSED = "refused"
    WITHDRAWING = "withdrawing"  # filed, and there is no reason for it any more
    WITHDRAWN = "withdrawn"
    PAID = "paid"
    OWED_BACK = "owed_back"  # paid, and the reason is gone
    GIVEN_BACK = "given_back"
    LAPSED = "lapsed"  # nobody filed it in time
    CLOSED = "closed"  # given up by a person


class Owner(StrEnum):
    """Whose turn it is."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMS = "customs"
    SYSTEM = "system"


class RecoveryKey(NamedTuple):
    """Which recovery; its stream, and the workflow that follows it, have the same name."""

    tenant: str
    recovery_id: str

    @property
    def name(self) -> str:
        """`recovery:{tenant}:{recovery_id}`."""
        return f"recovery:{self.tenant}:{self.recovery_id}"

    @classmethod
    def of_name(cls, name: str) -> "RecoveryKey | None":
        """Read a stream's or a workflow's name; none where it is no recovery's."""
        found = parts_of("recovery", name)
        return cls(*found) if found else None
