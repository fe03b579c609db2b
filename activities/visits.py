"""Visits: booked, looked for and called off, each once on its step."""

from datetime import timedelta

from temporalio import activity

from activities import ports
from activities.consignments import address_of
from activities.contracts import Contracts
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, defect, key_of
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.transport.pickups import is_checked
from domain.words import PickupException

VISIT_HOURS = timedelta(hours=10)
"""How long the window of a visit is."""


class Visits:
    """The activities that talk to carriers about coming to the door."""

    def __init__(self, recorder: Recorder, contracts: Contracts) -> None:
        self._steps = Steps(recorder)
        self._contracts = contracts

    @activity.defn
    async def book_pickup(self, perform: Perform) -> Recorded:
        """Book a visit. Idempotent on the offer that was kept for the step."""
        return await self._steps.perform(perform, self._book)

    @activity.defn
    async def look_up_pickup(self, perform: Perform) -> Recorded:
        """Ask whether a visit was booked that nobody waits for. Changes nothing over there."""
        return await self._steps.perform(perform, self._look_up_visit)

    @activity.defn
    async def cancel_pickup(self, perform: Perform) -> Recorded:
        """Call a visit off. Idempotent: a visit that is off stays off."""
        return await self._steps.perform(perform, self._call_off)

    async def _book(self, known: Known, step: Step, perform: Perform) -> n.Note:
        parcel = known.state.parcels[step.subject]
        label = known.state.live_label(parcel.parcel_id)
        if label is None:
            raise defect(f"{parcel.parcel_id} has no label to be picked up with")
        start = parcel.pickup_not_before or perform.now + timedelta(days=1)
        order = ports.PickupOrder(
            step_id=key_of(perform),
            label_ref=label.label_ref,
            address=address_of(await self._contracts.customer(known, perform)),
            window_start=start,
            window_end=parcel.pickup_until or start + VISIT_HOURS,
            doorstep_check=is_checked(known.state, parcel),
        )
        answer = await self._book_once(known, step, perform, order)
        if isinstance(answer, ports.PickupRefused):
            return n.NotePickupRefused(
                step_id=step.id,
                parcel_id=parcel.parcel_id,
                reason=PickupException(answer.reason),
                theirs=answer.theirs[:500],
            )
        return _booked(step.id, answer)

    async def _look_up_visit(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        booking = step.subject
        found = await self._contracts.at(step.account).find_pickup(known.state.prepared[booking])
        return _booked(booking, found) if found else n.NoteNothingBought(step_id=booking)

    async def _call_off(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        ref = step.subject
        parcel = next(
            parcel
            for parcel in known.state.parcels.values()
            if ref in {parcel.pickup_ref, *parcel.stale_pickups}
        )
        await self._contracts.at(step.account).cancel_pickup(ref)
        return n.NotePickupCancelled(parcel_id=parcel.parcel_id, pickup_ref=ref)

    async def _book_once(
        self, known: Known, step: Step, perform: Perform, order: ports.PickupOrder
    ) -> ports.PickupBooked | ports.PickupRefused:
        carrier = self._contracts.at(step.account)
        kept = known.state.prepared.get(step.id)
        if kept is not None:
            order = order.model_copy(update={"offer_ref": kept})
            return await carrier.find_pickup(kept) or await carrier.book_pickup(order)
        prepared = await carrier.prepare_pickup(order)
        if isinstance(prepared, ports.PickupRefused):
            return prepared
        parcel = known.state.parcels[step.subject]
        by = (parcel.carrier, parcel.service)
        kept = await self._contracts.keep(known, step, perform, prepared, by)
        return await carrier.book_pickup(order.model_copy(update={"offer_ref": kept}))


def _booked(step_id: str, visit: ports.PickupBooked) -> n.NotePickup:
    return n.NotePickup(
        step_id=step_id,
        parcel_id=step_id.split(":")[1],
        pickup_ref=visit.pickup_ref,
        window_start=visit.window_start,
        window_end=visit.window_end,
    )
