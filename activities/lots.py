"""What is done about a lot itself: recorded, offered, shipped, looked up, put away; each once."""

from temporalio import activity

from activities import ports
from activities.beside import Beside
from activities.consignments import LIGHTEST_GRAMS, hub_address
from activities.contracts import Contracts
from activities.event_store import EventStore
from activities.gathering import LOT
from activities.steps import defect
from domain.lots import commands as c
from domain.lots.customs import crosses_border
from domain.lots.facts import Certificate, CountedLine, GradedUnit
from domain.lots.messages import LotRecorded, PerformLot, RecordLot
from domain.lots.placing import to_place
from domain.lots.state import LotState
from domain.lots.words import LotKey, LotLife
from domain.money import Money
from domain.words import Disposition, Grade

AT_ONCE = 20
"""Stock moves of one attempt: what is left over is the next one's."""


class Lots:
    """The activities of lots."""

    def __init__(
        self,
        store: EventStore,
        partners: ports.LotPartners,
        warehouse: ports.Warehouse,
        contracts: Contracts,
        papers: ports.LotPapers,
    ) -> None:
        self._door = Beside(store, LOT)
        self._partners = partners
        self._warehouse = warehouse
        self._contracts = contracts
        self._papers = papers

    @activity.defn
    async def record_lot(self, asked: RecordLot) -> LotRecorded:
        """Record what came in. Idempotent on what caused it."""
        return await self._door.record(asked)

    @activity.defn
    async def offer_lot(self, perform: PerformLot) -> LotRecorded:
        """Offer a lot to whoever takes it. Idempotent on the lot's name: it is looked for first."""
        return await self._door.perform(perform, self._offer)

    @activity.defn
    async def look_up_lot(self, perform: PerformLot) -> LotRecorded:
        """Ask how a lot stands. Changes nothing over there."""
        return await self._door.perform(perform, self._look_up)

    @activity.defn
    async def ship_lot(self, perform: PerformLot) -> LotRecorded:
        """Buy transport for a lot. Idempotent on the offer that was kept for it."""
        return await self._door.perform(perform, self._ship)

    @activity.defn
    async def place_lot(self, perform: PerformLot) -> LotRecorded:
        """Put units where they go from here. Idempotent on lot and unit."""
        return await self._door.perform(perform, self._place)

    async def _offer(self, perform: PerformLot, state: LotState) -> c.LotNote:
        order = _order(perform.key, state)
        answer = await self._partners.find_lot(order) or await self._partners.offer_lot(order)
        if isinstance(answer, ports.LotNotTaken):
            return c.NoteOfferRefused(theirs=answer.theirs[:200])
        return c.NoteOffered(reference=answer.reference[:200], price=_ours(state, answer.price))

    async def _look_up(self, perform: PerformLot, state: LotState) -> c.LotNote:
        stands = await self._partners.look_up_lot(perform.key.name)
        left = False
        if state.life is LotLife.AGREED and state.label_ref:
            left = bool(await self._carrier(state).track(state.tracking_number))
        for payment in stands.payments:
            _ours(state, payment.amount)
        paper = stands.paper
        return c.NoteLotStanding(
            left=left,
            payments=tuple(
                c.BookedPayment(reference=one.reference, amount=one.amount)
                for one in stands.payments
            ),
            certificate=Certificate(**paper.model_dump()) if paper is not None else None,
            report_id=stands.report_id,
            counted=tuple(
                CountedLine(
                    sku=one.sku, quantity=one.quantity, serial=one.serial, key=one.key or None
                )
                for one in stands.counted
            ),
            graded=tuple(
                GradedUnit(key=one.key, grade=Grade(one.grade), goes=Disposition(one.goes))
                for one in stands.graded
            ),
        )

    async def _ship(self, perform: PerformLot, state: LotState) -> c.LotNote:
        order, carrier = _transport(perform.key, state), self._carrier(state)
        if state.offer_ref:  # somebody was here before
            order = order.model_copy(update={"offer_ref": state.offer_ref})
            found = await carrier.find_label(order)
            return _bought(found or await carrier.buy_label(order))
        prepared = await carrier.prepare_label(order)
        if isinstance(prepared, ports.LabelRefused):
            return _bought(prepared)
        for paper in prepared.papers:  # they are there before the offer that is found by others
            await self._papers.keep(perform.key, f"{paper.kind}:{prepared.offer_ref}", paper)
        note = c.NoteLabelPrepared(offer_ref=prepared.offer_ref)
        kept = await self._door.decide(
            perform.key, note, perform.now, cause=f"prepared:{perform.step_id}"
        )
        order = order.model_copy(update={"offer_ref": kept.state.offer_ref})
        return _bought(await carrier.buy_label(order))

    def _carrier(self, state: LotState) -> ports.Carrier:
        return self._contracts.at(state.facts.terms.account or "")

    async def _place(self, perform: PerformLot, state: LotState) -> c.LotNote:
        moves: dict[str, str] = {}
        for place in to_place(state)[:AT_ONCE]:
            unit = place.unit.told
            move = ports.StockMove(
                step_id=f"{perform.key.name}:{unit.key.replace('/', '.')}",
                return_id=perform.key.lot_id,
                warehouse=place.warehouse,
                sku=unit.sku,
                quantity=1,
                disposition=str(place.disposition),
                grade=str(place.unit.grade or unit.grade or ""),
            )
            ref = await self._warehouse.find_move(move) or await self._warehouse.move_stock(move)
            moves[unit.key] = ref
        return c.NotePlaced(moves=moves)


