"""The way back: labels, visits, scans, and what becomes of a parcel that goes astray."""

from datetime import datetime, timedelta

from domain.pickup_rules import PICKUP_RULES
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.ending import reopen
from domain.returns.events import (
    CarrierSwitched,
    Escalated,
    LabelPurchased,
    LabelRefused,
    LabelVoided,
    LabelVoidRejected,
    LabelVoidRequested,
    LabelVoidSubmitted,
    ParcelDelayed,
    ParcelFound,
    ParcelLost,
    ParcelScanned,
    ParcelTraced,
    PickupCancelled,
    PickupFailed,
    PickupRescheduled,
    PickupScheduled,
    ReturnAnnounced,
    ScanStage,
)
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.unfolding import Unfolding
from domain.words import (
    Actor,
    Authorisation,
    LabelLife,
    Logistics,
    Method,
    PickupException,
    Receipt,
)

NEXT_VISIT = timedelta(days=1)
"""A visit is booked for the day after it was found to be needed."""

_STAGES: dict[str, ScanStage] = {
    "scanned": "in_transit",
    "at_hub": "at_hub",
    "customs_hold": "customs_hold",
    "delivered": "delivered_unscanned",
    "returned_to_customer": "returned_to_customer",
}

_TRY_ANOTHER_WAY = frozenset(
    {
        PickupException.OUT_OF_SERVICE_AREA,
        PickupException.MAX_ATTEMPTS_REACHED,
        PickupException.OVERSIZE_OR_BAD_PACKAGING,
    }
)
_COME_AGAIN = frozenset(
    {
        PickupException.CUSTOMER_UNREACHABLE,
        PickupException.CUSTOMER_NOT_AVAILABLE,
        PickupException.PRODUCT_NOT_READY,
        PickupException.RESCHEDULE_REQUESTED,
        PickupException.NOT_ATTEMPTED,
        PickupException.VEHICLE_OR_CAPACITY,
        PickupException.WEATHER,
        PickupException.INVALID_OTP,
    }
)


# ── Labels ────────────────────────────────────────────────────────────────────────────────


def note_label(u: Unfolding, note: n.NoteLabel) -> Refused | None:
    """A label was bought. If nobody needs it any more, it is given back at once (see rules)."""
    parcel_id = note.step_id.split(":")[1]
    if note.step_id in u.state.labels:
        return None
    u.happened(
        LabelPurchased(
            occurred_at=u.now,
            parcel_id=parcel_id,
            label_id=note.step_id,
            label_ref=note.label_ref,
            carrier=note.carrier,
            service=note.service,
            tracking_number=note.tracking_number,
            cost=note.cost,
            document_ref=note.document_ref,
            code=note.code,
            expires_at=note.expires_at,
        )
    )
    return None


def note_label_refused(u: Unfolding, note: n.NoteLabelRefused) -> Refused | None:
    """The carrier will not carry it: the next carrier, another method, or a person."""
    parcel = u.state.parcels[note.step_id.split(":")[1]]
    if parcel.logistics is not Logistics.AWAITING_LABEL:
        return None
    u.happened(
        LabelRefused(
            occurred_at=u.now,
            parcel_id=parcel.parcel_id,
            label_id=note.step_id,
            reason=note.reason,
            theirs=note.theirs,
        )
    )
    _take_another_way(u, parcel.parcel_id, str(note.reason))
    return None


def _take_another_way(u: Unfolding, parcel_id: str, because: str) -> None:
    """Switch to the next carrier that serves the method, then to the fallback, then to staff."""
    parcel = u.state.parcels[parcel_id]
    tried = {*parcel.transports_tried, (parcel.carrier, parcel.service)}
    terms = u.state.agreed
    for method in (parcel.method, terms.fallback_method):
        for route in terms.transports:
            if route.method is method and (route.carrier, route.service) not in tried:
                u.happened(
                    CarrierSwitched(
                        occurred_at=u.now,
                        parcel_id=parcel_id,
                        transport="label",
                        method=route.method,
                        carrier=route.carrier,
                        service=route.service,
                        because=because,
                    )
                )
                return
    _worry(u, f"transport:{parcel_id}:{parcel.generation}", "no_transport_left", because)


def _worry(u: Unfolding, concern_id: str, what: str, because: str) -> None:
    if concern_id not in u.state.concerns:
        u.happened(Escalated(occurred_at=u.now, concern_id=concern_id, what=what, because=because))


