"""What was bought or booked and is to be given back: labels, and visits."""

from collections.abc import Iterator
from datetime import timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.state import Label, Parcel, ReturnState
from domain.words import Actor, LabelLife, Method, Receipt

_VOID_ANSWERED = timedelta(days=15)
"""How long carriers take to say whether they pay an unused label back."""


def of_labels(state: ReturnState) -> Iterator[Step]:
    for label in state.labels.values():
        yield from _label(state, label)
    for parcel in state.parcels.values():
        for ref in visits_to_call_off(state, parcel):
            yield we_must(
                state,
                "cancel_pickup",
                step_id=f"cancel_pickup:{ref}",
                since=parcel.pickup_window_end,
                summary=f"call the visit {ref} off",
                subject=ref,
            )


def _label(state: ReturnState, label: Label) -> Iterator[Step]:
    if label.life is LabelLife.VOID_REQUESTED:
        yield we_must(
            state,
            "void_label",
            step_id=f"void:{label.label_id}",
            since=label.since,
            summary=f"give the label {label.tracking_number} back",
            subject=label.label_id,
        )
    elif label.life is LabelLife.VOID_SUBMITTED:
        yield must(
            state,
            Actor.CARRIER,
            "answer_void",
            step_id=f"answer_void:{label.label_id}",
            since=label.since,
            within=_VOID_ANSWERED,
            summary=f"{label.carrier} takes back {label.tracking_number}",
            subject=label.label_id,
        )


def visits_to_call_off(state: ReturnState, parcel: Parcel) -> tuple[str, ...]:
    """The visits that are booked and that nobody wants any more."""
    if parcel.has_left:
        return parcel.stale_pickups
    current = parcel.pickup_ref
    wanted = any(unit.receipt is Receipt.AWAITING for unit in state.expected_units)
    by_visit = parcel.method is Method.CARRIER_PICKUP
    obsolete = not state.is_approved or not by_visit or not wanted
    return (*parcel.stale_pickups, *((current,) if current and obsolete else ()))
