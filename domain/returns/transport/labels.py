"""Labels: bought, refused, taken back; and the way a parcel goes instead."""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    CarrierSwitched,
    LabelPurchased,
    LabelRefused,
    LabelVoided,
    LabelVoidRejected,
    LabelVoidRequested,
    LabelVoidSubmitted,
    TransportPrepared,
)
from domain.returns.money.adjusting import charge_for_method
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import LabelLife, Logistics, Receipt


def note_transport_prepared(u: Unfolding, note: n.NoteTransportPrepared) -> Refused | None:
    """The offer on which a step is carried out: one for each step, whoever made it."""
    if note.step_id not in u.state.prepared:
        u.happened(
            TransportPrepared(occurred_at=u.now, step_id=note.step_id, offer_ref=note.offer_ref)
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
            unwanted=not is_awaited,
        )
    )
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
        return "the parcel went another way"
    if not u.state.is_approved:
        return f"the return is {u.state.authorisation}"
    if given_up(u.state, parcel):
        return "the parcel was not handed over in time"
    if not any(unit.receipt is Receipt.AWAITING for unit in u.state.expected_units):
        return "nothing is left to be sent in it"
    if label.label_id != label_step(parcel):
        return f"the parcel goes by {parcel.method} with {parcel.carrier or 'another'} now"
    return ""


def given_up(state: ReturnState, parcel: Parcel) -> bool:
    """Whether a parcel's date to be handed over has passed, while others are on their way."""
    return not parcel.has_left and bool(state.missed.get(f"hand_over:{parcel.parcel_id}"))


def label_step(parcel: Parcel) -> str:
    """Name the purchase of a parcel's present label."""
    return parcel.label_id
