"""How a return stands, in one answer: what callers, queries, lists and screens are shown."""

from datetime import datetime

from pydantic import AwareDatetime

from domain.model import Moment, Value
from domain.policy.quote import MethodPrice, NotOffered
from domain.returns.agenda import Step, agenda, most_pressing
from domain.returns.asking.choosable import ChoiceStatus, choices_of
from domain.returns.money.promising import (
    brings_money,
    collected_minor,
    given_back_minor,
    in_state_minor,
    paid_minor,
    promised_minor,
    to_pay_minor,
)
from domain.returns.shown.carriers import CarrierStatus, carriers_of
from domain.returns.shown.headline import headline
from domain.returns.shown.standing import (
    BillStatus,
    CouponStatus,
    HoldStatus,
    MoneyStatus,
    ParcelStatus,
    PayoutStatus,
    UnitStatus,
)
from domain.returns.state import Label, Parcel, ReturnState
from domain.words import Actor, Logistics, MoneyState
from domain.words_of_money import BillState

__all__ = [
    "MOST_SHOWN",
    "BillStatus",
    "CouponStatus",
    "HoldStatus",
    "MoneyStatus",
    "ParcelStatus",
    "PayoutStatus",
    "Status",
    "UnitStatus",
    "status_of",
]

MOST_SHOWN = 20
"""Parcels, and strays, of one return before the rest is only counted."""


class Status(Value):
    """One return, as it stands at `version`. `closed`: nothing is left to do for anybody."""

    tenant: str
    return_id: str
    order_id: str = ""
    version: int = 0
    headline: str = ""
    authorisation: str = ""
    closed: bool = False
    requested_at: Moment | None = None
    ship_by: Moment | None = None
    next_actor: str = ""
    next_action: str = ""
    due_at: AwareDatetime | None = None
    method: str = ""
    country: str = ""
    currency: str = ""
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    units: tuple[UnitStatus, ...] = ()
    parcels: tuple[ParcelStatus, ...] = ()
    parcels_more: int = 0  # that are not shown here
    payouts: tuple[PayoutStatus, ...] = ()
    bills: tuple[BillStatus, ...] = ()
    holds: tuple[HoldStatus, ...] = ()
    coupons: tuple[CouponStatus, ...] = ()
    strays: tuple[str, ...] = ()
    strays_more: int = 0  # that are not shown here
    methods: tuple[MethodPrice, ...] = ()  # while the goods can still go another way
    not_offered: tuple[NotOffered, ...] = ()
    carriers: tuple[CarrierStatus, ...] = ()
    choices: tuple[ChoiceStatus, ...] = ()
    money: MoneyStatus | None = None
    agenda: tuple[Step, ...] = ()
    agenda_more: int = 0  # steps that are not shown here; as those that are get done, they are


def status_of(tenant: str, return_id: str, state: ReturnState) -> Status:
    """Sum up a return; an unknown one is a status with version 0."""
    if not state.version:
        return Status(tenant=tenant, return_id=return_id)
    steps = agenda(state)
    pressing = most_pressing(steps)
    parcels = _parcels(state)
    strays = [stray.stray_id for stray in state.strays.values() if stray.open]
    first = _first_for_people(steps)
    return Status(
        tenant=tenant,
        return_id=return_id,
        order_id=state.order_id,
        version=state.version,
        headline=str(headline(state)),
        authorisation=str(state.authorisation),
        closed=state.terms is not None and not steps,
        requested_at=state.requested_at,
        ship_by=state.ship_by,
        next_actor=str(first.actor) if first else "",
        next_action=first.action if first else "",
        due_at=first.due_at if first else None,
        method=str(state.method or ""),
        country=state.country,
        currency=state.currency,
        reasons=tuple(sorted({str(unit.reason) for unit in state.units.values()})),
        flags=_flags(state, steps),
        units=_units(state),
        parcels=parcels[:MOST_SHOWN],
        parcels_more=max(0, len(parcels) - MOST_SHOWN),
        payouts=_payouts(state),
        bills=_bills(state),
        holds=_holds(state),
        coupons=_coupons(state),
        strays=tuple(strays[:MOST_SHOWN]),
        strays_more=max(0, len(strays) - MOST_SHOWN),
        methods=state.quote.methods if state.quote and not state.has_left else (),
        not_offered=state.quote.not_offered if state.quote and not state.has_left else (),
        carriers=carriers_of(state),
        choices=choices_of(state),
        money=_money(state),
        agenda=pressing,
        agenda_more=len(steps) - len(pressing),
    )


def _first_for_people(steps: tuple[Step, ...]) -> Step | None:
    """Whose turn it is: ours only where nobody else is waited for."""
    others = [step for step in steps if step.actor is not Actor.SYSTEM]
    return next(iter([*others, *steps]), None)


def _flags(state: ReturnState, steps: tuple[Step, ...]) -> tuple[str, ...]:
    payouts = [payout.state for payout in state.payouts.values() if not payout.replaced]
    bills = {bill.state for bill in state.bills.values()}
    holds = {hold.state for hold in state.holds.values()}
    headlines = {unit.decision for unit in state.units.values()}
    found = {
        "overdue": any(step.id in state.missed for step in steps),
        "money_held": MoneyState.HELD in payouts,
        "money_unknown": "unknown" in {*payouts, *bills, *holds},
        "payment_due": any(step.action == "pay_bill" for step in steps),
        "money_failed": bool({MoneyState.FAILED, MoneyState.REVERSED} & set(payouts)),
        "quarantine": any(stray.open for stray in state.strays.values()),
        "disputed": "appealed" in headlines,
        "concern": bool(state.concerns),
        "message_rejected": bool(state.rejected_messages),
    }
    return tuple(sorted(flag for flag, is_set in found.items() if is_set))


