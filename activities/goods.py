"""Warehouse and replacement: announced, shelved, held, sent, each once on its step."""

from datetime import timedelta

from temporalio import activity

from activities import ports
from activities.consignments import address_of
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, defect, key_of
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.goods.gathering import ONWARD, goes_onward


class Goods:
    """The activities that talk to warehouses."""

    def __init__(self, recorder: Recorder, warehouse: ports.Warehouse) -> None:
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._warehouse = warehouse

    @activity.defn
    async def announce(self, perform: Perform) -> Recorded:
        """Tell the dock what to expect. Idempotent on the step's reference."""
        return await self._steps.perform(perform, self._announce)

    @activity.defn
    async def move_stock(self, perform: Perform) -> Recorded:
        """Put one unit where its disposition says, or take that back. Idempotent on the step."""
        return await self._steps.perform(perform, self._move)

    @activity.defn
    async def reserve(self, perform: Perform) -> Recorded:
        """Hold the article wanted instead. Idempotent on the step's reference."""
        return await self._steps.perform(perform, self._reserve)

    @activity.defn
    async def release_reservation(self, perform: Perform) -> Recorded:
        """Free held stock. Idempotent: what is free stays free."""
        return await self._steps.perform(perform, self._release)

    @activity.defn
    async def order_replacement(self, perform: Perform) -> Recorded:
        """Send the article instead. Idempotent on the step's reference."""
        return await self._steps.perform(perform, self._replace)

    @activity.defn
    async def order_repair(self, perform: Perform) -> Recorded:
        """Have one unit repaired. Idempotent on the step's reference."""
        return await self._steps.perform(perform, self._repair)

    @activity.defn
    async def send_back(self, perform: Perform) -> Recorded:
        """Ship something of the customer's back to them. Idempotent on the step's reference."""
        return await self._steps.perform(perform, self._send_back)

    async def _announce(self, known: Known, _step: Step, perform: Perform) -> n.Note:
        state = known.state
        announcement = ports.Announcement(
            step_id=key_of(perform),
            return_id=state.return_id,
            order_id=state.order_id,
            warehouse=state.agreed.hub.warehouse,
            units=tuple(
                ports.ExpectedUnit(
                    line_id=unit.asked.line_id,
                    unit=int(unit.id.rpartition("/")[2]),
                    sku=unit.asked.sku,
                    name=unit.asked.name,
                )
                for unit in state.expected_units
            ),
            tracking_numbers=tuple(
                number for parcel in state.parcels.values() for number in parcel.tracking_numbers
            ),
        )
        ref = await self._warehouse.find_announcement(announcement)
        return n.NoteAnnounced(announcement_ref=ref or await self._warehouse.announce(announcement))

    async def _move(self, known: Known, step: Step, perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        if unit.disposition is None:
            raise defect(f"{unit.id}: nothing says where it goes")
        onward = goes_onward(known.state, unit, unit.disposition)
        move = ports.StockMove(
            step_id=key_of(perform),
            return_id=known.state.return_id,
            warehouse=known.state.agreed.hub.warehouse,
            sku=unit.asked.sku,
            quantity=1,
            disposition=ONWARD if onward else str(unit.disposition),
            grade=str(unit.grade or ""),
            reverses=unit.move_ref if unit.moving_back else "",
        )
        ref = await self._warehouse.find_move(move) or await self._warehouse.move_stock(move)
        return n.NoteMove(
            unit=unit.id,
            move_ref=ref,
            disposition=unit.disposition,
            reverses=move.reverses,
        )

    async def _reserve(self, known: Known, step: Step, perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        if unit.replacement is None:
            raise defect(f"{unit.id} names no article to be sent instead")
        # From the approval, or from when it was free again, and not from now: a second attempt
        # asks for the very same.
        since = unit.replacement.free_since or known.state.approved_at or perform.now
        until = since + timedelta(days=known.state.agreed.replacement_hold_days)
        reservation = ports.Reservation(
            step_id=key_of(perform), sku=unit.replacement.sku, quantity=1, hold_until=until
        )
        known_one = await self._warehouse.find_reservation(reservation)
        answer = known_one or await self._warehouse.reserve(reservation)
        ref = answer.reservation_ref if isinstance(answer, ports.Reserved) else ""
        return n.NoteReservation(unit=unit.id, reservation_ref=ref, hold_until=until)

    async def _release(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        if unit.replacement is not None:
            await self._warehouse.release(unit.replacement.reservation_ref)
        return n.NoteReservationReleased(unit=unit.id)

    async def _replace(self, known: Known, step: Step, perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        customer = await self._recorder.person(perform.tenant, known.state.customer_id)
        if unit.replacement is None or customer is None:
            raise defect(f"{unit.id}: nothing to send, or nobody to send it to")
        order = ports.ReplacementOrder(
            step_id=key_of(perform),
            return_id=known.state.return_id,
            sku=unit.replacement.sku,
            quantity=1,
            reservation_ref=unit.replacement.reservation_ref,
            recipient=address_of(customer),
        )
        sent = await self._warehouse.find_replacement(order)
        answer = sent or await self._warehouse.order_replacement(order)
        ref = answer.order_ref if isinstance(answer, ports.ReplacementOrdered) else ""
        return n.NoteReplacement(unit=unit.id, order_ref=ref)

    async def _repair(self, known: Known, step: Step, perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        order = ports.RepairOrder(
            step_id=key_of(perform),
            return_id=known.state.return_id,
            warehouse=known.state.agreed.hub.warehouse,
            sku=unit.asked.sku,
            serial=unit.serial,
            because=str(unit.reason),
        )
        answer = await self._warehouse.find_repair(order) or await self._warehouse.order_repair(
            order
        )
        ref = answer.repair_ref if isinstance(answer, ports.RepairOrdered) else ""
        return n.NoteRepair(unit=unit.id, repair_ref=ref)

    async def _send_back(self, known: Known, step: Step, perform: Perform) -> n.Note:
        state = known.state
        unit, stray = state.units.get(step.subject), state.strays.get(step.subject)
        customer = await self._recorder.person(perform.tenant, state.customer_id)
        if customer is None or (unit is None and stray is None):
            raise defect(f"{step.subject}: nothing to send, or nobody to send it to")
        order = ports.SendBackOrder(
            step_id=key_of(perform),
            return_id=state.return_id,
            warehouse=state.agreed.hub.warehouse,
            sku=unit.asked.sku if unit is not None else stray.sku if stray is not None else "",
            recipient=address_of(customer),
        )
        answer = await self._warehouse.find_send_back(order) or await self._warehouse.send_back(
            order
        )
        ref = answer.order_ref if isinstance(answer, ports.SendBackOrdered) else ""
        return n.NoteSendBack(step_id=step.id, subject=step.subject, order_ref=ref)
