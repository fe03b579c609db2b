"""Labels: bought, looked for, taken back, each once on its step; and what is seen of parcels."""

from temporalio import activity

from activities import ports
from activities.consignments import label_order
from activities.contracts import Contracts
from activities.known import Known
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.steps import Steps, key_of
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.state import ReturnState
from domain.words import PickupException


class Transport:
    """The activities that talk to carriers about labels and parcels."""

    def __init__(self, recorder: Recorder, contracts: Contracts) -> None:
        self._steps = Steps(recorder)
        self._contracts = contracts

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
        ref = await self._contracts.at(step.account).follow(number)
        return n.NoteFollowed(
            parcel_id=parcel.parcel_id, tracking_number=number, tracker_ref=ref[:200]
        )

    async def _track(self, known: Known, step: Step, _perform: Perform) -> n.Note:
        """By each of its numbers, the newest first: somebody may have seen an older one."""
        parcel = known.state.parcels[step.subject]
        for number in reversed(parcel.tracking_numbers):
            seen = await self._contracts.at(_account_of(known.state, number)).track(number)
            if seen:
                return n.NoteTracked(
                    parcel_id=parcel.parcel_id,
                    tracking_number=number,
                    seen=tuple(map(_seen, seen)),
                )
        nobody = parcel.tracking_numbers[-1]
        return n.NoteTracked(parcel_id=parcel.parcel_id, tracking_number=nobody)

    async def _buy(self, known: Known, step: Step, perform: Perform) -> n.Note:
        parcel = known.state.parcels[step.subject]
        by = (parcel.carrier, parcel.service)
        order = await self._order(known, perform, step.id, by)
        carrier = self._contracts.at(step.account)
        answer = await self._buy_once(known, step, perform, order)
        if isinstance(answer, ports.LabelRefused):
            return n.NoteLabelRefused(
                step_id=step.id,
                reason=PickupException(answer.reason),
                theirs=answer.theirs[:500],
            )
        return _bought(step.id, by, answer, carrier.capabilities)

    async def _look_up(self, known: Known, step: Step, perform: Perform) -> n.Note:
        bought = step.subject
        by = known.state.prepared_by[bought]
        order = await self._order(known, perform, bought, by)
        offer_ref = known.state.prepared[bought]
        carrier = self._contracts.at(step.account)
        found = await carrier.find_label(order.model_copy(update={"offer_ref": offer_ref}))
        if found is None or not _is_of(perform, found):
            return n.NoteNothingBought(step_id=bought)
        by = by if by[0] else (found.carrier, found.service)
        return _bought(bought, by, found, carrier.capabilities)

    async def _order(
        self, known: Known, perform: Perform, step_id: str, by: tuple[str, str]
    ) -> ports.LabelOrder:
        """What is asked of the carrier for the step of that id: the same on every attempt."""
        customer = await self._contracts.customer(known, perform)
        key = key_of(perform.model_copy(update={"step_id": step_id}))
        return label_order(known.state, customer, key, by)

    async def _void(self, known: Known, step: Step, perform: Perform) -> n.Note:
        label = known.state.labels[step.subject]
        order = ports.VoidOrder(step_id=key_of(perform), label_ref=label.label_ref)
        carrier = self._contracts.at(step.account)
        answer = await carrier.find_void(order) or await carrier.void_label(order)
        return n.NoteVoid(label_id=label.label_id, state=answer.state, theirs=answer.theirs[:500])

    async def _buy_once(
        self, known: Known, step: Step, perform: Perform, order: ports.LabelOrder
    ) -> ports.LabelBought | ports.LabelRefused:
        carrier = self._contracts.at(step.account)
        kept = known.state.prepared.get(step.id)
        if kept is not None:  # somebody was here before
            order = order.model_copy(update={"offer_ref": kept})
            return await carrier.find_label(order) or await carrier.buy_label(order)
        prepared = await carrier.prepare_label(order)
        if isinstance(prepared, ports.LabelRefused):
            return prepared
        by = (order.carrier, order.service)
        kept = await self._contracts.keep(known, step, perform, prepared, by)
        return await carrier.buy_label(order.model_copy(update={"offer_ref": kept}))


def _is_of(perform: Perform, label: ports.LabelBought) -> bool:
    """Whether a step of this return bought it, where the carrier keeps our reference."""
    ours = key_of(perform.model_copy(update={"step_id": "label:"}))
    return not label.reference or label.reference.startswith(ours)


def _account_of(state: ReturnState, number: str) -> str:
    """By whose contract a number travels; one that is not ours is followed by the one for most."""
    labels = (label for label in state.labels.values() if label.tracking_number == number)
    label = next(labels, None)
    return state.agreed.account_of(label.carrier, label.service) if label else ""


def _seen(scan: ports.Tracked) -> n.Seen:
    return n.Seen(
        status=scan.status,
        occurred_at=scan.occurred_at,
        place=scan.place,
        carrier_code=scan.theirs,
    )


def _bought(
    step_id: str, by: tuple[str, str], label: ports.LabelBought, kind: ports.CarrierCapabilities
) -> n.NoteLabel:
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
        asked=kind.news == "asked",
    )
