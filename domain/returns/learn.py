"""What each event teaches beyond the move on its axis. One small function an event.

An event that is not in `LEARN` says everything by its move, or is kept only to be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.returns import events as e
from domain.returns.state import (
    Adjustment,
    Concern,
    Label,
    Notice,
    Offer,
    Parcel,
    Payout,
    Replacement,
    ReturnState,
    Stray,
    Unit,
)
from domain.words import Decision, Fault, LabelLife, Logistics, MoneyState, Receipt

S = ReturnState


def _unit(state: S, key: str, **learned: Any) -> S:
    if key not in state.units:
        return state
    return replace(state, units={**state.units, key: replace(state.units[key], **learned)})


def _parcel(state: S, key: str, **learned: Any) -> S:
    if key not in state.parcels:
        return state
    known = state.parcels[key]
    return replace(state, parcels={**state.parcels, key: replace(known, **learned)})


def _payout(state: S, key: str, **learned: Any) -> S:
    if key not in state.payouts:
        return state
    known = state.payouts[key]
    return replace(state, payouts={**state.payouts, key: replace(known, **learned)})


def _requested(state: S, event: e.ReturnRequested) -> S:
    units = {
        asked.unit: Unit(
            asked=asked,
            receipt=Receipt.AWAITING,
            decision=Decision.PENDING,
            reason=asked.reason,
            resolution=asked.resolution,
            replacement=Replacement(asked.exchange_sku, "") if asked.exchange_sku else None,
        )
        for asked in event.units
    }
    return replace(
        state,
        tenant=event.tenant,
        return_id=event.return_id,
        order_id=event.order_id,
        customer_id=event.customer_id,
        locale=event.locale,
        country=event.country,
        currency=event.currency,
        method=event.method,
        parcels_planned=event.parcels,
        requested_at=event.occurred_at,
        units=units,
    )


def _evaluated(state: S, event: e.PolicyEvaluated) -> S:
    return replace(state, terms=event.terms)


def _quoted(state: S, event: e.QuoteIssued) -> S:
    return replace(state, quote=event.quote)


def _approved(state: S, event: e.ReturnApproved) -> S:
    for key in event.units:
        state = _unit(state, key, approved=True)
    return replace(
        state,
        approved_at=event.occurred_at,
        ship_by=event.ship_by,
        keep_item=event.keep_item,
        ended_at=None,
    )


def _ended(state: S, event: e.Event) -> S:
    because = str(getattr(event, "because", ""))
    return replace(state, ended_at=event.occurred_at, ended_because=because)


def _reopened(state: S, event: e.ReturnReopened) -> S:
    return replace(state, ended_at=None)


def _completed(state: S, event: e.ReturnCompleted) -> S:
    return replace(state, completed_paid_minor=event.paid_minor, ended_at=event.occurred_at)


def _unit_declined(state: S, event: e.UnitDeclined) -> S:
    return _unit(state, event.unit, approved=False)


# ── The way back ──────────────────────────────────────────────────────────────────────────


def _parcel_planned(state: S, event: e.ParcelPlanned) -> S:
    parcel = Parcel(
        event.parcel_id,
        Logistics.AWAITING_LABEL,  # the table says which, right after
        method=event.method,
        carrier=event.carrier,
        service=event.service,
    )
    return replace(state, parcels={**state.parcels, event.parcel_id: parcel})


def _label_bought(state: S, event: e.LabelPurchased) -> S:
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
    )
    numbers = state.parcels[event.parcel_id].tracking_numbers
    state = _parcel(state, event.parcel_id, tracking_numbers=(*numbers, event.tracking_number))
    return replace(state, labels={**state.labels, event.label_id: label})


def _label_refused(state: S, event: e.LabelRefused) -> S:
    parcel = state.parcels[event.parcel_id]
    tried = (*parcel.transports_tried, (parcel.carrier, parcel.service))
    return _parcel(state, event.parcel_id, transports_tried=tried, pickup_failure=str(event.reason))


def _void_told(state: S, event: e.LabelVoidRequested | e.LabelVoidSubmitted) -> S:
    label = replace(state.labels[event.label_id], since=event.occurred_at)
    return replace(state, labels={**state.labels, event.label_id: label})


def _pickup_scheduled(state: S, event: e.PickupScheduled) -> S:
    bookings = state.parcels[event.parcel_id].pickup_bookings + 1
    return _parcel(
        state,
        event.parcel_id,
        pickup_ref=event.pickup_ref,
        pickup_window_end=event.window_end,
        pickup_not_before=None,
        pickup_failed_at=None,
        pickup_failure="",
        at_fault="",
        pickup_bookings=bookings,
    )


def _pickup_failed(state: S, event: e.PickupFailed) -> S:
    parcel = state.parcels[event.parcel_id]
    was_due = parcel.pickup_window_end
    lost = event.occurred_at - was_due if was_due and event.fault is Fault.CARRIER else None
    state = _parcel(
        state,
        event.parcel_id,
        pickup_failed_at=event.occurred_at,
        pickup_failure=str(event.code),
        pickup_ref="",
        attempts_counted=parcel.attempts_counted + int(event.counted),
        at_fault=str(event.fault),
    )
    # A carrier's failure never costs the customer time.
    if lost is not None and state.ship_by is not None and lost.total_seconds() > 0:
        state = replace(state, ship_by=state.ship_by + lost)
    return state


def _stale(state: S, parcel_id: str) -> tuple[str, ...]:
    """A visit that another one replaces is still to be called off."""
    parcel = state.parcels[parcel_id]
    return (*parcel.stale_pickups, *((parcel.pickup_ref,) if parcel.pickup_ref else ()))


def _pickup_rescheduled(state: S, event: e.PickupRescheduled) -> S:
    return _parcel(
        state,
        event.parcel_id,
        stale_pickups=_stale(state, event.parcel_id),
        pickup_not_before=event.not_before,
        pickup_failure="",
        pickup_failed_at=None,
        pickup_ref="",
    )


def _pickup_cancelled(state: S, event: e.PickupCancelled) -> S:
    parcel = state.parcels[event.parcel_id]
    rest = tuple(ref for ref in parcel.stale_pickups if ref != event.pickup_ref)
    current = "" if parcel.pickup_ref == event.pickup_ref else parcel.pickup_ref
    return _parcel(state, event.parcel_id, pickup_ref=current, stale_pickups=rest)


def _switched(state: S, event: e.CarrierSwitched) -> S:
    parcel = state.parcels[event.parcel_id]
    state = _parcel(
        state,
        event.parcel_id,
        method=event.method,
        carrier=event.carrier,
        service=event.service,
        generation=parcel.generation + 1,
        stale_pickups=_stale(state, event.parcel_id),
        pickup_ref="",
        pickup_failure="",
        pickup_failed_at=None,
        pickup_not_before=None,
        attempts_counted=0,
    )
    return replace(state, method=event.method)


def _scanned(state: S, event: e.ParcelScanned) -> S:
    first = state.parcels[event.parcel_id].handed_over_at
    when = event.occurred_at
    return _parcel(
        state,
        event.parcel_id,
        handed_over_at=min(first, when) if first else when,
        last_scan_at=when,
        delayed_at=None,
    )


def _traced(state: S, event: e.ParcelTraced) -> S:
    first = state.parcels[event.parcel_id].handed_over_at
    when = event.occurred_at
    return _parcel(state, event.parcel_id, handed_over_at=min(first, when) if first else when)


def _delayed(state: S, event: e.ParcelDelayed) -> S:
    return _parcel(state, event.parcel_id, delayed_at=event.occurred_at)


def _found(state: S, event: e.ParcelFound) -> S:
    return _parcel(state, event.parcel_id, last_scan_at=event.occurred_at, delayed_at=None)


def _announced(state: S, _event: e.ReturnAnnounced) -> S:
    return replace(state, announced=True)


# ── Receipt, inspection, decision ─────────────────────────────────────────────────────────


def _parcel_received(state: S, event: e.ParcelReceived) -> S:
    known = state.parcels.get(event.parcel_id) or Parcel(event.parcel_id, Logistics.DELIVERED)
    numbers = known.tracking_numbers
    if event.tracking_number and event.tracking_number not in numbers:
        numbers = (*numbers, event.tracking_number)
    parcel = replace(
        known, received_at=known.received_at or event.occurred_at, tracking_numbers=numbers
    )
    receipts = state.receipts
    if event.receipt_id not in receipts:
        receipts = (*receipts, event.receipt_id)
    return replace(state, parcels={**state.parcels, event.parcel_id: parcel}, receipts=receipts)


def _unit_received(state: S, event: e.UnitReceived) -> S:
    known = state.units[event.unit]
    return _unit(
        state,
        event.unit,
        parcel_id=event.parcel_id or known.parcel_id,
        receipt_id=event.receipt_id or known.receipt_id,
        received_at=known.received_at or event.occurred_at,
        serial=event.serial or known.serial,
    )


def _retracted(state: S, event: e.UnitReceiptRetracted) -> S:
    return _unit(state, event.unit, parcel_id="", receipt_id="", received_at=None)


def _stray(state: S, event: e.UnexpectedUnitReceived) -> S:
    stray = Stray(
        event.stray_id, event.sku, event.kind, event.parcel_id, event.receipt_id, event.occurred_at
    )
    return replace(state, strays={**state.strays, event.stray_id: stray})


def _matched(state: S, event: e.UnitMatched) -> S:
    stray = replace(state.strays[event.stray_id], matched_to=event.unit)
    state = replace(state, strays={**state.strays, event.stray_id: stray})
    return _unit(
        state,
        event.unit,
        stray_id=event.stray_id,
        parcel_id=stray.parcel_id,
        receipt_id=stray.receipt_id,
        received_at=stray.since,
    )


def _unmatched(state: S, event: e.UnitUnmatched) -> S:
    stray = replace(state.strays[event.stray_id], matched_to="")
    state = replace(state, strays={**state.strays, event.stray_id: stray})
    return _unit(state, event.unit, stray_id="", parcel_id="", receipt_id="", received_at=None)


def _stray_settled(state: S, event: e.StraySettled) -> S:
    stray = replace(state.strays[event.stray_id], settled=event.disposition)
    return replace(state, strays={**state.strays, event.stray_id: stray})


def _inspected(state: S, event: e.UnitInspected) -> S:
    return _unit(
        state,
        event.unit,
        grade=event.grade,
        inspection_id=event.inspection_id,
        inspected_at=event.occurred_at,
        serial=event.serial or state.units[event.unit].serial,
        suggested=event.suggested_disposition,
    )


def _recoded(state: S, event: e.ReasonRecoded) -> S:
    return _unit(state, event.unit, reason=event.now)


def _decided(state: S, event: e.DecisionMade) -> S:
    return _unit(state, event.unit, share_bp=event.share_bp, decided_at=event.occurred_at)


def _disputed(state: S, event: e.DisputeOpened) -> S:
    return _unit(state, event.unit, dispute_id=event.dispute_id, disputed_at=event.occurred_at)


def _dispute_resolved(state: S, event: e.DisputeResolved) -> S:
    return _unit(state, event.unit, decided_at=event.occurred_at)


def _disposed(state: S, event: e.DispositionDecided) -> S:
    return _unit(state, event.unit, disposition=event.disposition)


def _moved(state: S, event: e.UnitRestocked | e.UnitMoved) -> S:
    return _unit(state, event.unit, moved=True)


# ── Money ─────────────────────────────────────────────────────────────────────────────────


def _adjusted(state: S, event: e.QuoteAdjusted) -> S:
    one = Adjustment(event.key, event.amount_minor, event.reason, event.because)
    state = replace(state, adjustments=(*state.adjustments, one))
    if event.key == "shipping":
        total = state.shipping_adjusted_minor + event.amount_minor
        return replace(state, shipping_adjusted_minor=total)
    if event.key == "label_fee":
        return replace(state, fee_adjusted_minor=state.fee_adjusted_minor + event.amount_minor)
    was = state.units[event.key].adjusted_minor
    return _unit(state, event.key, adjusted_minor=was + event.amount_minor)


def _planned(state: S, event: e.PayoutPlanned) -> S:
    payout = Payout(
        event.instruction_id,
        MoneyState.PLANNED,
        event.destination,
        event.tender_id,
        event.provider,
        event.payment_ref,
        event.amount_minor,
        event.parts,
        event.occurred_at,
    )
    state = replace(state, payouts={**state.payouts, event.instruction_id: payout})
    return _payout(state, event.replaces, replaced=True) if event.replaces else state


def _held(state: S, event: e.PayoutHeld) -> S:
    if event.instruction_id in state.payouts:
        return _payout(state, event.instruction_id, reason=event.reason, since=event.occurred_at)
    payout = Payout(
        event.instruction_id,
        MoneyState.HELD,
        "",
        "",
        "",
        "",
        event.amount_minor,
        event.parts,
        event.occurred_at,
        reason=event.reason,
    )
    return replace(state, payouts={**state.payouts, event.instruction_id: payout})


Answered = (
    e.PayoutSubmitted
    | e.PayoutUnknown
    | e.PayoutPending
    | e.PayoutRequiresAction
    | e.PayoutSucceeded
    | e.PayoutFailed
    | e.PayoutReleased
)


def _answered(state: S, event: Answered) -> S:
    return _payout(
        state,
        event.instruction_id,
        payout_ref=getattr(event, "payout_ref", "")
        or state.payouts[event.instruction_id].payout_ref,
        reason=getattr(event, "reason", ""),
        since=event.occurred_at,
        news_open=False,
    )


def _news(state: S, event: e.PayoutNewsHeard) -> S:
    heard = state.payouts[event.instruction_id].news + 1
    return _payout(state, event.instruction_id, news=heard, news_open=True)


def _checked(state: S, event: e.PayoutChecked) -> S:
    return _payout(state, event.instruction_id, news_open=False, since=event.occurred_at)


def _credit(state: S, event: e.StoreCreditIssued) -> S:
    return _payout(state, event.instruction_id, code=event.code)


# ── Goods instead, people, time ───────────────────────────────────────────────────────────


def _replacement(state: S, unit: str, life: str, **learned: str) -> S:
    known = state.units[unit].replacement or Replacement(state.units[unit].asked.sku, "")
    return _unit(state, unit, replacement=replace(known, life=life, **learned))


def _reserved(state: S, event: e.ReplacementReserved) -> S:
    return _replacement(
        state, event.unit, "reserved", sku=event.sku, reservation_ref=event.reservation_ref
    )


def _unavailable(state: S, event: e.ReplacementUnavailable) -> S:
    return _replacement(state, event.unit, "unavailable", sku=event.sku)


def _ordered(state: S, event: e.ReplacementOrdered) -> S:
    return _replacement(state, event.unit, "ordered", sku=event.sku, order_ref=event.order_ref)


def _released(state: S, event: e.ReplacementReleased) -> S:
    return _replacement(state, event.unit, "released")


def _shipped(state: S, event: e.ReplacementShipped) -> S:
    return _replacement(state, event.unit, "shipped")


def _offered(state: S, event: e.OfferMade) -> S:
    offer = Offer(event.offer_id, event.unit, event.resolution, event.answer_by)
    return replace(state, offers={**state.offers, event.offer_id: offer})


def _offer_accepted(state: S, event: e.OfferAccepted) -> S:
    offer = replace(state.offers[event.offer_id], answer="accepted")
    state = replace(state, offers={**state.offers, event.offer_id: offer})
    return _unit(state, event.unit, resolution=event.resolution)


def _offer_declined(state: S, event: e.OfferDeclined) -> S:
    offer = replace(state.offers[event.offer_id], answer="declined")
    return replace(state, offers={**state.offers, event.offer_id: offer})


def _notice(state: S, event: e.NoticePlanned) -> S:
    notice = Notice(event.notice_id, event.template, event.facts, event.occurred_at)
    state = replace(state, notices={**state.notices, event.notice_id: notice})
    return replace(state, reminded=True) if event.template == "reminder" else state


def _notified(state: S, event: e.CustomerNotified | e.ReminderSent) -> S:
    notice = replace(state.notices[event.notice_id], sent=True)
    return replace(state, notices={**state.notices, event.notice_id: notice})


def _missed(state: S, event: e.DeadlineMissed) -> S:
    times = state.missed.get(event.step_id, 0) + 1
    return replace(state, missed={**state.missed, event.step_id: times})


def _escalated(state: S, event: e.Escalated) -> S:
    concern = Concern(event.concern_id, event.what, event.because, event.occurred_at)
    return replace(state, concerns={**state.concerns, event.concern_id: concern})


def _settled(state: S, event: e.ConcernSettled) -> S:
    rest = {key: known for key, known in state.concerns.items() if key != event.concern_id}
    return replace(state, concerns=rest)


def _rejected(state: S, _event: e.MessageRejected) -> S:
    return replace(state, rejected_messages=state.rejected_messages + 1)


LEARN: Mapping[type[e.Event], Callable[[S, Any], S]] = {
    e.ReturnRequested: _requested,
    e.PolicyEvaluated: _evaluated,
    e.QuoteIssued: _quoted,
    e.ReturnApproved: _approved,
    e.ReturnDeclined: _ended,
    e.ReturnCancelled: _ended,
    e.ReturnExpired: _ended,
    e.ReturnReopened: _reopened,
    e.ReturnCompleted: _completed,
    e.UnitDeclined: _unit_declined,
    e.ParcelPlanned: _parcel_planned,
    e.LabelPurchased: _label_bought,
    e.LabelRefused: _label_refused,
    e.LabelVoidRequested: _void_told,
    e.LabelVoidSubmitted: _void_told,
    e.PickupScheduled: _pickup_scheduled,
    e.PickupFailed: _pickup_failed,
    e.PickupRescheduled: _pickup_rescheduled,
    e.PickupCancelled: _pickup_cancelled,
    e.CarrierSwitched: _switched,
    e.ParcelScanned: _scanned,
    e.ParcelTraced: _traced,
    e.ParcelDelayed: _delayed,
    e.ParcelFound: _found,
    e.ReturnAnnounced: _announced,
    e.ParcelReceived: _parcel_received,
    e.UnitReceived: _unit_received,
    e.UnitReceiptRetracted: _retracted,
    e.UnexpectedUnitReceived: _stray,
    e.UnitMatched: _matched,
    e.UnitUnmatched: _unmatched,
    e.StraySettled: _stray_settled,
    e.UnitInspected: _inspected,
    e.ReasonRecoded: _recoded,
    e.DecisionMade: _decided,
    e.DisputeOpened: _disputed,
    e.DisputeResolved: _dispute_resolved,
    e.DispositionDecided: _disposed,
    e.UnitRestocked: _moved,
    e.UnitMoved: _moved,
    e.QuoteAdjusted: _adjusted,
    e.PayoutPlanned: _planned,
    e.PayoutHeld: _held,
    e.PayoutReleased: _answered,
    e.PayoutSubmitted: _answered,
    e.PayoutUnknown: _answered,
    e.PayoutPending: _answered,
    e.PayoutRequiresAction: _answered,
    e.PayoutSucceeded: _answered,
    e.PayoutFailed: _answered,
    e.PayoutNewsHeard: _news,
    e.PayoutChecked: _checked,
    e.StoreCreditIssued: _credit,
    e.ReplacementReserved: _reserved,
    e.ReplacementUnavailable: _unavailable,
    e.ReplacementOrdered: _ordered,
    e.ReplacementReleased: _released,
    e.ReplacementShipped: _shipped,
    e.OfferMade: _offered,
    e.OfferAccepted: _offer_accepted,
    e.OfferDeclined: _offer_declined,
    e.NoticePlanned: _notice,
    e.CustomerNotified: _notified,
    e.ReminderSent: _notified,
    e.DeadlineMissed: _missed,
    e.Escalated: _escalated,
    e.ConcernSettled: _settled,
    e.MessageRejected: _rejected,
}
