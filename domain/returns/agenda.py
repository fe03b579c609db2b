"""What must happen next: every open step, with who must act, what to do, and by when.

A pure function of what was recorded. The workflow follows it; the UI, the search
attributes, the overdue query and the customer's page show it. A return whose agenda is
empty is closed: "open, and nobody's turn" cannot be said.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.model import Moment, Value
from domain.returns.inspecting import is_final
from domain.returns.labels import given_up, label_step
from domain.returns.pickups import NEXT_VISIT
from domain.returns.promising import is_explained
from domain.returns.replacing import is_earned, must_release, wants_goods
from domain.returns.state import Parcel, Payout, ReturnState, Unit
from domain.words import (
    Actor,
    Authorisation,
    Decision,
    LabelLife,
    Logistics,
    Method,
    MoneyState,
    Receipt,
)

_OFTEN = 10

SOON = timedelta(days=1)
"""How long a step of our own may take before a person is told."""


class Step(Value):
    """One thing to be done. `performs` names the activity, where it is ours to do."""

    id: str
    actor: Actor
    action: str
    due_at: Moment
    summary: str
    subject: str = ""
    performs: str = ""


def agenda(state: ReturnState) -> tuple[Step, ...]:
    """List the open steps, the most pressing first."""
    if not state.version:
        return ()
    steps = [
        *_request(state),
        *_parcels(state),
        *_labels(state),
        *_units(state),
        *_strays(state),
        *_money(state),
        *_goods(state),
        *_people(state),
    ]
    return tuple(sorted(steps, key=lambda step: (step.due_at, step.id)))


def _step(
    state: ReturnState,
    step_id: str,
    actor: Actor,
    action: str,
    since: datetime | None,
    within: timedelta,
    summary: str,
    subject: str = "",
    performs: str = "",
) -> Step:
    """A step that is due `within` its time.

    Each deadline that was missed gives another, twice as far away as the one before: who has
    been told three times is not told every day.
    """
    base = since or state.requested_at
    if base is None:
        raise ValueError("a step of a return that nobody asked for")
    grace = within or SOON
    return Step(
        id=step_id,
        actor=actor,
        action=action,
        due_at=base + within + grace * (2 ** min(state.missed.get(step_id, 0), _OFTEN) - 1),
        summary=summary,
        subject=subject,
        # What failed for good is not tried again before a person has looked at it.
        performs="" if f"failed:{step_id}" in state.concerns else performs,
    )


def _request(state: ReturnState) -> Iterator[Step]:
    if state.authorisation in {Authorisation.REQUESTED, Authorisation.NEEDS_REVIEW}:
        hours = timedelta(hours=state.agreed.review_hours)
        yield _step(state, "review", Actor.MERCHANT, "review", state.requested_at, hours,
                    "approve or decline the request")  # fmt: skip
    if not state.is_approved or state.announced or state.keep_item:
        return
    labelled = all(p.logistics is not Logistics.AWAITING_LABEL for p in state.parcels.values())
    if state.parcels and labelled and any(not is_final(unit) for unit in state.live_units):
        yield _step(state, "announce", Actor.SYSTEM, "announce", state.approved_at, SOON,
                    "tell the warehouse what to expect", performs="announce")  # fmt: skip


# ── Parcels and labels ────────────────────────────────────────────────────────────────────


def _parcels(state: ReturnState) -> Iterator[Step]:
    if not state.is_approved:
        return
    still_wanted = any(unit.receipt is Receipt.AWAITING for unit in state.live_units)
    for parcel in state.parcels.values():
        if parcel.has_left:
            yield from _on_its_way(state, parcel)
        elif still_wanted and not given_up(state, parcel):
            yield from _at_home(state, parcel)
    yield from _missing(state)


def _at_home(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key = parcel.parcel_id
    by_pickup = parcel.method is Method.CARRIER_PICKUP
    match parcel.logistics:
        case Logistics.AWAITING_LABEL:
            if state.live_label(key) is None and f"transport:{key}:{parcel.generation}" not in (
                state.concerns
            ):
                yield _step(state, label_step(parcel), Actor.SYSTEM, "buy_label",
                            state.approved_at, SOON,
                            f"buy the label of {key} from {parcel.carrier}", key,
                            "buy_label")  # fmt: skip
            return
        case Logistics.PICKUP_SCHEDULED:
            yield _step(state, f"pick_up:{key}:{parcel.pickup_bookings}", Actor.CARRIER,
                        "pick_up", parcel.pickup_window_end, SOON,
                        f"{parcel.carrier} picks {key} up", key)  # fmt: skip
            return
        case Logistics.PICKUP_EXCEPTION:
            yield from _pickup_exception(state, parcel)
            return
        case Logistics.AWAITING_HANDOVER if by_pickup:
            booking = f"pickup:{key}:{parcel.pickup_bookings + 1}"
            yield _step(state, booking, Actor.SYSTEM, "book_pickup",
                        parcel.pickup_not_before or state.approved_at, NEXT_VISIT,
                        f"book a visit for {key} with {parcel.carrier}", key,
                        "book_pickup")  # fmt: skip
            return
        case _:
            pass
    yield from _hand_over(state, parcel)


def _hand_over(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    if state.ship_by is None:
        return
    key = parcel.parcel_id
    how = str(parcel.method).replace("_", " ")
    yield _step(state, f"hand_over:{key}", Actor.CUSTOMER, "hand_over", state.ship_by,
                timedelta(0), f"hand {key} over ({how})", key)  # fmt: skip
    if not state.reminded:
        before = timedelta(days=state.agreed.reminder_days_before)
        yield _step(state, "remind", Actor.SYSTEM, "remind", state.ship_by - before,
                    timedelta(0), "remind the customer to send the goods")  # fmt: skip


def _pickup_exception(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key, since = parcel.parcel_id, parcel.pickup_failed_at
    if f"pickup:{key}:{parcel.pickup_bookings}" in state.concerns:
        return  # the concern is the step
    days = timedelta(days=state.agreed.customer_answer_days)
    action = "correct_address" if parcel.pickup_failure == "address_issue" else "reschedule_pickup"
    yield _step(state, f"{action}:{key}:{parcel.pickup_bookings}", Actor.CUSTOMER, action, since,
                days, f"the visit for {key} failed: {parcel.pickup_failure}", key)  # fmt: skip


def _on_its_way(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key, carrier, terms = parcel.parcel_id, parcel.carrier or "the carrier", state.agreed
    match parcel.logistics:
        case Logistics.IN_TRANSIT | Logistics.AT_HUB:
            days = timedelta(days=terms.receipt_days)
            yield _step(state, f"deliver:{key}", Actor.CARRIER, "deliver", parcel.handed_over_at,
                        days, f"{carrier} brings {key}", key)  # fmt: skip
        case Logistics.TRANSIT_EXCEPTION | Logistics.CUSTOMS_HOLD:
            days = timedelta(days=terms.lost_after_days)
            action = (
                "clear_customs" if parcel.logistics is Logistics.CUSTOMS_HOLD else "find_parcel"
            )
            since = parcel.delayed_at or parcel.last_scan_at
            yield _step(state, f"{action}:{key}", Actor.CARRIER, action, since, days,
                        f"{carrier} says where {key} is", key)  # fmt: skip
        case Logistics.DELIVERED_UNSCANNED:
            days = timedelta(days=terms.inspection_days)
            yield _step(state, f"scan_in:{key}", Actor.WAREHOUSE, "scan_in", parcel.last_scan_at,
                        days, f"{key} was delivered: scan it in", key)  # fmt: skip
        case Logistics.RETURNED_TO_CUSTOMER:
            days = timedelta(days=terms.customer_answer_days)
            yield _step(state, f"send_again:{key}", Actor.MERCHANT, "send_again",
                        parcel.last_scan_at, days,
                        f"{key} went back to the customer: agree on another way", key)  # fmt: skip
        case _:
            return


def _missing(state: ReturnState) -> Iterator[Step]:
    """Everything that was sent has come, and something is missing in it."""
    if any(parcel.received_at is None and parcel.logistics is not Logistics.LOST
           and not given_up(state, parcel) for parcel in state.parcels.values()):  # fmt: skip
        return
    arrivals = [p.received_at for p in state.parcels.values() if p.received_at is not None]
    missing = [unit.id for unit in state.live_units if unit.receipt is Receipt.AWAITING]
    if missing and arrivals:
        days = timedelta(days=state.agreed.missing_units_days)
        yield _step(state, "explain_missing", Actor.WAREHOUSE, "explain_missing", max(arrivals),
                    days, f"{', '.join(missing)} was in no box: search, or send it")  # fmt: skip


def _labels(state: ReturnState) -> Iterator[Step]:
    for label in state.labels.values():
        key = label.label_id
        if label.life is LabelLife.VOID_REQUESTED:
            yield _step(state, f"void:{key}", Actor.SYSTEM, "void_label", label.since, SOON,
                        f"give the label {label.tracking_number} back", key,
                        "void_label")  # fmt: skip
        elif label.life is LabelLife.VOID_SUBMITTED:
            yield _step(state, f"answer_void:{key}", Actor.CARRIER, "answer_void", label.since,
                        timedelta(days=15), f"{label.carrier} takes back {label.tracking_number}",
                        key)  # fmt: skip
    for parcel in state.parcels.values():
        for ref in visits_to_call_off(state, parcel):
            yield _step(state, f"cancel_pickup:{ref}", Actor.SYSTEM, "cancel_pickup",
                        parcel.pickup_window_end, SOON, f"call the visit {ref} off", ref,
                        "cancel_pickup")  # fmt: skip


def visits_to_call_off(state: ReturnState, parcel: Parcel) -> tuple[str, ...]:
    """The visits that are booked and that nobody wants any more."""
    if parcel.has_left:
        return ()
    current = parcel.pickup_ref
    obsolete = not state.is_approved or parcel.method is not Method.CARRIER_PICKUP
    return (*parcel.stale_pickups, *((current,) if current and obsolete else ()))


# ── Units and strays ──────────────────────────────────────────────────────────────────────


def _units(state: ReturnState) -> Iterator[Step]:
    for unit in state.units.values():
        yield from _unit(state, unit)


def _unit(state: ReturnState, unit: Unit) -> Iterator[Step]:
    key, name = unit.id, unit.asked.name
    is_here = unit.receipt is Receipt.RECEIVED
    if unit.disposition is not None and not unit.moved:
        yield _step(state, f"move:{key}", Actor.SYSTEM, "move_stock",
                    unit.inspected_at or unit.received_at, SOON,
                    f"{unit.disposition}: {name} ({key})", key, "move_stock")  # fmt: skip
    if unit.decision is Decision.NEEDS_REVIEW:
        hours = timedelta(hours=state.agreed.review_hours)
        yield _step(state, f"decide:{key}", Actor.MERCHANT, "decide", unit.decided_at, hours,
                    f"accept or reject {name} ({key})", key)  # fmt: skip
    elif unit.decision is Decision.APPEALED:
        hours = timedelta(hours=state.agreed.review_hours)
        yield _step(state, f"resolve_dispute:{key}", Actor.MERCHANT, "resolve_dispute",
                    unit.disputed_at, hours, f"the customer disputes {name} ({key})",
                    key)  # fmt: skip
    waits = unit.grade is None and unit.disposition is None and state.is_approved
    if is_here and waits and unit.decision is not Decision.NEEDS_REVIEW:
        days = timedelta(days=state.agreed.inspection_days)
        yield _step(state, f"inspect:{key}", Actor.WAREHOUSE, "inspect", unit.received_at, days,
                    f"inspect {name} ({key})", key)  # fmt: skip


def _strays(state: ReturnState) -> Iterator[Step]:
    for stray in state.strays.values():
        if stray.open:
            days = timedelta(days=state.agreed.stray_days)
            yield _step(state, f"match:{stray.stray_id}", Actor.MERCHANT, "match_unit",
                        stray.since, days, f"{stray.sku} came unannounced ({stray.kind}): "
                        "match it, or say where it goes", stray.stray_id)  # fmt: skip


# ── Money and goods ───────────────────────────────────────────────────────────────────────


def _money(state: ReturnState) -> Iterator[Step]:
    for payout in state.payouts.values():
        if payout.news_open:
            key = f"lookup:{payout.instruction_id}:{payout.news}"
            yield _step(state, key, Actor.SYSTEM, "look_up_payout", payout.since, SOON,
                        f"ask {payout.provider} for the truth", payout.instruction_id,
                        "look_up_payout")  # fmt: skip
        if not payout.replaced:
            yield from _payout(state, payout)


def _payout(state: ReturnState, payout: Payout) -> Iterator[Step]:
    key, since = payout.instruction_id, payout.since
    amount = f"{payout.amount_minor} {state.currency}"
    choose = timedelta(days=state.agreed.choose_payout_days)
    match payout.state:
        case MoneyState.PLANNED if payout.destination == "manual":
            yield _step(state, f"pay_by_hand:{key}", Actor.MERCHANT, "pay_by_hand", since, choose,
                        f"pay {amount} by hand, then release_payout with its reference",
                        key)  # fmt: skip
        case MoneyState.PLANNED | MoneyState.UNKNOWN:
            what = "send" if payout.state is MoneyState.PLANNED else "find out about"
            yield _step(state, f"payout:{key}", Actor.SYSTEM, "pay_out", since, SOON,
                        f"{what} {amount} minor units through {payout.provider}", key,
                        "pay_out")  # fmt: skip
        case MoneyState.SUBMITTED | MoneyState.PENDING:
            days = timedelta(days=state.agreed.payout_days)
            yield _step(state, f"settle:{key}", Actor.GATEWAY, "settle_payout", since, days,
                        f"{payout.provider} settles {amount} minor units", key)  # fmt: skip
        case MoneyState.REQUIRES_ACTION:
            yield _step(state, f"act:{key}", Actor.CUSTOMER, "act_on_payout", since, choose,
                        f"{payout.provider} needs the customer for {amount}", key)  # fmt: skip
        case MoneyState.HELD | MoneyState.FAILED | MoneyState.REVERSED:
            yield _step(state, f"choose_payout:{key}", Actor.MERCHANT, "choose_payout", since,
                        choose, f"{amount} minor units are {payout.state} ({payout.reason}): "
                        "choose another way", key)  # fmt: skip
        case _:
            return


def _goods(state: ReturnState) -> Iterator[Step]:
    for offer in state.offers.values():
        if not offer.answer:
            yield Step(
                id=f"answer_offer:{offer.offer_id}",
                actor=Actor.CUSTOMER,
                action="answer_offer",
                due_at=offer.answer_by,
                summary=f"accept or decline {offer.resolution} for {offer.unit}",
                subject=offer.offer_id,
            )
    for unit in state.units.values():
        yield from _replacement(state, unit)


def _replacement(state: ReturnState, unit: Unit) -> Iterator[Step]:
    goods, key = unit.replacement, unit.id
    if goods is None:
        return
    if must_release(state, unit):
        yield _step(state, f"release:{key}", Actor.SYSTEM, "release_reservation",
                    unit.decided_at or state.ended_at, SOON, f"free the stock held for {key}", key,
                    "release_reservation")  # fmt: skip
    if not state.is_approved or not wants_goods(unit):
        return
    if goods.life == "" and not is_final(unit):
        yield _step(state, f"reserve:{key}", Actor.SYSTEM, "reserve", state.approved_at, SOON,
                    f"hold {goods.sku} for {key}", key, "reserve")  # fmt: skip
    elif goods.life in {"", "reserved"} and is_earned(unit):
        yield _step(state, f"replace:{key}", Actor.SYSTEM, "order_replacement", unit.decided_at,
                    SOON, f"send {goods.sku} for {key}", key, "order_replacement")  # fmt: skip


def _people(state: ReturnState) -> Iterator[Step]:
    for notice in state.notices.values():
        if not notice.sent:
            yield _step(state, f"notice:{notice.notice_id}", Actor.SYSTEM, "notify", notice.since,
                        SOON, f"tell the customer: {notice.template}", notice.notice_id,
                        "notify")  # fmt: skip
    for concern in state.concerns.values():
        hours = timedelta(hours=state.agreed.review_hours if state.terms else 48)
        yield _step(state, f"concern:{concern.concern_id}", Actor.MERCHANT, "settle_concern",
                    concern.since, hours, f"{concern.what}: {concern.because}",
                    concern.concern_id)  # fmt: skip


# ── What follows from it ──────────────────────────────────────────────────────────────────

_AFTERMATH = frozenset({"notify", "void_label", "answer_void", "look_up_payout", "cancel_pickup"})
"""Steps that may be open after a return is completed: they do not concern its outcome."""


def is_unfinished(step: Step) -> bool:
    """Whether a return with this step cannot be called completed."""
    return step.action not in _AFTERMATH


def is_closed(state: ReturnState) -> bool:
    """Whether nothing is left to do for anybody."""
    return bool(state.version) and not agenda(state)


def everything_explained(state: ReturnState) -> bool:
    """Whether every unit has its outcome."""
    return all(is_explained(unit) for unit in state.units.values())
