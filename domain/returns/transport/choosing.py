"""Which way a parcel goes: chosen by the customer among what was quoted, or by staff against it."""

from datetime import timedelta

from domain.policy.serving import Slot
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    CarrierSwitched,
    ParcelFollowed,
    PolicyOverridden,
    TrackingEntered,
)
from domain.returns.money.adjusting import charge_for_method
from domain.returns.state import Parcel, ReturnState
from domain.returns.unfolding import Unfolding
from domain.words import Logistics, Method


def choose_method(u: Unfolding, ask: c.ChooseMethod) -> Refused | None:
    """Another way of handing over, for a parcel that is still at home."""
    state = u.state
    if ask.method is Method.KEEP_ITEM:
        return Refused(code="method_not_offered", because="method: keep_item is not a way back")
    parcels = _at_home(state, ask.parcel_id)
    if isinstance(parcels, Refused):
        return parcels
    if ask.tracking_number and all(parcel.method is Method.OWN_CARRIER for parcel in parcels):
        return _enter_tracking(u, ask, parcels)
    routes = [route for route in state.agreed.transports if route.method is ask.method]
    if ask.method.needs_label and not routes:
        return _not_offered(state, ask.method)
    slot = chosen_slot(state, ask.pickup_from)
    if isinstance(slot, Refused):
        return slot
    if ask.tracking_number and len(parcels) > 1:
        return _which_parcel(parcels)
    may_rise = ask.actor.kind == "customer"
    for parcel in parcels:
        may_rise = may_rise and not parcel.pickup_failure
        by_us = ask.method.needs_label
        _switch(
            u,
            parcel,
            (ask.method, routes[0].carrier, routes[0].service) if by_us else (ask.method, "", ""),
            because=f"chosen by {ask.actor.kind}",
            slot=slot,
        )
    charge_for_method(u, may_rise=may_rise)
    return _enter_tracking(u, ask, parcels) if ask.tracking_number else None


def choose_carrier(u: Unfolding, ask: c.Override) -> Refused | None:
    """Staff send a parcel by another carrier than the one that was chosen for it.

    Also by one that was turned down: they may know better, and it is recorded that they said so.
    """
    parcels = _at_home(u.state, ask.parcel_id)
    if isinstance(parcels, Refused):
        return parcels
    terms = u.state.agreed
    known = [(one.method, one.carrier, one.service) for one in terms.transports]
    known += [(one.method, one.carrier, one.service) for one in terms.turned_down]
    for parcel in parcels:
        way = next(
            (
                (method, carrier, service)
                for method, carrier, service in known
                if method is parcel.method
                and carrier == ask.carrier
                and (not ask.service or service == ask.service)
            ),
            None,
        )
        if way is None:
            names = sorted({carrier for method, carrier, _ in known if method is parcel.method})
            return Refused(
                code="carrier_not_known",
                because=f"carrier: {ask.carrier} has no service for {parcel.method}; "
                f"choose one of {', '.join(names) or 'none'}",
            )
        if way == (parcel.method, parcel.carrier, parcel.service):
            return Refused(
                code="nothing_to_override",
                because=f"carrier: {parcel.parcel_id} goes by {parcel.carrier} already",
            )
        u.happened(PolicyOverridden(occurred_at=u.now, because=ask.because, by=u.by))
        _switch(u, parcel, way, because=f"chosen by staff: {ask.because}"[:2_000])
    return None


def note_followed(u: Unfolding, note: n.NoteFollowed) -> Refused | None:
    """What is seen of the number is told from now on, once for each."""
    if note.tracking_number not in u.state.parcels[note.parcel_id].followed:
        u.happened(
            ParcelFollowed(
                occurred_at=u.now,
                parcel_id=note.parcel_id,
                tracking_number=note.tracking_number,
                tracker_ref=note.tracker_ref,
            )
        )
    return None


def chosen_slot(state: ReturnState, start: object) -> Slot | Refused | None:
    """The quoted slot that begins then; none where no time was asked for."""
    if start is None:
        return None
    quoted = state.quote.methods if state.quote else ()
    slots = [slot for way in quoted for slot in way.slots]
    slot = next((slot for slot in slots if slot.start == start), None)
    if slot is not None:
        return slot
    offered = ", ".join(slot.start.isoformat() for slot in slots) or "none"
    return Refused(
        code="slot_not_offered",
        because=f"pickup_from: no visit begins then; offered are {offered}. "
        "reschedule_pickup asks for any other day",
    )


def _switch(
    u: Unfolding,
    parcel: Parcel,
    way: tuple[Method, str, str],
    *,
    because: str,
    slot: Slot | None = None,
) -> None:
    method, carrier, service = way
    days = timedelta(days=u.state.agreed.ship_by_days)
    u.happened(
        CarrierSwitched(
            occurred_at=u.now,
            parcel_id=parcel.parcel_id,
            transport="label" if method.needs_label else "own",
            method=method,
            carrier=carrier,
            service=service,
            because=because,
            ship_by=u.now + days if _came_back(parcel) else None,
            slot=slot,
        )
    )


def _at_home(state: ReturnState, parcel_id: str) -> list[Parcel] | Refused:
    if not state.is_approved:
        return Refused(code="not_approved", because=f"the return is {state.authorisation}")
    at_home = [
        parcel
        for parcel in state.parcels.values()
        if (not parcel.has_left or _came_back(parcel))
        and (not parcel_id or parcel.parcel_id == parcel_id)
    ]
    if not at_home:
        return Refused(code="already_handed_over", because="no parcel is waiting at the customer's")
    return at_home


def _enter_tracking(u: Unfolding, ask: c.ChooseMethod, parcels: list[Parcel]) -> Refused | None:
    if len(parcels) > 1:
        return _which_parcel(parcels)
    if ask.tracking_number in u.state.parcels[parcels[0].parcel_id].tracking_numbers:
        return None
    u.happened(
        TrackingEntered(
            occurred_at=ask.occurred_at or u.now,
            parcel_id=parcels[0].parcel_id,
            carrier=ask.carrier,
            tracking_number=ask.tracking_number,
        )
    )
    return None


def _which_parcel(parcels: list[Parcel]) -> Refused:
    names = ", ".join(parcel.parcel_id for parcel in parcels)
    return Refused(
        code="parcel_missing", because=f"parcel_id: say which parcel has this number, of {names}"
    )


def _not_offered(state: ReturnState, method: Method) -> Refused:
    """Why, as it was quoted; and what can be had."""
    missing = state.quote.not_offered if state.quote else ()
    why = next((f": {no.because}" for no in missing if no.method is method), "")
    offered = ", ".join(sorted({route.method for route in state.agreed.transports}))
    return Refused(
        code="method_not_offered",
        because=f"method: {method} is not offered here{why}; choose one of {offered}",
    )


def _came_back(parcel: Parcel) -> bool:
    return parcel.logistics is Logistics.RETURNED_TO_CUSTOMER
