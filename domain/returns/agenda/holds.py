"""What goods sent first wait for: a hold, the old goods, an objection, the carrier's word."""

from collections.abc import Iterator
from datetime import timedelta

from domain.money import Money
from domain.returns.agenda.step import Step, must, we_must
from domain.returns.money.holding import objection_is_open, renew_at, return_by
from domain.returns.state import Hold, ReturnState
from domain.returns.transport.labels import account_of
from domain.words import Actor
from domain.words_of_money import HoldState


def of_holds(state: ReturnState) -> Iterator[Step]:
    for hold in state.holds.values():
        if hold.news_open:
            yield we_must(
                state,
                "look_up_hold",
                step_id=f"lookup_hold:{hold.instruction_id}:{hold.news}",
                since=hold.since,
                summary=f"ask {hold.provider} how the hold stands",
                subject=hold.instruction_id,
            )
        if hold.is_open:
            yield from _hold(state, hold)
    yield from _old_goods(state)


def _hold(state: ReturnState, hold: Hold) -> Iterator[Step]:
    key, amount = hold.instruction_id, _amount(state, hold.amount_minor)
    if hold.let_go:
        yield we_must(
            state,
            "release_hold",
            step_id=f"release_hold:{key}",
            since=hold.since,
            summary=f"let the hold of {amount} go",
            subject=key,
        )
    elif hold.state is not HoldState.HELD:
        yield we_must(
            state,
            "place_hold",
            step_id=f"hold:{key}",
            since=hold.since,
            summary=f"keep {amount} ready for {hold.unit} with {hold.provider}",
            subject=key,
        )
    elif hold.to_take_minor:
        yield we_must(
            state,
            "take_hold",
            step_id=f"take_hold:{key}",
            since=hold.since,
            summary=f"take {_amount(state, hold.to_take_minor)} for {hold.unit}",
            subject=key,
        )
    else:
        yield from _kept(state, hold)


def _kept(state: ReturnState, hold: Hold) -> Iterator[Step]:
    if objection_is_open(state, hold):
        yield must(
            state,
            Actor.CUSTOMER,
            "object",
            step_id=f"object:{hold.instruction_id}",
            since=state.units[hold.unit].decided_at,
            within=timedelta(days=state.agreed.collecting.object_days),
            summary=f"dispute the verdict on {hold.unit}, or its worth is taken",
            subject=hold.instruction_id,
        )
    newer = [other for other in state.holds.values() if other.unit == hold.unit]
    if newer[-1] is hold:
        yield must(
            state,
            Actor.SYSTEM,
            "renew_hold",
            step_id=f"renew_hold:{hold.instruction_id}",
            since=renew_at(state, hold),
            within=timedelta(0),
            summary=f"keep {_amount(state, hold.amount_minor)} ready anew before the bank lets go",
            subject=hold.instruction_id,
        )


def _old_goods(state: ReturnState) -> Iterator[Step]:
    asking = [parcel for parcel in state.parcels.values() if parcel.asked_at is not None]
    for parcel in asking:
        yield we_must(
            state,
            "track",
            step_id=f"track:{parcel.parcel_id}",
            since=parcel.asked_at,
            summary=f"ask {parcel.carrier or 'the carrier'} whether {parcel.parcel_id} has moved",
            subject=parcel.parcel_id,
            account=account_of(state, parcel),
        )
    due = return_by(state)
    if due is not None and state.is_approved and not state.has_left and not asking:
        yield must(
            state,
            Actor.CUSTOMER,
            "return_goods",
            step_id="return_goods",
            since=due,
            within=timedelta(0),
            summary="hand the old goods over: the new ones were sent first",
        )


def _amount(state: ReturnState, minor: int) -> str:
    return Money(amount_minor=minor, currency=state.currency).plain()
