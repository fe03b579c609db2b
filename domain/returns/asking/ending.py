"""A return that ends before its goods have come, or goes on after all; the claim on its units."""

from typing import Literal

from domain.orders.caps import check_claim
from domain.orders.events import ClaimedUnit, UnitsClaimed, UnitsReleased
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import ReturnCancelled, ReturnReopened
from domain.returns.events.authorisation import Was
from domain.returns.goods.replacing import is_sent
from domain.returns.money.holding import holds_of, in_advance, plan_hold_again
from domain.returns.state import Parcel, ReturnState
from domain.returns.transport.labels import buy_another
from domain.returns.unfolding import Unfolding
from domain.words import Authorisation, LabelLife, Logistics


def claimed(state: ReturnState, units: list[str] | None = None) -> tuple[ClaimedUnit, ...]:
    keys = list(state.units) if units is None else units
    return tuple(
        ClaimedUnit(line_id=state.units[key].asked.line_id, ordinal=state.units[key].asked.ordinal)
        for key in keys
    )


def release_claims(u: Unfolding, units: list[str] | None = None) -> None:
    """Let go of units that do not come back, so that they can be asked for again."""
    held = [
        unit
        for unit in claimed(u.state, units)
        if u.books.claims.get((unit.line_id, unit.ordinal)) == u.state.return_id
    ]
    if held:
        u.booked(
            UnitsReleased(
                order_id=u.state.order_id,
                occurred_at=u.now,
                return_id=u.state.return_id,
                units=tuple(held),
            )
        )


def claim_again(u: Unfolding, units: list[str]) -> None:
    free = tuple(
        unit
        for unit in claimed(u.state, units)
        if (unit.line_id, unit.ordinal) not in u.books.claims
    )
    if free:
        u.booked(
            UnitsClaimed(
                order_id=u.state.order_id,
                occurred_at=u.now,
                return_id=u.state.return_id,
                units=free,
            )
        )


def cancel(u: Unfolding, ask: c.Cancel) -> Refused | None:
    """The customer keeps the goods; only while they have them."""
    away = [parcel for parcel in u.state.parcels.values() if parcel.has_left]
    if any(parcel.logistics is not Logistics.RETURNED_TO_CUSTOMER for parcel in away):
        return Refused(
            code="already_handed_over",
            because="the carrier has the parcel: it cannot be cancelled any more",
        )
    if u.state.authorisation is Authorisation.CANCELLED:
        return None
    if any(is_sent(unit) for unit in u.state.live_units):
        return Refused(
            code="already_sent",
            because="the new article is on its way: send the old one back, or its worth is taken",
        )
    if any(payout.stands for payout in u.state.payouts.values()):
        return Refused(code="already_paid", because="money is on its way back already")
    u.happened(
        ReturnCancelled(
            occurred_at=ask.occurred_at or u.now, because=ask.because or "asked by the customer"
        )
    )
    release_claims(u)
    return None


def reopen(u: Unfolding, was: Literal["cancelled", "expired"], because: str) -> Refused | None:
    """Go on with a return that had ended; its units are claimed again, if they are still free."""
    welcome = [unit.id for unit in u.state.live_units]
    clash = check_claim(u.books, u.state.return_id, claimed(u.state, welcome))
    if clash is not None:
        return clash
    whole = len(welcome) == len(u.state.units)
    in_part: Was = "cancelled_in_part" if was == "cancelled" else "expired_in_part"
    u.happened(ReturnReopened(occurred_at=u.now, was=was if whole else in_part, because=because))
    claim_again(u, welcome)
    for parcel in list(u.state.parcels.values()):
        if not parcel.has_left and _lost_its_label(u, parcel):
            buy_another(u, parcel, "its label was given back when the return had ended")
    return None


def go_on_with_what_was_sent(u: Unfolding) -> None:
    """An article that was ordered while the return was cancelled is gone: the return goes on."""
    if u.state.authorisation is not Authorisation.CANCELLED:
        return
    sent = [unit for unit in u.state.live_units if in_advance(unit) and is_sent(unit)]
    if not sent or reopen(u, "cancelled", "the article was on its way already") is not None:
        return
    for unit in sent:
        newest = next(iter(holds_of(u.state, unit.id)), None)
        if newest is not None and newest.let_go:
            plan_hold_again(u, newest)


def _lost_its_label(u: Unfolding, parcel: Parcel) -> bool:
    """Whether a parcel still at home has none that is neither used nor being given back."""
    label = u.state.labels.get(parcel.label_id)
    by_us = parcel.method is not None and parcel.method.needs_label
    return by_us and (label is None or label.life is not LabelLife.LIVE)