def note_void(u: Unfolding, note: n.NoteVoid) -> Refused | None:
    """The carrier's word on a label that was to be taken back."""
    label = u.state.labels[note.label_id]
    match note.state:
        case "submitted" if label.life is LabelLife.VOID_REQUESTED:
            u.happened(LabelVoidSubmitted(occurred_at=u.now, label_id=label.label_id))
        case "granted" if label.life is not LabelLife.VOIDED:
            u.happened(LabelVoided(occurred_at=u.now, label_id=label.label_id))
        case "refused" if label.life in {LabelLife.VOID_REQUESTED, LabelLife.VOID_SUBMITTED}:
            u.happened(
                LabelVoidRejected(occurred_at=u.now, label_id=label.label_id, theirs=note.theirs)
            )
    return None


def report_label(u: Unfolding, report: c.ReportLabel) -> Refused | None:
    """The carrier tells later what became of a void."""
    label = next(
        (
            known
            for known in u.state.labels.values()
            if report.label_ref == known.label_ref
            or report.tracking_number == known.tracking_number
        ),
        None,
    )
    if label is None:
        return Refused(code="unknown_label", because="label_ref: no such label in this return")
    state = "granted" if report.status == "voided" else "refused"
    return note_void(
        u,
        n.NoteVoid(
            label_id=label.label_id,
            state="granted" if state == "granted" else "refused",
            theirs=report.carrier_code,
        ),
    )


def void_what_is_not_needed(u: Unfolding) -> None:
    """Give back every live label of a parcel that will not travel on it."""
    for label in list(u.state.labels.values()):
        if label.life is LabelLife.LIVE and (because := _needless(u, label)):
            u.happened(
                LabelVoidRequested(occurred_at=u.now, label_id=label.label_id, because=because)
            )


def _needless(u: Unfolding, label: Label) -> str:
    parcel = u.state.parcels[label.parcel_id]
    if parcel.has_left:
        return ""
    if not u.state.is_approved:
        return f"the return is {u.state.authorisation}"
    if given_up(u.state, parcel):
        return "the parcel was not handed over in time"
    if not any(unit.receipt is Receipt.AWAITING for unit in u.state.live_units):
        return "nothing is left to be sent in it"
    if label.label_id != label_step(parcel):
        return f"the parcel goes by {parcel.method} with {parcel.carrier or 'another'} now"
    return ""


def given_up(state: ReturnState, parcel: Parcel) -> bool:
    """Whether a parcel's date to be handed over has passed, while others are on their way."""
    return not parcel.has_left and bool(state.missed.get(f"hand_over:{parcel.parcel_id}"))


def label_step(parcel: Parcel) -> str:
    """Name the purchase of a parcel's present label."""
    return f"label:{parcel.parcel_id}:{parcel.generation}"


def choose_method(u: Unfolding, ask: c.ChooseMethod) -> Refused | None:
    """Another way of handing over, for a parcel that is still at home."""
    state = u.state
    if not state.is_approved:
        return Refused(code="not_approved", because=f"the return is {state.authorisation}")
    if ask.method is Method.KEEP_ITEM:
        return Refused(code="method_not_offered", because="method: keep_item is not a way back")
    at_home = [
        parcel
        for parcel in state.parcels.values()
        if not parcel.has_left and (not ask.parcel_id or parcel.parcel_id == ask.parcel_id)
    ]
    if not at_home:
        return Refused(code="already_handed_over", because="no parcel is waiting at the customer's")
    routes = [route for route in state.agreed.transports if route.method is ask.method]
    if ask.method.needs_label and not routes:
        offered = ", ".join(sorted({route.method for route in state.agreed.transports}))
        return Refused(
            code="method_not_offered",
            because=f"method: {ask.method} is not offered here, choose one of {offered}",
        )
    for parcel in at_home:
        u.happened(
            CarrierSwitched(
                occurred_at=u.now,
                parcel_id=parcel.parcel_id,
                transport="label" if ask.method.needs_label else "own",
                method=ask.method,
                carrier=routes[0].carrier if ask.method.needs_label else "",
                service=routes[0].service if ask.method.needs_label else "",
                because=f"chosen by {ask.actor.kind}",
            )
        )
    return None


# ── Visits ────────────────────────────────────────────────────────────────────────────────


def note_pickup(u: Unfolding, note: n.NotePickup) -> Refused | None:
    """A visit is booked."""
    if u.state.parcels[note.parcel_id].pickup_ref == note.pickup_ref:
        return None
    u.happened(
        PickupScheduled(
            occurred_at=u.now,
            parcel_id=note.parcel_id,
            pickup_id=note.step_id,
            pickup_ref=note.pickup_ref,
            window_start=note.window_start,
            window_end=note.window_end,
        )
    )
    return None


def note_pickup_refused(u: Unfolding, note: n.NotePickupRefused) -> Refused | None:
    """The carrier will not come at all."""
    _fail_pickup(u, note.parcel_id, note.reason, note.theirs, u.now)
    return None


