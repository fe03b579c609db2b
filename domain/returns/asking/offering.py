"""Another resolution is offered for a unit: by the policy, by staff, or because one failed.

A resolution changes only by the customer's yes. Where goods are kept for a share of their
value, that yes is also the verdict.
"""

from datetime import timedelta

from domain.money import Money, percentage_up
from domain.policy.price import unit_value
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import DecisionMade, OfferMade, PolicyOverridden
from domain.returns.money.promising import planned_for
from domain.returns.state import Offer, ReturnState, Unit
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Receipt, Resolution

WHOLE = 10_000

OFFERABLE = frozenset(
    {
        Resolution.REFUND_ORIGINAL,
        Resolution.STORE_CREDIT,
        Resolution.PARTIAL_REFUND,
        Resolution.COUPON,
        Resolution.REPAIR,
    }
)
"""What staff may offer instead of what was asked for."""


def open_offer_for(state: ReturnState, unit: Unit) -> Offer | None:
    """The offer for a unit that waits for an answer."""
    standing = (offer for offer in state.offers.values() if offer.unit == unit.id)
    return next((offer for offer in standing if not offer.answer), None)


def waits_for_an_offer(state: ReturnState, unit: Unit) -> bool:
    """Whether a share is to be said by a person: no rule did, or the customer did not want it."""
    return (
        state.is_approved
        and unit.approved
        and unit.resolution is Resolution.PARTIAL_REFUND
        and unit.decision is Decision.PENDING
        and unit.receipt is not Receipt.RECEIVED
        and open_offer_for(state, unit) is None
    )


def offer_shares(u: Unfolding) -> None:
    """Where the policy names a share for goods that are to be kept, it is offered, once."""
    for unit in list(u.state.units.values()):
        share = u.state.agreed.resolving.share_bp_by_unit.get(unit.id, 0) if u.state.terms else 0
        asked = any(offer.unit == unit.id for offer in u.state.offers.values())
        if share and not asked and waits_for_an_offer(u.state, unit):
            because = f"{share / 100:g} % of its value, and you keep it"
            offer(u, unit, Resolution.PARTIAL_REFUND, because, share_bp=share)


def offer(
    u: Unfolding,
    unit: Unit,
    resolution: Resolution,
    because: str,
    *,
    share_bp: int = WHOLE,
    holds_unanswered: bool = False,
) -> None:
    """Ask the customer. Silence is a yes only to the very money that was paid."""
    amount = _worth(u.state, unit, resolution, share_bp)
    answer_by = u.now + timedelta(days=u.state.agreed.customer_answer_days)
    u.happened(
        OfferMade(
            occurred_at=u.now,
            offer_id=u.made_id("offer", len(u.state.offers) + 1),
            unit=unit.id,
            resolution=resolution,
            because=because,
            answer_by=answer_by,
            kind="resolution",
            if_silent="accepted" if holds_unanswered else "lapsed",
            share_bp=share_bp if resolution is Resolution.PARTIAL_REFUND else 0,
            amount_minor=amount,
            by=u.by,
        )
    )
    told = Money(amount_minor=amount, currency=u.state.currency).plain()
    facts = {"because": because, "answer_by": answer_by.date().isoformat()}
    plan_notice(u, "offer", {**facts, "amount": told} if amount else facts)


def _worth(state: ReturnState, unit: Unit, resolution: Resolution, share_bp: int) -> int:
    quoted = state.quoted(unit.id)
    if quoted is None or resolution is Resolution.REPAIR:
        return 0
    share = share_bp if resolution is Resolution.PARTIAL_REFUND else (unit.share_bp or WHOLE)
    value = percentage_up(unit_value(quoted), share)
    coupon = state.agreed.resolving.coupon
    if resolution is Resolution.COUPON and coupon is not None:
        return percentage_up(value, coupon.value_bp)
    return value


