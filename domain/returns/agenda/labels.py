"""What was bought or booked and is to be given back: labels, and visits."""

from collections.abc import Iterator
from datetime import timedelta

from domain.returns.agenda.step import Step, must, we_must
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.transport.following import asked_next
from domain.returns.transport.label_life import renewal_of, unknown_purchases
from domain.returns.transport.pickups import account_of_visit, unknown_visits
from domain.words import Actor, LabelLife, Method, Receipt

_VOID_ANSWERED = timedelta(days=15)
"""How long carriers take to say whether they pay an unused label back."""


def of_labels(state: ReturnState) -> Iterator[Step]:
    for label in state.labels.values():
        yield from _label(state, label)
    for step_id in unknown_purchases(state):
        yield we_must(
            state,
            "look_up_label",
            step_id=f"look_up_{step_id}",
            since=state.ended_at,
            summary="ask the carrier whether the label was bought that is not needed any more",
            subject=step_id,
            account=state.agreed.account_of(*state.prepared_by[step_id]),
        )
    for parcel in state.parcels.values():
        yield from _renewal(state, parcel)
        yield from _following(state, parcel)
        yield from _asking(state, parcel)
        for step_id in unknown_visits(state, parcel):
            yield we_must(
                state,
                "look_up_pickup",
                step_id=f"look_up_{step_id}",
                since=state.ended_at,
                summary="ask the carrier whether the visit was booked that is not wanted any more",
                subject=step_id,
                account=state.agreed.account_of(*state.prepared_by[step_id]),
            )
        for ref in visits_to_call_off(state, parcel):
            yield we_must(
                state,
                "cancel_pickup",
                step_id=f"cancel_pickup:{ref}",
                since=parcel.pickup_window_end,
                summary=f"call the visit {ref} off",
                subject=ref,
                account=account_of_visit(state, parcel, ref),
            )


def _renewal(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    """Where a label's time ends before the customer's does, or a visit may still be put off."""
    since = renewal_of(state, parcel) if state.is_approved else None
    if since is not None:
        yield must(
            state,
            Actor.SYSTEM,
            "renew_label",
            step_id=f"renew:{parcel.label_id}",
            since=since,
            within=timedelta(0),
            summary=f"buy another label for {parcel.parcel_id}: this one ends",
            subject=parcel.parcel_id,
        )


def _following(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    """Nobody tells us of a carrier that is not ours, unless they are asked to."""
    numbers = parcel.tracking_numbers[-1:] if parcel.method is Method.OWN_CARRIER else ()
    for number in numbers:
        if number not in parcel.followed and parcel.received_at is None:
            yield we_must(
                state,
                "follow_parcel",
                step_id=f"follow:{parcel.parcel_id}:{number}",
                since=parcel.handed_over_at or state.approved_at,
                summary=f"have {number} followed, by which {parcel.parcel_id} is sent",
                subject=parcel.parcel_id,
            )


def _asking(state: ReturnState, parcel: Parcel) -> Iterator[Step]:
    """Some carriers tell nothing by themselves."""
    asked = asked_next(state, parcel) if state.is_approved else None
    if asked is not None:
        since, within = asked
        yield must(
            state,
            Actor.SYSTEM,
            "ask_carrier",
            step_id=f"ask_carrier:{parcel.parcel_id}",
            since=since,
            within=within,
            summary=f"ask {parcel.carrier} what it has seen of {parcel.parcel_id}",
            subject=parcel.parcel_id,
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
            account=state.agreed.account_of(label.carrier, label.service),
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
