"""What the events about labels, visits and scans teach."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.pickup_rules import GIVES_UP, MISMATCHES
from domain.returns import events as e
from domain.returns.learn._with import with_parcel
from domain.returns.state import Label, Parcel, ReturnState
from domain.words import Fault, LabelLife, Logistics


def parcel_planned(state: ReturnState, event: e.ParcelPlanned) -> ReturnState:
    parcel = Parcel(
        event.parcel_id,
        Logistics.AWAITING_LABEL,  # the table says which, right after
        method=event.method,
        carrier=event.carrier,
        service=event.service,
        pickup_not_before=event.slot.start if event.slot else None,
        pickup_until=event.slot.end if event.slot else None,
    )
    return replace(state, parcels={**state.parcels, event.parcel_id: parcel})


def label_bought(state: ReturnState, event: e.LabelPurchased) -> ReturnState:
    label = Label(
        event.label_id,
        event.parcel_id,
        event.label_ref,
        event.carrier,
        event.tracking_number,
        event.document_ref,
        event.code,
        LabelLife.LIVE,
        event.occurred_at,
        service=event.service,
        cost=event.cost,
        good_until=min(filter(None, (event.expires_at, event.take_back_by)), default=None),
        billed_on_scan=event.billed == "on_scan",
        asked=event.asked,
    )
    numbers = state.parcels[event.parcel_id].tracking_numbers
    state = with_parcel(state, event.parcel_id, tracking_numbers=(*numbers, event.tracking_number))
    return replace(state, labels={**state.labels, event.label_id: label})


def label_refused(state: ReturnState, event: e.LabelRefused) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    tried = (*parcel.transports_tried, (parcel.carrier, parcel.service))
    state = _without_offer(state, event.label_id)
    return with_parcel(
        state, event.parcel_id, transports_tried=tried, pickup_failure=str(event.reason)
    )


def offer_dropped(state: ReturnState, event: e.OfferDropped) -> ReturnState:
    return _without_offer(state, event.step_id)


def _without_offer(state: ReturnState, step_id: str) -> ReturnState:
    rest = {step: ref for step, ref in state.prepared.items() if step != step_id}
    return replace(state, prepared=rest)


def label_taken_back(state: ReturnState, event: e.LabelVoided) -> ReturnState:
    label = replace(state.labels[event.label_id], taken_back=True)
    return replace(state, labels={**state.labels, event.label_id: label})


def label_charged(state: ReturnState, event: e.LabelCharged) -> ReturnState:
    label = replace(state.labels[event.label_id], charged=True)
    return replace(state, labels={**state.labels, event.label_id: label})


def void_told(
    state: ReturnState, event: e.LabelVoidRequested | e.LabelVoidSubmitted
) -> ReturnState:
    label = replace(state.labels[event.label_id], since=event.occurred_at)
    return replace(state, labels={**state.labels, event.label_id: label})


def pickup_scheduled(state: ReturnState, event: e.PickupScheduled) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    by = state.prepared_by.get(event.pickup_id, (parcel.carrier, parcel.service))
    state = with_parcel(
        state,
        event.parcel_id,
        pickup_bookings=parcel.pickup_bookings + 1,
        visits=(*parcel.visits, event.pickup_id),
        visits_by=(*parcel.visits_by, (event.pickup_ref, *by)),
    )
    if event.unwanted:  # nobody waits for it any more: it is to be called off
        stale = (*parcel.stale_pickups, event.pickup_ref)
        return with_parcel(state, event.parcel_id, stale_pickups=stale)
    return with_parcel(
        state,
        event.parcel_id,
        next_visit=parcel.next_visit + 1,
        pickup_ref=event.pickup_ref,
        pickup_window_end=event.window_end,
        pickup_not_before=None,
        pickup_until=None,
        pickup_failed_at=None,
        pickup_failure="",
        at_fault="",
    )


def pickup_failed(state: ReturnState, event: e.PickupFailed) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    was_due = parcel.pickup_window_end
    lost = event.occurred_at - was_due if was_due and event.fault is Fault.CARRIER else None
    # Whoever did not say that nobody came may still come: that visit is called off first.
    stale = _stale(state, event.parcel_id) if event.silent else parcel.stale_pickups
    if not parcel.pickup_ref:  # it was refused: nothing comes of the offer
        state = _without_offer(state, f"pickup:{event.parcel_id}:{parcel.next_visit}")
    attempts = parcel.attempts_counted + int(event.counted)
    tried = parcel.transports_tried
    if event.code in GIVES_UP or attempts >= state.agreed.pickup_attempts:
        tried = (*tried, (parcel.carrier, parcel.service))
    state = with_parcel(
        state,
        event.parcel_id,
        transports_tried=tried,
        stale_pickups=stale,
        pickup_failed_at=event.occurred_at,
        pickup_failure=str(event.code),
        pickup_ref="",
        next_visit=parcel.next_visit + 1,
        visits_failed=(*parcel.visits_failed, str(event.code)),
        attempts_counted=attempts,
        mismatched=parcel.mismatched or event.code in MISMATCHES,
        at_fault=str(event.fault),
    )
    # A carrier's failure never costs the customer time.
    if lost is not None and state.ship_by is not None and lost.total_seconds() > 0:
        state = replace(state, ship_by=state.ship_by + lost)
    return state


def _stale(state: ReturnState, parcel_id: str) -> tuple[str, ...]:
    """A visit that another one replaces is still to be called off."""
    parcel = state.parcels[parcel_id]
    return (*parcel.stale_pickups, *((parcel.pickup_ref,) if parcel.pickup_ref else ()))


def pickup_rescheduled(state: ReturnState, event: e.PickupRescheduled) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    failed_at, was_due = parcel.pickup_failed_at, parcel.pickup_window_end
    if parcel.at_fault == Fault.CARRIER and failed_at and was_due and state.ship_by is not None:
        # The customer waits for the carrier until the next visit.
        lost = max(event.not_before - max(failed_at, was_due), timedelta(0))
        state = replace(state, ship_by=state.ship_by + lost)
    return with_parcel(
        state,
        event.parcel_id,
        stale_pickups=_stale(state, event.parcel_id),
        next_visit=parcel.next_visit + 1,
        pickup_not_before=event.not_before,
        pickup_until=None,
        pickup_failure="",
        pickup_failed_at=None,
        pickup_ref="",
    )


def pickup_cancelled(state: ReturnState, event: e.PickupCancelled) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    rest = tuple(ref for ref in parcel.stale_pickups if ref != event.pickup_ref)
    current = "" if parcel.pickup_ref == event.pickup_ref else parcel.pickup_ref
    return with_parcel(state, event.parcel_id, pickup_ref=current, stale_pickups=rest)


def switched(state: ReturnState, event: e.CarrierSwitched) -> ReturnState:
    parcel = state.parcels[event.parcel_id]
    state = with_parcel(
        state,
        event.parcel_id,
        method=event.method,
        carrier=event.carrier,
        service=event.service,
        generation=parcel.generation + 1,
        stale_pickups=_stale(state, event.parcel_id),
        next_visit=parcel.next_visit + 1,
        pickup_ref="",
        pickup_failure="",
        pickup_failed_at=None,
        pickup_not_before=event.slot.start if event.slot else None,
        pickup_until=event.slot.end if event.slot else None,
        attempts_counted=0,
    )
    if event.ship_by is None:
        return replace(state, method=event.method)
    # It had come back to the customer, and is to be handed over once more.
    state = with_parcel(state, event.parcel_id, handed_over_at=None, delayed_at=None)
    hand_over = f"hand_over:{event.parcel_id}"
    missed = {step: times for step, times in state.missed.items() if step != hand_over}
    return replace(state, method=event.method, ship_by=event.ship_by, missed=missed)


def tracking_entered(state: ReturnState, event: e.TrackingEntered) -> ReturnState:
    numbers = state.parcels[event.parcel_id].tracking_numbers
    return with_parcel(
        state,
        event.parcel_id,
        carrier=event.carrier,
        tracking_numbers=(*numbers, event.tracking_number),
    )


def followed(state: ReturnState, event: e.ParcelFollowed) -> ReturnState:
    before = state.parcels[event.parcel_id].followed
    return with_parcel(state, event.parcel_id, followed=(*before, event.tracking_number))


def scanned(state: ReturnState, event: e.ParcelScanned) -> ReturnState:
    state = _told(state, event.parcel_id, event.occurred_at, event.stage)
    return with_parcel(state, event.parcel_id, delayed_at=None)


def traced(state: ReturnState, event: e.ParcelTraced) -> ReturnState:
    if event.stage == "delayed":
        return _delay_told(state, event.parcel_id, event.occurred_at)
    return _told(state, event.parcel_id, event.occurred_at, event.stage)


def delayed(state: ReturnState, event: e.ParcelDelayed) -> ReturnState:
    if not event.silent:
        state = _delay_told(state, event.parcel_id, event.occurred_at)
    return with_parcel(state, event.parcel_id, delayed_at=event.occurred_at)


def lost(state: ReturnState, event: e.ParcelLost) -> ReturnState:
    if not event.silent:
        state = _told(state, event.parcel_id, event.occurred_at, "lost")
    return with_parcel(state, event.parcel_id, lost_at=event.occurred_at, delayed_at=None)


def _told(state: ReturnState, parcel_id: str, when: datetime, stage: str) -> ReturnState:
    """A carrier's word of where it is, in whichever order its words come."""
    parcel = state.parcels[parcel_id]
    first, last = parcel.handed_over_at, parcel.last_scan_at
    return with_parcel(
        state,
        parcel_id,
        handed_over_at=min(first, when) if first else when,
        last_scan_at=max(last, when) if last else when,
        seen=_seen(parcel, when, stage),
    )


def _delay_told(state: ReturnState, parcel_id: str, when: datetime) -> ReturnState:
    parcel = state.parcels[parcel_id]
    last = parcel.delay_told_at
    return with_parcel(
        state,
        parcel_id,
        delay_told_at=max(last, when) if last else when,
        seen=_seen(parcel, when, "delayed"),
    )


def _seen(parcel: Parcel, when: datetime, stage: str) -> tuple[tuple[datetime, str], ...]:
    return tuple(sorted({*parcel.seen, (when, stage)}))


def prepared(state: ReturnState, event: e.TransportPrepared) -> ReturnState:
    return replace(
        state,
        prepared={**state.prepared, event.step_id: event.offer_ref},
        prepared_by={**state.prepared_by, event.step_id: (event.carrier, event.service)},
    )


def announced(state: ReturnState, _event: e.ReturnAnnounced) -> ReturnState:
    return replace(state, announced=True)
