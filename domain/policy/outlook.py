"""What a decision is handed of the world besides the policy: carriers' records, and where.

Read once before the decision, from read models and the vault; what came of it is recorded with
the terms, so that the same return is never judged again by newer figures. Where somebody lives
is looked at and not recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.model import Value


class CarrierRecord(Value):
    """What a carrier's service did with the parcels of the last 90 days."""

    parcels: int  # that it was to carry
    exceptions: int = 0  # visits it failed, labels it refused, parcels it lost
    late: int = 0  # that came too late, or were delayed by its own word


Records = Mapping[tuple[str, str], CarrierRecord]
"""By carrier and service."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Nothing known: carriers are chosen by price alone, places by country alone."""

    records: Records = field(default_factory=dict)
    postcode: str = ""


NOTHING_KNOWN = Outlook()
