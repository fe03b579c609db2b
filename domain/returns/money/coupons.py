"""A coupon instead of money: planned as a difference, like a payout, and issued once.

It takes from no payment of the order. What it is given for counts against the unit, so that
nothing else is given for it; its face value is the policy's to say.
"""

from datetime import datetime, timedelta

from domain.money import Money, percentage_up
from domain.orders.caps import check_reservation
from domain.orders.events import FundsPart, FundsReserved, unit_key
from domain.refusal import Refused
from domain.returns.asking.offering import offer
from domain.returns.events import Escalated
from domain.returns.events.resolving import CouponIssued, CouponPlanned, CouponRefused
from domain.returns.goods.inspecting import is_final
from domain.returns.money.adjusting import judged_value
from domain.returns.money.paying import funds_paid, funds_released
from domain.returns.notes import NoteCoupon
from domain.returns.state import Coupon, ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import Decision, Resolution

ROUNDED = timedelta(seconds=1)
"""How much of an end is lost where an issuer counts in whole seconds."""


def given_for(state: ReturnState, unit: Unit) -> int:
    """What of a unit's value coupons were given for, or are about to be."""
    return sum(
        coupon.value_minor
        for coupon in state.coupons.values()
        if coupon.unit == unit.id and coupon.life != "refused"
    )


def plan_coupons(u: Unfolding) -> None:
    """Plan what verdicts have earned and no coupon holds yet."""
    for unit in list(u.state.units.values()):
        wants = unit.approved and unit.resolution is Resolution.COUPON
        if not wants or not is_final(unit) or unit.decision is Decision.REJECTED:
            continue
        quoted = u.state.quoted(unit.id)
        refused = any(
            coupon.unit == unit.id and coupon.life == "refused"
            for coupon in u.state.coupons.values()
        )
        if quoted is None or refused:
            continue
        value = judged_value(unit, quoted) - given_for(u.state, unit)
        if value > 0:
            _plan(u, unit, value)


def _plan(u: Unfolding, unit: Unit, value_minor: int) -> None:
    terms = u.state.agreed.resolving.coupon
    if terms is None:
        return
    key = u.made_id("coupon", len(u.state.coupons) + 1)
    part = FundsPart(key=unit_key(unit.asked.line_id, unit.asked.ordinal), amount_minor=value_minor)
    face = percentage_up(value_minor, terms.value_bp)
    u.happened(
        CouponPlanned(
            occurred_at=u.now,
            unit=unit.id,
            instruction_id=key,
            amount=Money(amount_minor=face, currency=u.state.currency),
            value_minor=value_minor,
            valid_until=u.now + timedelta(days=terms.valid_days),
        )
    )
    refused = check_reservation(u.books, None, value_minor, (part,))
    if refused is not None:
        _refuse(u, key, refused.because)
        return
    u.booked(
        FundsReserved(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=key,
            return_id=u.state.return_id,
            tender_id=None,
            amount_minor=value_minor,
            parts=(part,),
        )
    )


def note_coupon(u: Unfolding, note: NoteCoupon) -> Refused | None:
    """The customer has it; or they will not issue it, and money is offered instead."""
    coupon = u.state.coupons[note.instruction_id]
    if coupon.life != "planned":
        return None
    if note.amount is not None and note.state == "issued" and note.amount != coupon.amount:
        _differs(u, note, coupon.amount)
        return None
    if note.state == "refused":
        funds_released(u, note.instruction_id, note.reason)
        _refuse(u, note.instruction_id, note.reason or "the provider will not issue it")
        return None
    u.happened(
        CouponIssued(
            occurred_at=u.now,
            unit=coupon.unit,
            instruction_id=coupon.instruction_id,
            amount=coupon.amount,
            code=note.code,
            coupon_ref=note.coupon_ref,
            valid_until=_end(u, note, coupon),
        )
    )
    funds_paid(u, coupon.instruction_id, note.coupon_ref)
    return None


def _end(u: Unfolding, note: NoteCoupon, coupon: Coupon) -> datetime:
    """Until when it can be used: as its issuer says, who must not give less than was promised."""
    if note.valid_until is None:
        return coupon.valid_until
    if note.valid_until < coupon.valid_until - ROUNDED:
        because = (
            f"the coupon ends at {note.valid_until:%Y-%m-%d %H:%M}, "
            f"and {coupon.valid_until:%Y-%m-%d %H:%M} UTC was promised"
        )
        worry(u, f"ends_early:{coupon.instruction_id}", "coupon_ends_early", because)
    return note.valid_until


def _differs(u: Unfolding, note: NoteCoupon, expected: Money) -> None:
    """What they say they have issued is not what was asked for: a person looks first."""
    concern_id = f"failed:coupon:{note.instruction_id}"
    if concern_id not in u.state.concerns:
        u.happened(
            Escalated(
                occurred_at=u.now,
                concern_id=concern_id,
                what="amount_differs",
                because=f"the provider says a coupon of {note.amount}, not of {expected}",
            )
        )


def _refuse(u: Unfolding, instruction_id: str, because: str) -> None:
    coupon = u.state.coupons[instruction_id]
    u.happened(
        CouponRefused(
            occurred_at=u.now,
            unit=coupon.unit,
            instruction_id=instruction_id,
            value_minor=coupon.value_minor,
            because=because,
        )
    )
    unit = u.state.units[coupon.unit]
    why = "the coupon cannot be issued"
    offer(u, unit, Resolution.REFUND_ORIGINAL, why, holds_unanswered=True)
