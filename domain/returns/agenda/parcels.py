"""What a parcel waits for: at home, on its way, or missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.returns.agenda.step import SOON, Step, must, we_must
from domain.returns.money.holding import return_by
from domain.returns.state import Parcel, ReturnState
from domain.returns.transport.customs import facts_concern
from domain.returns.transport.labels import account_of, given_up, label_step
from domain.returns.transport.pickups import (
    NEXT_VISIT,
    doorstep_concern,
    unknown_visits,
    visit_step,
)
from domain.words import Actor, Logistics, Method, Receipt


def of_parcels(state: ReturnState) -> Iterator[Step]:
    if not state.is_approved:
        return
    all_here = all(unit.receipt is Receipt.RECEIVED for unit in state.expected_units)
    still_wanted = any(unit.receipt is Receipt.AWAITING for unit in state.expected_units)
    for parcel in state.parcels.values():
        counted_elsewhere = parcel.logistics is Logistics.DELIVERED_UNSCANNED and all_here
        if parcel.has_left and not counted_elsewhere:
            yield from _on_its_way(state, parcel)
        elif still_wanted and not given_up(state, parcel):
            yield from _at_home(state, parcel)
    if still_wanted and any(_waits_for_the_customer(state, p) for p in state.parcels.values()):
        yield from _remind(state)
    yield from _missing(state)


def _waits_for_the_customer(state: ReturnState, parcel: Parcel) -> bool:
    by_pickup = parcel.method is Method.CARRIER_PICKUP
    at_home = parcel.logistics is Logistics.AWAITING_HANDOVER and not by_pickup
    return at_home and not parcel.has_left and not given_up(state, parcel)


def _at_home(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    by_pickup = parcel.method is Method.CARRIER_PICKUP
    match parcel.logistics:
        case Logistics.AWAITING_LABEL:
            yield from _label(state, parcel)
        case Logistics.PICKUP_SCHEDULED:
            yield must(
                state,
                Actor.CARRIER,
                "pick_up",
                step_id=f"pick_up:{parcel.parcel_id}:{parcel.pickup_bookings}",
                since=parcel.pickup_window_end,
                within=SOON,
                summary=f"{parcel.carrier} picks {parcel.parcel_id} up",
                subject=parcel.parcel_id,
            )
        case Logistics.PICKUP_EXCEPTION:
            yield from _pickup_exception(state, parcel)
        case Logistics.AWAITING_HANDOVER if by_pickup and _has_another_visit(state, parcel):
            return  # the visit it replaces is called off first: two are one too many
        case Logistics.AWAITING_HANDOVER if by_pickup:
            yield we_must(
                state,
                "book_pickup",
                step_id=visit_step(parcel),
                since=parcel.pickup_not_before or state.approved_at,
                within=NEXT_VISIT,
                summary=f"book a visit for {parcel.parcel_id} with {parcel.carrier}",
                subject=parcel.parcel_id,
                account=account_of(state, parcel),
            )
        case _:
            yield from _hand_over(state, parcel)


def _has_another_visit(state: ReturnState, parcel: Parcel) -> bool:
    return bool(parcel.stale_pickups or unknown_visits(state, parcel))


def _label(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key = parcel.parcel_id
    no_way_left = f"transport:{key}:{parcel.generation}" in state.concerns
    unsaid = facts_concern(key) in state.concerns  # customs would send it back
    if state.live_label(key) is None and not no_way_left and not unsaid:
        yield we_must(
            state,
            "buy_label",
            step_id=label_step(parcel),
            since=state.approved_at,
            summary=f"buy the label of {key} from {parcel.carrier}",
            subject=key,
            account=account_of(state, parcel),
        )


def _hand_over(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    if parcel.asked_at is not None:
        return  # the day has come, and its carrier is asked first
    if state.ship_by is None or (return_by(state) is not None and not state.has_left):
        return  # the new goods were sent first: there is a day for the old ones already
    how = str(parcel.method).replace("_", " ")
    yield must(
        state,
        Actor.CUSTOMER,
        "hand_over",
        step_id=f"hand_over:{parcel.parcel_id}",
        since=state.ship_by,
        within=timedelta(0),
        summary=f"hand {parcel.parcel_id} over ({how})",
        subject=parcel.parcel_id,
    )


def _remind(state: ReturnState) -> Iterator[Step]:
    """Once, however many parcels are to be sent."""
    if state.ship_by is not None and not state.reminded:
        yield must(
            state,
            Actor.SYSTEM,
            "remind",
            step_id="remind",
            since=state.ship_by - timedelta(days=state.agreed.reminder_days_before),
            within=timedelta(0),
            summary="remind the customer to send the goods",
        )


def _pickup_exception(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key = parcel.parcel_id
    if doorstep_concern(parcel) in state.concerns:
        return  # the concern is the step
    action = "correct_address" if parcel.pickup_failure == "address_issue" else "reschedule_pickup"
    yield must(
        state,
        Actor.CUSTOMER,
        action,
        step_id=f"{action}:{key}:{parcel.pickup_bookings}",
        since=parcel.pickup_failed_at,
        within=timedelta(days=state.agreed.customer_answer_days),
        summary=f"the visit for {key} failed: {parcel.pickup_failure}",
        subject=key,
    )


def _on_its_way(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    key, carrier = parcel.parcel_id, parcel.carrier or "the carrier"
    match parcel.logistics:
        case Logistics.IN_TRANSIT | Logistics.AT_HUB:
            since, within = _is_expected_by(state, parcel)
            yield must(
                state,
                Actor.CARRIER,
                "deliver",
                step_id=f"deliver:{key}",
                since=since,
                within=within,
                summary=f"{carrier} brings {key}",
                subject=key,
            )
        case Logistics.TRANSIT_EXCEPTION:
            yield _astray(state, parcel, "find_parcel")
        case Logistics.CUSTOMS_HOLD:
            yield _astray(state, parcel, "clear_customs")
        case Logistics.DELIVERED_UNSCANNED:
            yield must(
                state,
                Actor.WAREHOUSE,
                "scan_in",
                step_id=f"scan_in:{key}",
                since=parcel.last_scan_at,
                within=timedelta(days=state.agreed.inspection_days),
                summary=f"{key} was delivered: scan it in",
                subject=key,
            )
        case Logistics.RETURNED_TO_CUSTOMER:
            yield must(
                state,
                Actor.MERCHANT,
                "send_again",
                step_id=f"send_again:{key}",
                since=parcel.last_scan_at,
                within=timedelta(days=state.agreed.customer_answer_days),
                summary=f"{key} went back to the customer: agree on another way",
                subject=key,
            )
        case _:
            return


def _is_expected_by(state: ReturnState, parcel: Parcel) -> tuple[datetime | None, timedelta]:
    """From when on, and how long, nobody asks: for the journey as a whole, and without a scan."""
    whole = timedelta(days=state.agreed.receipt_days)
    silence = timedelta(days=state.agreed.silence_days or state.agreed.receipt_days)
    left, seen = parcel.handed_over_at, parcel.last_scan_at
    if left is None or seen is None:
        return left, whole
    if left + whole > seen and left + whole <= seen + silence:
        return left, whole
    return seen, silence


def _astray(state: ReturnState, parcel: Parcel, action: str) -> Step:
    return must(
        state,
        Actor.CARRIER,
        action,
        step_id=f"{action}:{parcel.parcel_id}",
        since=parcel.delayed_at or parcel.last_scan_at,
        within=timedelta(days=state.agreed.lost_after_days),
        summary=f"{parcel.carrier or 'the carrier'} says where {parcel.parcel_id} is",
        subject=parcel.parcel_id,
    )


def _missing(state: ReturnState) -> Iterator[Step]:
    """Everything that was sent has come, and something is missing in it."""
    if any(_is_expected(state, parcel) for parcel in state.parcels.values()):
        return
    arrivals = [p.received_at for p in state.parcels.values() if p.received_at is not None]
    missing = [unit.id for unit in state.expected_units if unit.receipt is Receipt.AWAITING]
    if missing and arrivals:
        yield must(
            state,
            Actor.WAREHOUSE,
            "explain_missing",
            step_id="explain_missing",
            since=max(arrivals),
            within=timedelta(days=state.agreed.missing_units_days),
            summary=f"{', '.join(missing)} was in no box: search, or send it",
        )


def _is_expected(state: ReturnState, parcel: Parcel) -> bool:
    is_lost = parcel.logistics is Logistics.LOST
    return parcel.received_at is None and not is_lost and not given_up(state, parcel)
