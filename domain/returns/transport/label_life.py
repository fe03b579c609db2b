"""What becomes of labels that are bought: used, replaced in time, given back, and paid for once."""

from datetime import datetime

from domain.returns.events import (
    LabelCharged,
    LabelExpired,
    LabelVoidRequested,
)
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.transport.labels import AT_HOME, buy_another, given_up, label_step
from domain.returns.unfolding import Unfolding
from domain.words import LabelLife, Logistics, Method, Receipt


def renewal_of(state: ReturnState, parcel: Parcel) -> datetime | None:
    """When a parcel's label has to be replaced; none where the return ends, or it leaves, before.

    Beyond that day the carrier takes it no more, or does not take it back any more.
    """
    label = state.labels.get(parcel.label_id)
    if label is None or label.life is not LabelLife.LIVE or parcel.logistics not in AT_HOME:
        return None
    ends_before = (
        parcel.method is not Method.CARRIER_PICKUP
        and state.ship_by is not None
        and label.good_until is not None
        and state.ship_by <= label.good_until
    )
    return None if ends_before else label.good_until


def renew_label(u: Unfolding, parcel: Parcel) -> None:
    """Its label is of no more use: another one is bought, and this one given back."""
    u.happened(
        LabelExpired(
            occurred_at=u.now, label_id=parcel.label_id, because="it was not used in its time"
        )
    )
    buy_another(u, parcel, "its label was not used in its time")


def void_what_is_not_needed(u: Unfolding) -> None:
    """Give back every label that will not be used; where nothing was paid, it just ends."""
    for label in list(u.state.labels.values()):
        if label.life not in {LabelLife.LIVE, LabelLife.EXPIRED}:
            continue
        because = _needless(u.state, label)
        if because and not label.billed_on_scan:
            u.happened(
                LabelVoidRequested(occurred_at=u.now, label_id=label.label_id, because=because)
            )
        elif because and label.life is LabelLife.LIVE:
            u.happened(LabelExpired(occurred_at=u.now, label_id=label.label_id, because=because))


def charge_for_what_travelled(u: Unfolding) -> None:
    """What is billed on its scan, or was taken back and used all the same, costs its price now."""
    for label in list(u.state.labels.values()):
        is_due = label.billed_on_scan or label.taken_back
        if label.life is not LabelLife.USED or not is_due or label.charged or label.cost is None:
            continue
        taken_back = "it travelled though the carrier had taken it back"
        because = taken_back if label.taken_back else "its carrier bills it on the first scan"
        u.happened(
            LabelCharged(
                occurred_at=u.now, label_id=label.label_id, cost=label.cost, because=because
            )
        )


def unknown_purchases(state: ReturnState) -> list[str]:
    """Steps whose purchase was under way when they were given up: nobody knows whether it was."""
    return [
        step_id
        for step_id in state.prepared
        if step_id.startswith("label:")
        and step_id not in state.labels
        and not _is_being_bought(state, step_id)
    ]


def _is_being_bought(state: ReturnState, step_id: str) -> bool:
    parcel = state.parcels.get(step_id.split(":")[1])
    return (
        parcel is not None
        and state.is_approved
        and parcel.label_id == step_id
        and parcel.logistics is Logistics.AWAITING_LABEL
    )


def _needless(state: ReturnState, label: Label) -> str:
    parcel = state.parcels[label.parcel_id]
    if parcel.has_left:
        return "the parcel went another way"
    if label.life is LabelLife.EXPIRED:
        return "it was not used in its time"
    if not state.is_approved:
        return f"the return is {state.authorisation}"
    if given_up(state, parcel):
        return "the parcel was not handed over in time"
    if not any(unit.receipt is Receipt.AWAITING for unit in state.expected_units):
        return "nothing is left to be sent in it"
    if label.label_id != label_step(parcel):
        return f"the parcel goes by {parcel.method} with {parcel.carrier or 'another'} now"
    return ""
