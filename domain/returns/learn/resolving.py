"""What the events about coupons, repairs and goods that go back teach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.money import Money
from domain.returns.events import Event
from domain.returns.events import resolving as e
from domain.returns.learn._with import with_payout, with_unit
from domain.returns.state import Coupon, Repair, ReturnState, SendBack
from domain.words import Disposition


def _coupon_planned(state: ReturnState, event: e.CouponPlanned) -> ReturnState:
    coupon = Coupon(
        event.instruction_id,
        event.unit,
        event.amount,
        event.value_minor,
        event.valid_until,
        event.occurred_at,
    )
    return replace(state, coupons={**state.coupons, event.instruction_id: coupon})


def _coupon(state: ReturnState, key: str, life: str, code: str = "") -> ReturnState:
    known = replace(state.coupons[key], life=life, code=code)
    return replace(state, coupons={**state.coupons, key: known})


def _coupon_issued(state: ReturnState, event: e.CouponIssued) -> ReturnState:
    state = _coupon(state, event.instruction_id, "issued", event.code)
    issued = replace(state.coupons[event.instruction_id], valid_until=event.valid_until)
    return replace(state, coupons={**state.coupons, event.instruction_id: issued})


def _coupon_refused(state: ReturnState, event: e.CouponRefused) -> ReturnState:
    if event.instruction_id in state.coupons:
        return _coupon(state, event.instruction_id, "refused")
    return state


def _repair_started(state: ReturnState, event: e.RepairStarted) -> ReturnState:
    repair = Repair("started", event.repair_ref, event.occurred_at)
    return with_unit(state, event.unit, repair=repair)


def _repair_ended(state: ReturnState, event: e.RepairCompleted | e.RepairFailed) -> ReturnState:
    unit = state.units.get(event.unit)
    ref = unit.repair.repair_ref if unit is not None and unit.repair is not None else ""
    life = "completed" if isinstance(event, e.RepairCompleted) else "failed"
    return with_unit(state, event.unit, repair=Repair(life, ref, event.occurred_at))


def _send_back(state: ReturnState, event: Event, subject: str, **learned: Any) -> ReturnState:
    known = state.send_backs.get(subject) or SendBack(subject, event.occurred_at)
    known = replace(known, since=event.occurred_at, **learned)
    return replace(state, send_backs={**state.send_backs, subject: known})


def _chosen(state: ReturnState, event: e.GoodsChosen) -> ReturnState:
    state = _send_back(state, event, event.unit, choice=event.choice)
    if event.choice == "leave" and event.unit in state.units:
        left: Disposition = state.agreed.resolving.send_back.left
        return with_unit(state, event.unit, disposition=left)
    return state


def _ordered(state: ReturnState, event: e.SendBackOrdered) -> ReturnState:
    return _send_back(state, event, event.subject, order_ref=event.order_ref)


def _sent(state: ReturnState, event: e.GoodsSentBack) -> ReturnState:
    number = event.tracking_number
    state = _send_back(state, event, event.subject, sent=True, tracking_number=number)
    return with_unit(state, event.subject, moved=True)


def _exchange_loss(state: ReturnState, event: e.ExchangeLossBooked) -> ReturnState:
    loss = Money(amount_minor=event.loss_minor, currency=event.cost.currency)
    return with_payout(state, event.instruction_id, exchange_loss=loss)


LEARN_RESOLVING: Mapping[type[Event], Callable[[ReturnState, Any], ReturnState]] = {
    e.CouponPlanned: _coupon_planned,
    e.ExchangeLossBooked: _exchange_loss,
    e.CouponIssued: _coupon_issued,
    e.CouponRefused: _coupon_refused,
    e.RepairStarted: _repair_started,
    e.RepairCompleted: _repair_ended,
    e.RepairFailed: _repair_ended,
    e.GoodsChosen: _chosen,
    e.SendBackOrdered: _ordered,
    e.GoodsSentBack: _sent,
}