def offer_otherwise(u: Unfolding, ask: c.Override) -> Refused | None:
    """Staff offer another resolution for units, or another share."""
    resolution = ask.resolution or Resolution.PARTIAL_REFUND
    if not ask.units:
        return Refused(code="units_missing", because="units: say for which units it is offered")
    for key in ask.units:
        unit = u.state.units.get(key)
        refused = _no_offer(u.state, key, unit, resolution, ask.share_bp)
        if refused is not None:
            return refused
    u.happened(PolicyOverridden(occurred_at=u.now, because=ask.because, by=u.by))
    for key in ask.units:
        share = ask.share_bp if resolution is Resolution.PARTIAL_REFUND else WHOLE
        offer(u, u.state.units[key], resolution, ask.because, share_bp=share)
    return None


def _no_offer(
    state: ReturnState, key: str, unit: Unit | None, resolution: Resolution, share_bp: int
) -> Refused | None:
    if unit is None or not unit.approved or not state.is_approved:
        return Refused(code="unknown_unit", because=f"units: {key} is none that may come back")
    if open_offer_for(state, unit) is not None:
        return Refused(code="offer_open", because=f"units: the customer is asked about {key} now")
    if not is_open(state, unit):
        return Refused(code="already_resolved", because=f"units: {key} is resolved already")
    terms = state.agreed.resolving
    unavailable = {Resolution.COUPON: terms.coupon, Resolution.REPAIR: terms.repair}
    if resolution not in OFFERABLE or unavailable.get(resolution, True) is None:
        return Refused(
            code="resolution_not_offered", because=f"resolution: {resolution} is not offered here"
        )
    if resolution is Resolution.PARTIAL_REFUND:
        return _no_share(state, unit, share_bp)
    return None


def _no_share(state: ReturnState, unit: Unit, share_bp: int) -> Refused | None:
    if not share_bp:
        return Refused(code="share_missing", because="share_bp: say which share, 1 to 10000")
    if unit.decision is not Decision.PENDING or state.has_left:
        return Refused(
            code="not_with_the_customer",
            because=f"units: {unit.id} is decided or on its way: only what is at home can be kept",
        )
    return None


def is_open(state: ReturnState, unit: Unit) -> bool:
    """Whether it may still be resolved otherwise: undecided, or what was decided cannot be done."""
    undecided = unit.decision in {Decision.PENDING, Decision.NEEDS_REVIEW}
    undone = (
        (unit.repair is not None and unit.repair.life == "failed")
        or any(c.unit == unit.id and c.life == "refused" for c in state.coupons.values())
        or (unit.resolution is Resolution.REPAIR and unit.receipt is Receipt.LOST_IN_TRANSIT)
    )
    return (undecided or undone) and not is_answered(state, unit)


def is_answered(state: ReturnState, unit: Unit) -> bool:
    """Whether anything was given, or is on its way, for this unit already."""
    return has_other_answer(state, unit) or bool(planned_for(state, unit.id))


def has_other_answer(state: ReturnState, unit: Unit) -> bool:
    """Whether anything else than money was given for it, or is on its way."""
    goods = unit.replacement is not None and unit.replacement.life in {"ordered", "shipped"}
    coupon = any(
        coupon.unit == unit.id and coupon.life != "refused" for coupon in state.coupons.values()
    )
    repair = unit.repair is not None and unit.repair.life in {"started", "completed"}
    return goods or coupon or repair


def keep_for_a_share(u: Unfolding, offered: Offer) -> None:
    """The customer's yes to a share is the verdict on the unit."""
    whole = offered.share_bp == WHOLE
    u.happened(
        DecisionMade(
            occurred_at=u.now,
            unit=offered.unit,
            outcome=Decision.ACCEPTED if whole else Decision.ACCEPTED_WITH_DEDUCTION,
            share_bp=offered.share_bp,
            because=f"as agreed: {offered.share_bp / 100:g} % of its value, and the goods are kept",
        )
    )
