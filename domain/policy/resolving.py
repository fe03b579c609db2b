"""What a policy says of resolutions other than money for goods: shares, coupons, repairs.

Each is data; which of them a merchant offers follows from what is there.
"""

from typing import Annotated

from pydantic import Field

from domain.model import Id, Short, Value
from domain.money import WHOLE_BASIS_POINTS
from domain.words import Disposition, Reason, Resolution

STAYS = frozenset({Resolution.KEEP_ITEM, Resolution.PARTIAL_REFUND})
"""The resolutions for which the goods do not come back at all."""

ALWAYS = frozenset(
    {
        Resolution.REFUND_ORIGINAL,
        Resolution.STORE_CREDIT,
        Resolution.EXCHANGE,
        Resolution.ADVANCE_EXCHANGE,
        Resolution.REPLACEMENT,
        Resolution.KEEP_ITEM,
    }
)
"""The resolutions that a return can be opened with under every policy."""


class Share(Value):
    """How much of a unit's value the customer gets who keeps it. The first that fits counts."""

    rule: Id
    reasons: tuple[Reason, ...] = ()
    categories: tuple[Short, ...] = ()
    share_bp: Annotated[int, Field(ge=1, le=WHOLE_BASIS_POINTS)]


class CouponTerms(Value):
    """A coupon instead of money: what it is worth of the refund, and how long it can be used."""

    value_bp: Annotated[int, Field(ge=1, le=50_000)]
    valid_days: Annotated[int, Field(ge=1, le=3_660)]


class RepairTerms(Value):
    """How long a repair may take before another resolution is spoken of."""

    days: Annotated[int, Field(ge=1, le=365)]


class SendBackTerms(Value):
    """What becomes of goods that were not accepted and are the customer's."""

    wait_days: Annotated[int, Field(ge=0, le=90)] = 0  # in which they may say: leave it
    ship_days: Annotated[int, Field(ge=1, le=90)] = 5  # until the warehouse has sent it
    left: Disposition = Disposition.DONATE  # where it goes if they leave it


class Resolving(Value):
    """The part of a policy about resolutions; without a part, that resolution is not offered."""

    partial_refund: tuple[Share, ...] = ()
    coupon: CouponTerms | None = None
    repair: RepairTerms | None = None
    send_back: SendBackTerms = SendBackTerms()

    @property
    def offered(self) -> frozenset[Resolution]:
        """The resolutions that a return can be opened with."""
        more = {
            Resolution.PARTIAL_REFUND: bool(self.partial_refund),
            Resolution.COUPON: self.coupon is not None,
            Resolution.REPAIR: self.repair is not None,
        }
        return ALWAYS | {resolution for resolution, there in more.items() if there}

    def share_bp(self, reason: Reason, category: str) -> int:
        """What of a unit is paid where the goods are kept; 0 where no rule says so."""
        fitting = (
            share.share_bp
            for share in self.partial_refund
            if (not share.reasons or reason in share.reasons)
            and (not share.categories or category in share.categories)
        )
        return next(fitting, 0)


class ResolvingTerms(Value):
    """What of it binds one return."""

    share_bp_by_unit: dict[str, int] = Field(default_factory=dict)
    coupon: CouponTerms | None = None
    repair: RepairTerms | None = None
    send_back: SendBackTerms = SendBackTerms()