def note_pickup_cancelled(u: Unfolding, note: n.NotePickupCancelled) -> Refused | None:
    """The visit was called off with the carrier; of a parcel that has left it is no news."""
    parcel = u.state.parcels[note.parcel_id]
    if not parcel.has_left and note.pickup_ref in {parcel.pickup_ref, *parcel.stale_pickups}:
        u.happened(
            PickupCancelled(occurred_at=u.now, parcel_id=note.parcel_id, pickup_ref=note.pickup_ref)
        )
    return None


def report_pickup(u: Unfolding, report: c.ReportPickup) -> Refused | None:
    """What came of a visit. News of a visit that is no longer booked changes nothing."""
    parcel = _parcel_of(u, report.tracking_number, report.pickup_ref)
    if parcel is None:
        return Refused(code="unknown_parcel", because="pickup_ref: no such visit in this return")
    if report.status == "picked_up":
        _scan(u, parcel.parcel_id, "in_transit", report.occurred_at, "", report.carrier_code)
    elif report.status == "failed" and report.code and not parcel.has_left:
        if report.pickup_ref and report.pickup_ref != parcel.pickup_ref:
            return None
        _fail_pickup(u, parcel.parcel_id, report.code, report.carrier_code, report.occurred_at)
        if report.rebooked_for is not None and not u.state.parcels[parcel.parcel_id].has_left:
            _come_again(u, parcel.parcel_id, report.rebooked_for, "the day the customer asked for")
    return None


def _fail_pickup(
    u: Unfolding, parcel_id: str, code: PickupException, theirs: str, when: datetime
) -> None:
    """Note the failure and decide what comes next, by the code's rule."""
    rule = PICKUP_RULES[code]
    u.happened(
        PickupFailed(
            occurred_at=when,
            parcel_id=parcel_id,
            code=code,
            carrier_code=theirs[:200],
            fault=rule.fault,
            counted=rule.counts,
        )
    )
    parcel = u.state.parcels[parcel_id]
    used_up = parcel.attempts_counted >= u.state.agreed.pickup_attempts
    if code in _TRY_ANOTHER_WAY or used_up:
        why = "max_attempts_reached" if used_up else str(code)
        _take_another_way(u, parcel_id, why)
    elif code in _COME_AGAIN:
        _come_again(u, parcel_id, u.now + NEXT_VISIT, str(code))
    elif rule.next_actor is Actor.MERCHANT:
        _worry(u, f"pickup:{parcel_id}:{parcel.pickup_bookings}", str(code), "doorstep: look at it")


def _come_again(u: Unfolding, parcel_id: str, not_before: datetime, because: str) -> None:
    u.happened(
        PickupRescheduled(
            occurred_at=u.now, parcel_id=parcel_id, not_before=not_before, because=because
        )
    )


def reschedule_pickup(u: Unfolding, ask: c.ReschedulePickup) -> Refused | None:
    """Come another day; for a parcel that waits for a visit."""
    if ask.not_before <= u.now:
        return Refused(code="in_the_past", because="not_before: must be in the future")
    return _book_anew(u, ask.parcel_id, ask.not_before, "asked for another day")


def correct_address(u: Unfolding, ask: c.CorrectAddress) -> Refused | None:
    """The carrier comes to the corrected address; the address itself is kept elsewhere."""
    return _book_anew(u, ask.parcel_id, u.now + NEXT_VISIT, "address corrected")


def _book_anew(u: Unfolding, parcel_id: str, not_before: datetime, because: str) -> Refused | None:
    waiting = [
        parcel
        for parcel in u.state.parcels.values()
        if parcel.method is Method.CARRIER_PICKUP
        and not parcel.has_left
        and (not parcel_id or parcel.parcel_id == parcel_id)
        and parcel.logistics is not Logistics.AWAITING_LABEL
    ]
    if not waiting or not u.state.is_approved:
        return Refused(code="no_pickup", because="no parcel of this return waits for a pickup")
    for parcel in waiting:
        _come_again(u, parcel.parcel_id, not_before, because)
    return None


# ── Scans ─────────────────────────────────────────────────────────────────────────────────


