"""What units are resolved by instead of money back, and the answers to what is offered."""

from typing import Any

from domain.returns import commands as c
from domain.returns.events import OfferMade
from domain.words import Reason, Resolution
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import SHIRT_MINOR
from tests.domain.returns.story import ask

SHARE = -(-SHIRT_MINOR * 3_000 // 10_000)
PARTLY: dict[str, Any] = {"resolution": Resolution.PARTIAL_REFUND}
MENDED: dict[str, Any] = {"resolution": Resolution.REPAIR, "reason": Reason.DEFECTIVE}
COUPON: dict[str, Any] = {"resolution": Resolution.COUPON}


def accept(known: Scenario) -> Any:
    return ask(c.AcceptOffer, offer_id=known.last(OfferMade).offer_id)


def decline(known: Scenario) -> Any:
    return ask(c.DeclineOffer, offer_id=known.last(OfferMade).offer_id, because="no")