def _order(key: LotKey, state: LotState) -> ports.LotOrder:
    currency = state.facts.currency
    return ports.LotOrder(
        step_id=key.name,
        lot_id=key.lot_id,
        kind=str(state.facts.kind),
        hub=state.facts.hub.warehouse,
        counterparty=state.facts.counterparty,
        tracking_number=state.tracking_number,
        units=tuple(
            ports.OfferedUnit(
                key=unit.told.key,
                sku=unit.told.sku,
                name=unit.told.name,
                serial=unit.told.serial,
                grade=str(unit.told.grade or ""),
                value=Money(amount_minor=unit.told.value_minor, currency=currency),
            )
            for unit in state.inside.values()
        ),
    )


def _transport(key: LotKey, state: LotState) -> ports.LabelOrder:
    terms = state.facts.terms
    if terms.destination is None:
        raise defect(f"{key.lot_id} goes to no warehouse of ours")
    return ports.LabelOrder(
        step_id=f"{key.tenant}:{key.lot_id}:label",
        carrier=terms.carrier,
        service=terms.service,
        sender=hub_address(state.facts.hub),
        recipient=hub_address(terms.destination),
        weight_grams=max(LIGHTEST_GRAMS, state.grams),
        customs=_customs(state) if crosses_border(state) else (),
    )


def _customs(state: LotState) -> tuple[ports.CustomsItem, ...]:
    """What customs reads: the same as the invoice says."""
    return tuple(
        ports.CustomsItem(
            description=goods.description,
            quantity=1,
            value=Money(amount_minor=goods.value_minor, currency=state.facts.currency),
            weight_grams=goods.weight_grams,
            hs_code=goods.hs_code,
            origin_country=goods.origin_country,
        )
        for goods in state.invoiced
    )


def _bought(answer: ports.LabelBought | ports.LabelRefused) -> c.NoteLotLabel:
    if isinstance(answer, ports.LabelRefused):
        return c.NoteLotLabel(theirs=answer.theirs[:200])
    return c.NoteLotLabel(
        label_ref=answer.label_ref,
        tracking_number=answer.tracking_number,
        document_ref=answer.document_ref,
        cost=answer.cost,
    )


def _ours(state: LotState, amount: Money | None) -> Money | None:
    ours = state.facts.currency
    if amount is not None and amount.currency != ours:
        raise defect(f"they tell {amount.currency} of a lot that is in {ours}")
    return amount
