"""Labels and visits: bought, booked, taken back, each once on its step."""

from datetime import timedelta

from temporalio import activity

from activities import ports
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, defect, key_of, time_of
from domain.money import Money
from domain.orders.order import Customer
from domain.policy.quote import Hub
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.state import ReturnState
from domain.returns.transport.customs import crosses_border, declared_goods
from domain.words import PickupException

VISIT_HOURS = timedelta(hours=10)
"""How long the window of a visit is."""

LIGHTEST_GRAMS = 100
"""What a parcel weighs at least: packing, where the goods' weight is not known."""


class Transport:
    """The activities that talk to carriers."""

    def __init__(self, recorder: Recorder, carrier: ports.Carrier) -> None:
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._carrier = carrier

    @activity.defn
    async def buy_label(self, perform: Perform) -> Recorded:
        """Buy transport for one parcel. Idempotent on the offer that was kept for the step."""
        return await self._steps.perform(perform, self._buy)

    @activity.defn
    async def look_up_label(self, perform: Perform) -> Recorded:
        """Ask whether a label was bought that nobody waits for. Changes nothing over there."""
        return await self._steps.perform(perform, self._look_up)

    @activity.defn
    async def void_label(self, perform: Perform) -> Recorded:
        """Ask for a label's money back. Idempotent on the label: its state is read first."""
        return await self._steps.perform(perform, self._void)

    @activity.defn
    async def book_pickup(self, perform: Perform) -> Recorded:
        """Book a visit. Idempotent on the offer that was kept for the step."""
        return await self._steps.perform(perform, self._book)

    @activity.defn
    async def cancel_pickup(self, perform: Perform) -> Recorded:
        """Call a visit off. Idempotent: a visit that is off stays off."""
        return await self._steps.perform(perform, self._call_off)

    @activity.defn
    async def track(self, perform: Perform) -> Recorded:
        """Ask a carrier what it has seen of a parcel. Changes nothing over there."""
        return await self._steps.perform(perform, self._track)

    @activity.defn
    async def follow_parcel(self, perform: Perform) -> Recorded:
        """Have another carrier's number reported to us. Idempotent on the number."""
        return await self._steps.perform(perform, self._follow)

    async def _follow(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        parcel = known.state.parcels[step.subject]
        number = parcel.tracking_numbers[-1]
        ref = await self._carrier.follow(number)
        return n.NoteFollowed(
            parcel_id=parcel.parcel_id, tracking_number=number, tracker_ref=ref[:200]
        )

    async def _track(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        """By each of its numbers, the newest first: somebody may have seen an older one."""
        parcel = known.state.parcels[step.subject]
        for number in reversed(parcel.tracking_numbers):
            seen = await self._carrier.track(number)
            if seen is not None:
                return n.NoteTracked(
                    parcel_id=parcel.parcel_id,
                    tracking_number=number,
                    status=seen.status,
                    occurred_at=seen.occurred_at,
                    place=seen.place,
                    carrier_code=seen.theirs,
                )
        nobody = parcel.tracking_numbers[-1]
        return n.NoteTracked(parcel_id=parcel.parcel_id, tracking_number=nobody)

    async def _buy(self, known: Known, step: Step, perform: Perform) -> n.Note:
        parcel = known.state.parcels[step.subject]
        by = (parcel.carrier, parcel.service)
        order = await self._order(known, perform, step.id, by)
        answer = await self._buy_once(known, step, perform, order)
        if isinstance(answer, ports.LabelRefused):
            return n.NoteLabelRefused(
                step_id=step.id,
                reason=PickupException(answer.reason),
                theirs=answer.theirs[:500],
            )
        return _bought(step.id, by, answer)

    async def _look_up(self, known: Known, step: Step, perform: Perform) -> n.Note:
        bought = step.subject
        by = known.state.prepared_by[bought]
        order = await self._order(known, perform, bought, by)
        offer_ref = known.state.prepared[bought]
        found = await self._carrier.find_label(order.model_copy(update={"offer_ref": offer_ref}))
        if found is None or not _is_of(perform, found):
            return n.NoteLabelAbsent(step_id=bought)
        return _bought(bought, by if by[0] else (found.carrier, found.service), found)

    async def _order(
        self, known: Known, perform: Perform, step_id: str, by: tuple[str, str]
    ) -> ports.LabelOrder:
        """What is asked of the carrier for the step of that id: the same on every attempt."""
        state = known.state
        customer = await self._customer(known, perform)
        return ports.LabelOrder(
            step_id=key_of(perform.model_copy(update={"step_id": step_id})),
            carrier=by[0],
            service=by[1],
            sender=address_of(customer),
            recipient=_hub(state.agreed.hub),
            weight_grams=_weight(state),
            customs=_customs(state) if crosses_border(state) else (),
        )

    async def _void(self, known: Known, step: Step, perform: Perform) -> n.Note:
        label = known.state.labels[step.subject]
        order = ports.VoidOrder(step_id=key_of(perform), label_ref=label.label_ref)
        answer = await self._carrier.find_void(order) or await self._carrier.void_label(order)
        return n.NoteVoid(label_id=label.label_id, state=answer.state, theirs=answer.theirs[:500])

    async def _book(self, known: Known, step: Step, perform: Perform) -> n.Note:
        parcel = known.state.parcels[step.subject]
        label = known.state.live_label(parcel.parcel_id)
        if label is None:
            raise defect(f"{parcel.parcel_id} has no label to be picked up with")
        start = parcel.pickup_not_before or perform.now + timedelta(days=1)
        order = ports.PickupOrder(
            step_id=key_of(perform),
            label_ref=label.label_ref,
            address=address_of(await self._customer(known, perform)),
            window_start=start,
            window_end=parcel.pickup_until or start + VISIT_HOURS,
            doorstep_check=known.state.agreed.check_at_door,
        )
        answer = await self._book_once(known, step, perform, order)
        if isinstance(answer, ports.PickupRefused):
            return n.NotePickupRefused(
                step_id=step.id,
                parcel_id=parcel.parcel_id,
                reason=PickupException(answer.reason),
                theirs=answer.theirs[:500],
            )
        return n.NotePickup(
            step_id=step.id,
            parcel_id=parcel.parcel_id,
            pickup_ref=answer.pickup_ref,
            window_start=answer.window_start,
            window_end=answer.window_end,
        )

    async def _call_off(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        ref = step.subject
        await self._carrier.cancel_pickup(ref)
        parcel = next(
            parcel
            for parcel in known.state.parcels.values()
            if ref in {parcel.pickup_ref, *parcel.stale_pickups}
        )
        return n.NotePickupCancelled(parcel_id=parcel.parcel_id, pickup_ref=ref)

    async def _buy_once(
        self, known: Known, step: Step, perform: Perform, order: ports.LabelOrder
    ) -> ports.LabelBought | ports.LabelRefused:
        kept = known.state.prepared.get(step.id)
        if kept is not None:  # somebody was here before
            order = order.model_copy(update={"offer_ref": kept})
            return await self._carrier.find_label(order) or await self._carrier.buy_label(order)
        prepared = await self._carrier.prepare_label(order)
        if isinstance(prepared, ports.LabelRefused):
            return prepared
        by = (order.carrier, order.service)
        kept = await self._keep(step, perform, prepared, by)
        return await self._carrier.buy_label(order.model_copy(update={"offer_ref": kept}))

    async def _book_once(
        self, known: Known, step: Step, perform: Perform, order: ports.PickupOrder
    ) -> ports.PickupBooked | ports.PickupRefused:
        kept = known.state.prepared.get(step.id)
        if kept is not None:
            order = order.model_copy(update={"offer_ref": kept})
            return await self._carrier.find_pickup(order) or await self._carrier.book_pickup(order)
        prepared = await self._carrier.prepare_pickup(order)
        if isinstance(prepared, ports.PickupRefused):
            return prepared
        parcel = known.state.parcels[step.subject]
        kept = await self._keep(step, perform, prepared, (parcel.carrier, parcel.service))
        return await self._carrier.book_pickup(order.model_copy(update={"offer_ref": kept}))

    async def _keep(
        self, step: Step, perform: Perform, prepared: ports.Prepared, by: tuple[str, str]
    ) -> str:
        """Record the offer before anything is bought on it; gives the one that was kept first.

        Two who prepare at once have two offers, which cost nothing; the stream keeps one.
        """
        note = n.NoteTransportPrepared(
            step_id=step.id, offer_ref=prepared.offer_ref, carrier=by[0], service=by[1]
        )
        cause = f"prepared:{step.id}"
        outcome = await self._recorder.decide(perform, note, time_of(perform), cause)
        return outcome.known.state.prepared[step.id]

    async def _customer(self, known: Known, perform: Perform) -> Customer:
        customer = await self._recorder.person(perform.tenant, known.state.customer_id)
        if customer is None:
            raise defect("the customer is not known any more: there is no address")
        return customer


def _is_of(perform: Perform, label: ports.LabelBought) -> bool:
    """Whether a step of this return bought it, where the carrier keeps our reference."""
    ours = key_of(perform.model_copy(update={"step_id": "label:"}))
    return not label.reference or label.reference.startswith(ours)


def _bought(step_id: str, by: tuple[str, str], label: ports.LabelBought) -> n.NoteLabel:
    return n.NoteLabel(
        step_id=step_id,
        label_ref=label.label_ref,
        carrier=by[0],
        service=by[1],
        tracking_number=label.tracking_number,
        cost=label.cost,
        document_ref=label.document_ref,
        code=label.code,
        expires_at=label.expires_at,
        billed=label.billed,
    )


def address_of(customer: Customer) -> ports.Address:
    """The customer's address in the carriers' words."""
    where = customer.address
    return ports.Address(
        name=customer.name,
        line1=where.line1,
        line2=where.line2,
        city=where.city,
        postcode=where.postcode,
        region=where.region,
        country=where.country,
        email=customer.email,
        phone=customer.phone,
    )


def _hub(hub: Hub) -> ports.Address:
    return ports.Address(
        name=hub.name, line1=hub.line1, city=hub.city, postcode=hub.postcode, country=hub.country
    )


def _weight(state: ReturnState) -> int:
    """The goods, shared evenly over the parcels announced."""
    goods = sum(unit.asked.weight_grams for unit in state.expected_units)
    parcels = sum(parcel.method is not None for parcel in state.parcels.values())
    return max(LIGHTEST_GRAMS, goods // max(1, parcels))


def _customs(state: ReturnState) -> tuple[ports.CustomsItem, ...]:
    """What customs reads: the same as the invoice says."""
    return tuple(
        ports.CustomsItem(
            description=goods.description,
            quantity=1,
            value=Money(amount_minor=goods.value_minor, currency=state.currency),
            weight_grams=goods.weight_grams,
            hs_code=goods.hs_code,
            origin_country=goods.origin_country or state.country,
        )
        for goods in declared_goods(state)
    )