def report_tracking(u: Unfolding, report: c.ReportTracking) -> Refused | None:
    """What a carrier saw, judged by when it was seen."""
    parcel = _parcel_of(u, report.tracking_number, "")
    if parcel is None:
        return Refused(
            code="unknown_parcel",
            because=f"tracking_number: {report.tracking_number} is no parcel of this return",
        )
    key, when = parcel.parcel_id, report.occurred_at
    match report.status:
        case "delayed":
            if parcel.has_left and parcel.received_at is None and _is_newer(parcel, when):
                u.happened(
                    ParcelDelayed(occurred_at=when, parcel_id=key, because="the carrier says")
                )
        case "lost":
            here_or_lost = parcel.received_at or parcel.logistics is Logistics.LOST
            if not here_or_lost and _is_newer(parcel, when):
                _lose(u, parcel, when, "the carrier says so")
        case "found":
            _find(u, parcel, when, report.place)
        case status:
            _scan(u, key, _STAGES[status], when, report.place, report.carrier_code)
    return None


def _parcel_of(u: Unfolding, tracking_number: str, pickup_ref: str) -> Parcel | None:
    for parcel in u.state.parcels.values():
        if tracking_number and tracking_number in parcel.tracking_numbers:
            return parcel
        if pickup_ref and pickup_ref == parcel.pickup_ref:
            return parcel
    return None


def _is_newer(parcel: Parcel, when: datetime) -> bool:
    return parcel.last_scan_at is None or when > parcel.last_scan_at


def _scan(
    u: Unfolding, key: str, stage: ScanStage, when: datetime, place: str, theirs: str
) -> None:
    """Follow a scan; an older one, or one of a parcel that is here, is only kept for the record."""
    parcel = u.state.parcels[key]
    is_news = parcel.received_at is None and _is_newer(parcel, when)
    if not is_news:
        if when != parcel.last_scan_at or parcel.received_at is not None:
            u.happened(
                ParcelTraced(
                    occurred_at=when, parcel_id=key, stage=stage, place=place, carrier_code=theirs
                )
            )
        _come_back(u, when)
        return
    if parcel.logistics is Logistics.LOST:
        u.happened(ParcelFound(occurred_at=when, parcel_id=key, place=place))
    u.happened(
        ParcelScanned(
            occurred_at=when, parcel_id=key, stage=stage, place=place, carrier_code=theirs
        )
    )
    _come_back(u, when)


def _come_back(u: Unfolding, when: datetime) -> None:
    """A parcel on its way re-opens a return that had ended without it.

    A cancelled one always: the parcel left before the customer changed their mind, or they
    changed it again. An expired one if the hand-over was in time; else a person decides.
    """
    state = u.state
    if state.authorisation is Authorisation.CANCELLED:
        _reopen_or_worry(u, "cancelled", "the parcel was handed over all the same")
    elif state.authorisation is Authorisation.EXPIRED:
        if state.ship_by is not None and when <= state.ship_by:
            _reopen_or_worry(u, "expired", "handed over in time, reported late")
        else:
            _worry(u, "late_goods", "handed_over_late", "handed over after the date agreed")


def _reopen_or_worry(u: Unfolding, was: str, because: str) -> None:
    refused = reopen(u, was, because)
    if refused is not None:
        _worry(u, "claimed_elsewhere", refused.code, refused.because)


def come_back_with_goods(u: Unfolding, when: datetime) -> None:
    """Goods at the dock say the same as a scan does."""
    _come_back(u, when)
    if u.state.authorisation is Authorisation.DECLINED:
        _worry(u, "declined_goods", "declined_goods_arrived", "goods came that were declined")


def _lose(u: Unfolding, parcel: Parcel, when: datetime, because: str) -> None:
    if not parcel.has_left:
        stage: ScanStage = "in_transit"  # a carrier can only lose what it was given
        _scan(u, parcel.parcel_id, stage, when, "", "")
    u.happened(ParcelLost(occurred_at=when, parcel_id=parcel.parcel_id, because=because))


def _find(u: Unfolding, parcel: Parcel, when: datetime, place: str) -> None:
    if parcel.logistics is Logistics.LOST:
        u.happened(ParcelFound(occurred_at=when, parcel_id=parcel.parcel_id, place=place))
    else:
        _scan(u, parcel.parcel_id, "in_transit", when, place, "")


def give_up(u: Unfolding, parcel: Parcel) -> None:
    """Nobody has seen it for too long."""
    u.happened(
        ParcelLost(occurred_at=u.now, parcel_id=parcel.parcel_id, because="no scan for too long")
    )


def miss_visit(u: Unfolding, parcel: Parcel) -> None:
    """The window is over and the carrier says nothing: nobody came."""
    _fail_pickup(u, parcel.parcel_id, PickupException.NOT_ATTEMPTED, "silence", u.now)


def note_announced(u: Unfolding, note: n.NoteAnnounced) -> Refused | None:
    """The warehouse knows what to expect."""
    if not u.state.announced:
        u.happened(ReturnAnnounced(occurred_at=u.now, announcement_ref=note.announcement_ref))
    return None
