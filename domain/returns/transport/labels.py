"""Labels: bought, refused, taken back; and the way a parcel goes instead."""

from datetime import timedelta

from domain.policy.serving import TAKE_BACK_DAYS
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    CarrierSwitched,
    LabelPurchased,
    LabelRefused,
    LabelVoided,
    LabelVoidRejected,
    LabelVoidSubmitted,
    OfferDropped,
    TransportPrepared,
)
from domain.returns.money.adjusting import charge_for_method
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import LabelLife, Logistics

AT_HOME = frozenset(
    {Logistics.AWAITING_HANDOVER, Logistics.PICKUP_SCHEDULED, Logistics.PICKUP_EXCEPTION}
)
"""Where a parcel is while the customer has it, and what it is to travel on."""


def note_transport_prepared(u: Unfolding, note: n.NoteTransportPrepared) -> Refused | None:
    """The offer on which a step is carried out: one for each step, whoever made it."""
    if note.step_id not in u.state.prepared:
        u.happened(
            TransportPrepared(
                occurred_at=u.now,
                step_id=note.step_id,
                offer_ref=note.offer_ref,
                carrier=note.carrier,
                service=note.service,
            )
        )
    return None


def note_label(u: Unfolding, note: n.NoteLabel) -> Refused | None:
    """A label was bought. If nobody needs it any more, it is given back at once (see rules)."""
    parcel_id = note.step_id.split(":")[1]
    if note.step_id in u.state.labels:
        return None
    parcel = u.state.parcels[parcel_id]
    is_awaited = note.step_id == label_step(parcel) and parcel.logistics is Logistics.AWAITING_LABEL
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
            take_back_by=u.now + timedelta(days=_take_back_days(u.state, note)),
            billed=note.billed,
            asked=note.asked,
            unwanted=not is_awaited,
        )
    )
    return None


def _take_back_days(state: ReturnState, note: n.NoteLabel) -> int:
    """How long its carrier takes an unused label back, by the terms; else by most carriers'."""
    routes = (
        route
        for route in state.agreed.transports
        if (route.carrier, route.service) == (note.carrier, note.service)
    )
    first = next(routes, None)
    return first.take_back_days if first else TAKE_BACK_DAYS


def note_nothing_bought(u: Unfolding, note: n.NoteNothingBought) -> Refused | None:
    """Nobody bought it, and nobody will."""
    visits = [step for parcel in u.state.parcels.values() for step in parcel.visits]
    if note.step_id in u.state.prepared and note.step_id not in {*u.state.labels, *visits}:
        u.happened(OfferDropped(occurred_at=u.now, step_id=note.step_id))
    return None


def note_label_refused(u: Unfolding, note: n.NoteLabelRefused) -> Refused | None:
    """The carrier will not carry it: the next carrier, another method, or a person."""
    parcel = u.state.parcels[note.step_id.split(":")[1]]
    if parcel.logistics is not Logistics.AWAITING_LABEL or note.step_id != label_step(parcel):
        return None
    if (parcel.carrier, parcel.service) in parcel.transports_tried:
        return None  # their no is known, and a person looks for another way
    u.happened(
        LabelRefused(
            occurred_at=u.now,
            parcel_id=parcel.parcel_id,
            label_id=note.step_id,
            reason=note.reason,
            theirs=note.theirs,
        )
    )
    take_another_way(u, parcel.parcel_id, str(note.reason))
    return None


def take_another_way(u: Unfolding, parcel_id: str, because: str) -> None:
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
                charge_for_method(u, may_rise=False)
                return
    worry(u, f"transport:{parcel_id}:{parcel.generation}", "no_transport_left", because)


def note_void(u: Unfolding, note: n.NoteVoid) -> Refused | None:
    """The carrier's word on a label that was to be taken back."""
    label = u.state.labels[note.label_id]
    match note.state:
        case "submitted" if label.life is LabelLife.VOID_REQUESTED:
            u.happened(LabelVoidSubmitted(occurred_at=u.now, label_id=label.label_id))
        case "granted" if not label.taken_back:
            u.happened(LabelVoided(occurred_at=u.now, label_id=label.label_id))
            if label.life is LabelLife.LIVE:
                _make_up_for(u, label)
        case "refused" if label.life in {LabelLife.VOID_REQUESTED, LabelLife.VOID_SUBMITTED}:
            u.happened(
                LabelVoidRejected(occurred_at=u.now, label_id=label.label_id, theirs=note.theirs)
            )
    return None


def _make_up_for(u: Unfolding, label: Label) -> None:
    """Somebody had it taken back past us: the customer holds paper that carries nothing."""
    parcel = u.state.parcels[label.parcel_id]
    if parcel.label_id == label.label_id and parcel.logistics in AT_HOME:
        buy_another(u, parcel, "its label was taken back, and not by us")


def buy_another(u: Unfolding, parcel: Parcel, because: str) -> None:
    """The parcel goes the same way, on a label that is still to be bought."""
    if parcel.method is not None:
        u.happened(
            CarrierSwitched(
                occurred_at=u.now,
                parcel_id=parcel.parcel_id,
                transport="label",
                method=parcel.method,
                carrier=parcel.carrier,
                service=parcel.service,
                because=because,
            )
        )


def report_label(u: Unfolding, report: c.ReportLabel) -> Refused | None:
    """The carrier tells later what became of a void; or that it sold what we know nothing of."""
    if report.status == "found":
        return _hear_of_a_label(u, report)
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


def _hear_of_a_label(u: Unfolding, report: c.ReportLabel) -> Refused | None:
    """Ask the carrier for it, as for a purchase whose answer was lost (see `agenda.labels`)."""
    ref = report.label_ref
    if not ref or not u.state.parcels:
        return Refused(code="unknown_label", because="label_ref: name a label of this return")
    known = {label.label_ref for label in u.state.labels.values()} | {*u.state.prepared.values()}
    if ref not in known:
        named = report.step_id.split(":")[1:2]
        parcel_id = next(
            (key for key in named if key in u.state.parcels), next(iter(u.state.parcels))
        )
        step_id = f"label:{parcel_id}:{ref}"
        u.happened(TransportPrepared(occurred_at=u.now, step_id=step_id, offer_ref=ref))
    return None


def given_up(state: ReturnState, parcel: Parcel) -> bool:
    """Whether a parcel's date to be handed over has passed, while others are on their way."""
    return not parcel.has_left and bool(state.missed.get(f"hand_over:{parcel.parcel_id}"))


def account_of(state: ReturnState, parcel: Parcel) -> str:
    """By which contract a parcel goes; none: the one for most."""
    return state.agreed.account_of(parcel.carrier, parcel.service)


def label_step(parcel: Parcel) -> str:
    """Name the purchase of a parcel's present label."""
    return parcel.label_id