def _units(state: ReturnState) -> tuple[UnitStatus, ...]:
    return tuple(
        UnitStatus(
            unit=unit.id,
            sku=unit.asked.sku,
            name=unit.asked.name,
            reason=str(unit.reason),
            resolution=str(unit.resolution),
            receipt=str(unit.receipt),
            decision=str(unit.decision),
            grade=str(unit.grade or ""),
            disposition=str(unit.disposition or ""),
            recovery_minor=unit.recovery_minor,
            promised_minor=_promised(state, unit.id),
            replacement=unit.replacement.life if unit.replacement else "",
            lot_id=unit.lot.lot_id if unit.lot and unit.lot.life in {"in", "gone"} else "",
        )
        for unit in state.units.values()
    )


def _promised(state: ReturnState, unit_id: str) -> int:
    """What it brings; where it is answered in goods that cost as much or more, its value."""
    quoted, unit = state.quoted(unit_id), state.units[unit_id]
    if quoted is None:
        return 0
    if brings_money(state, unit):
        return max(0, quoted.cash_minor + unit.adjusted_minor)
    return max(0, quoted.refund_minor + unit.adjusted_minor)


def _visit_until(parcel: Parcel) -> datetime | None:
    """Until when its courier comes, if one is on the way."""
    return parcel.pickup_window_end if parcel.logistics is Logistics.PICKUP_SCHEDULED else None


def _parcels(state: ReturnState) -> tuple[ParcelStatus, ...]:
    found = []
    for parcel in state.parcels.values():
        label = state.live_label(parcel.parcel_id)
        found.append(
            ParcelStatus(
                parcel_id=parcel.parcel_id,
                logistics=str(parcel.logistics),
                method=str(parcel.method or ""),
                carrier=parcel.carrier,
                tracking_number=parcel.tracking_numbers[-1] if parcel.tracking_numbers else "",
                label_url=label.document_ref if label else "",
                code=label.code if label else "",
                documents=_documents(state, parcel, label),
                visits_failed=parcel.visits_failed,
                attempts_counted=parcel.attempts_counted,
                visit_until=_visit_until(parcel),
            )
        )
    return tuple(found)


def _documents(state: ReturnState, parcel: Parcel, label: Label | None) -> tuple[str, ...]:
    if parcel.method is None or parcel.has_left:
        return ()
    of_label = ("label", *(("code",) if label.code else ())) if label else ()
    over_border = label is not None and label.label_id in state.customs_documents
    return (*of_label, *(("customs", "customs_json") if over_border else ()), "packing_slip")


def _payouts(state: ReturnState) -> tuple[PayoutStatus, ...]:
    return tuple(
        PayoutStatus(**payout.in_short, code=payout.code) for payout in state.payouts.values()
    )


def _coupons(state: ReturnState) -> tuple[CouponStatus, ...]:
    return tuple(
        CouponStatus(
            instruction_id=coupon.instruction_id,
            unit=coupon.unit,
            state=coupon.life,
            amount_minor=coupon.amount.amount_minor,
            valid_until=coupon.valid_until,
        )
        for coupon in state.coupons.values()
    )


def _bills(state: ReturnState) -> tuple[BillStatus, ...]:
    return tuple(
        BillStatus(
            instruction_id=bill.instruction_id,
            state=str(bill.state),
            provider=bill.provider,
            amount_minor=bill.amount_minor,
            pay_by=bill.pay_by,
            url=bill.url if bill.state is BillState.OPEN and not bill.withdrawn else "",
        )
        for bill in state.bills.values()
    )


def _holds(state: ReturnState) -> tuple[HoldStatus, ...]:
    return tuple(
        HoldStatus(
            instruction_id=hold.instruction_id,
            state=str(hold.state),
            unit=hold.unit,
            provider=hold.provider,
            amount_minor=hold.amount_minor,
            taken_minor=hold.taken_minor,
            reason=hold.reason,
        )
        for hold in state.holds.values()
    )


def _money(state: ReturnState) -> MoneyStatus | None:
    quote = state.quote
    if quote is None:
        return None
    return MoneyStatus(
        currency=state.currency,
        quoted_minor=quote.total_minor,
        shipping_minor=quote.shipping_minor,
        label_fee_minor=quote.label_fee_minor,
        promised_minor=promised_minor(state),
        paid_minor=paid_minor(state),
        under_way_minor=in_state_minor(
            state,
            MoneyState.PLANNED,
            MoneyState.SUBMITTED,
            MoneyState.PENDING,
            MoneyState.REQUIRES_ACTION,
            MoneyState.UNKNOWN,
        ),
        unknown_minor=in_state_minor(state, MoneyState.UNKNOWN),
        held_minor=in_state_minor(state, MoneyState.HELD, MoneyState.FAILED, MoneyState.REVERSED),
        to_pay_minor=to_pay_minor(state),
        collected_minor=collected_minor(state),
        given_back_minor=given_back_minor(state),
    )
