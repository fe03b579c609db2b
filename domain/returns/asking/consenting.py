"""What is offered to a customer, and what they say to it. Silence is rarely consent."""

from domain.policy.requoting import requoted
from domain.policy.units import GOODS
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.offering import WHOLE, is_open, keep_for_a_share
from domain.returns.asking.opening import plan_parcels
from domain.returns.events import (
    Escalated,
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    QuoteIssued,
)
from domain.returns.goods.replacing import INSTEAD_OF_GOODS, is_sent
from domain.returns.money.choosing import STUCK, take_way
from domain.returns.state import Offer
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Receipt, Resolution


def _open_offer(u: Unfolding, offer_id: str) -> Offer | Refused:
    offer = u.state.offers.get(offer_id)
    if offer is None:
        return Refused(code="unknown_offer", because=f"offer_id: no offer {offer_id} here")
    if offer.answer:
        return Refused(code="offer_answered", because=f"offer_id: it was {offer.answer} already")
    return offer


def accept_offer(u: Unfolding, ask: c.AcceptOffer) -> Refused | None:
    """The unit is resolved, or the money goes, as offered."""
    offer = _open_offer(u, ask.offer_id)
    if isinstance(offer, Refused):
        return offer
    if offer.kind not in {*INSTEAD_OF_GOODS, "hold_refused"} and ask.actor.kind != "customer":
        return Refused(
            code="customer_only", because="actor: it was offered to the customer, who has to say so"
        )
    return take_offer(u, offer)


def take_offer(u: Unfolding, offer: Offer) -> Refused | None:
    """Accepted, or unanswered for so long that it holds."""
    u.happened(
        OfferAccepted(
            occurred_at=u.now,
            offer_id=offer.offer_id,
            unit=offer.unit,
            resolution=offer.resolution,
            by=u.by,
        )
    )
    if offer.kind == "payout_way":
        return take_way(u, offer)
    if u.state.quote is not None and offer.resolution is not None:
        quote = requoted(
            u.state.quote,
            offer.unit,
            offer.resolution,
            share_bp=offer.share_bp or WHOLE,
            fee_from_refund=offer.kind == "not_paid",
        )
        u.happened(QuoteIssued(occurred_at=u.now, quote=quote))
    if offer.resolution is Resolution.PARTIAL_REFUND:
        keep_for_a_share(u, offer)
    elif not u.state.keep_item:
        plan_parcels(u)
    return None


def decline_offer(u: Unfolding, ask: c.DeclineOffer) -> Refused | None:
    """The customer wants it otherwise: a person takes it from here, the offer stays in words."""
    offer = _open_offer(u, ask.offer_id)
    if isinstance(offer, Refused):
        return offer
    u.happened(
        OfferDeclined(
            occurred_at=u.now, offer_id=offer.offer_id, unit=offer.unit, because=ask.because
        ),
        Escalated(
            occurred_at=u.now,
            concern_id=f"offer:{offer.offer_id}",
            what="offer_declined",
            because=f"{offer.unit or offer.instruction_id}: the customer declined "
            f"{offer.resolution or offer.destination}",
        ),
    )
    return None


def answer_for_silence(u: Unfolding, offer: Offer) -> None:
    """Nobody answered in time: what was said to follow then, follows."""
    if offer.if_silent == "accepted":
        take_offer(u, offer)
    else:
        lapse(u, offer, "nobody answered in time")


def lapse(u: Unfolding, offer: Offer, because: str) -> None:
    """The offer stands no more."""
    u.happened(OfferLapsed(occurred_at=u.now, offer_id=offer.offer_id, because=because))


def withdraw_offers(u: Unfolding) -> None:
    """What found its way needs no other."""
    for offer in [known for known in u.state.offers.values() if not known.answer]:
        if offer.kind == "resolution":
            _withdraw_resolution(u, offer)
        elif offer.kind in INSTEAD_OF_GOODS:
            _withdraw_instead(u, offer)
        elif offer.kind == "payout_way":
            payout = u.state.payouts[offer.instruction_id]
            if payout.replaced or payout.state not in STUCK:
                lapse(u, offer, f"the money is {payout.state} meanwhile")


def _withdraw_instead(u: Unfolding, offer: Offer) -> None:
    """Nothing is offered instead of an article that comes after all, or is not wanted any more."""
    unit = u.state.units[offer.unit]
    if is_sent(unit):
        lapse(u, offer, f"{unit.id}: the article was ordered after all")
    elif unit.resolution not in GOODS:
        lapse(u, offer, f"{unit.id} is answered by {unit.resolution} meanwhile")


def _withdraw_resolution(u: Unfolding, offer: Offer) -> None:
    """Nothing else is offered for what was resolved; and only what is at home can be kept."""
    unit = u.state.units[offer.unit]
    if not is_open(u.state, unit) or not u.state.is_approved:
        lapse(u, offer, f"{unit.id} is {unit.decision} meanwhile")
        return
    if offer.resolution is not Resolution.PARTIAL_REFUND:
        return
    came = unit.receipt is Receipt.RECEIVED or (not unit.stays and u.state.has_left)
    if came or unit.decision is not Decision.PENDING:
        lapse(u, offer, f"{unit.id} is {unit.receipt} and {unit.decision} meanwhile")
