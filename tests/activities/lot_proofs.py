"""Goods that leave a hub together: joined and left by returns, offered, shipped, put away."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from activities.beside import ENGINE
from activities.event_store import Append
from activities.recorded import Recordings
from activities.stored import as_stored
from domain.lots import commands as c
from domain.lots.facts import CountedLine
from domain.lots.messages import LotRecorded, PerformLot, RecordLot
from domain.returns.events.gathering import LotChosen, LotJoined
from domain.words import Disposition
from tests.activities.deeds import AtPartner, Deed, InBooks, Trade
from tests.activities.journey import TENANT, Journey
from tests.activities.recovering_proofs import Beside
from tests.domain.lots.gathered import Lot
from tests.engine import TODAY

TAKEN = Trade("warehouse", ("lot",), "warehouse", "lot_taken", "LotAgreed")
LOOKED = Trade(
    "warehouse", ("get",), "warehouse", "lot_taken", "LotCertified", is_a_look=True,
    done_before=("lot",),
)  # fmt: skip
BOUGHT = Trade("carrier", ("create", "buy"), "labels", "purchase", "LotLabelBought")
PLACED = Trade("warehouse", ("stock_move",), "warehouse", "stock_move", "UnitPlaced")

ALONE = {"closes_at_units": 1, "channel": "partner"}
SHIPPED = {**ALONE, "carrier": "swiftpost", "service": "return_label"}
NOTHING = Recordings(recordings=())


@dataclass
class LotJourney(Journey):
    """A lot that nobody else has: its stream is the lot's."""

    lot_id: str = ""

    @classmethod
    async def given(cls, journey: Journey, lot: Lot) -> "LotJourney":
        """What has happened to it so far."""
        lot_id = f"{lot.kind}.{journey.key}.EUR.1"
        mine = cls(journey.stage, journey.worker, journey.key, journey.payment, lot_id)
        told = as_stored(lot.events, TENANT, mine.stream, "staff:s-1", "given")
        await journey.stage.store.append(Append(mine.stream, 0, told))
        return mine

    @property
    def stream(self) -> str:
        return f"lot:{TENANT}:{self.lot_id}"

    async def said(self, kind: Any, now: datetime = TODAY) -> LotRecorded:
        asked = self.asked(kind).model_copy(update={"now": now})
        recorded: Any = await self.worker.attempt("record_lot", asked)
        assert recorded.accepted, recorded.because
        return LotRecorded.model_validate(recorded.model_dump())

    def asked(self, kind: Any, name: str = "", body: str = "") -> RecordLot:
        return RecordLot(
            tenant=TENANT, lot_id=self.lot_id, now=TODAY, kind=kind, name=name, body=body
        )

    async def ordered(self, action: str) -> PerformLot:
        known = await self.said("look")
        (step,) = [step for step in known.status.agenda if step.performs == action]
        return PerformLot(tenant=TENANT, lot_id=self.lot_id, step_id=step.id, now=TODAY)

    async def deed(self, trade: Trade, action: str) -> "AtLot":
        arguments = (await self.ordered(action),)
        label = f"{TENANT}:{self.lot_id}:label"
        key = label if trade.prepares else self.lot_id if trade is not LOOKED else self.stream
        return AtLot(trade, self, action, arguments, self.lot_id, key)


class AtLot(AtPartner):
    """A step of a lot: the offer of its transport is kept in its own stream."""

    async def _is_prepared(self) -> bool:
        return bool(await self.journey.told("LotLabelPrepared"))


async def _put_away(journey: Journey) -> str:
    """It came back damaged, and goes to whoever takes such goods; gives the lot's stream."""
    await journey.labelled()
    number = await journey.tracking_number()
    counted = {"parcel": {"tracking_number": number}, "units": [{"sku": "SHOE-42", "quantity": 1}]}
    await journey.accepted(journey.telling("report_receipt", warehouse="hub-de", **counted))
    seen = {"line_id": "1", "unit": 1, "grade": "damaged", "suggested_disposition": "liquidate"}
    report = {"warehouse": "hub-de", "return_id": journey.return_id, "inspector": "w-17"}
    await journey.accepted(journey.telling("report_inspection", units=[seen], **report))
    await journey.perform("move_stock")
    return f"lot:{TENANT}:liquidation.hub-de.jobber.EUR.1"


class Joining(Beside):
    """A unit that joins a lot that gathers already, as others do at the same time."""

    async def at_once(self, *workers: Any) -> list[Any]:
        return list(await asyncio.gather(*(self.by(worker) for worker in workers)))


async def join_lot(journey: Journey) -> Deed:
    before = await Journey.of(journey.stage)
    stream = await _put_away(before)  # so that there is a stream which can be held
    await before.perform("join_lot")
    await _put_away(journey)
    order = await journey.order("join_lot")
    return Joining(journey, NOTHING, "UnitAdded", stream, "join_lot", order, journey.return_id)


async def leave_lot(journey: Journey) -> Deed:
    stream = await _put_away(journey)
    await journey.perform("join_lot")
    body: dict[str, Any] = {
        "message_id": "back",
        "occurred_at": TODAY.isoformat(),
        "warehouse": "hub-de",
    }
    body |= {"units": [], "corrects": "report_receipt"}
    await journey.accepted(journey.recording("report", "report_receipt", body))
    order = await journey.order("leave_lot")
    return Beside(journey, NOTHING, "UnitWithdrawn", stream, "leave_lot", order, journey.return_id)


async def record_lot(journey: Journey) -> Deed:
    mine = await LotJourney.given(journey, Lot(Disposition.DONATE).adds(1))
    body = '{"request_id": "q", "actor": {"kind": "staff", "id": "s"}, "because": "rained on"}'
    asked = mine.asked("ask", "dissolve", body)
    return InBooks(mine, NOTHING, "LotDissolved", mine.stream, "record_lot", asked, "rained on")


async def offer_lot(journey: Journey) -> Deed:
    mine = await LotJourney.given(journey, Lot(Disposition.DISPOSE, ALONE).adds(1))
    return await mine.deed(TAKEN, "offer_lot")


async def look_up_lot(journey: Journey) -> Deed:
    mine = await LotJourney.given(journey, Lot(Disposition.DISPOSE, ALONE).adds(1))
    await journey.stage.sandbox.script(mine.lot_id, "lot.short", days=0)
    await mine.worker.attempt("offer_lot", await mine.ordered("offer_lot"))
    await journey.stage.sandbox.advance(timedelta(0))
    await mine.said("time", TODAY + timedelta(days=3))
    return await mine.deed(LOOKED, "look_up_lot")


async def ship_lot(journey: Journey) -> Deed:
    mine = await LotJourney.given(journey, Lot(Disposition.RESTOCK, SHIPPED).adds(1))
    return await mine.deed(BOUGHT, "ship_lot")


async def place_lot(journey: Journey) -> Deed:
    lot = Lot(Disposition.RESTOCK, {"closes_at_units": 1}).adds(1)
    lot = lot.says("agree", reference="in-1").says("hand_over")
    units = (CountedLine(sku="CUP"),)
    mine = await LotJourney.given(journey, lot.says("receive", report_id="c-1", units=units))
    return await mine.deed(PLACED, "place_lot")


async def tell_returns(journey: Journey) -> Deed:
    await _put_away(journey)
    key = f"{journey.return_id}:1/1"
    lot = Lot(Disposition.LIQUIDATE).adds(1, return_id=journey.return_id)
    lot = lot.says("take_out", key=key, because="rained on")
    mine = await LotJourney.given(journey, lot.when(c.NotePlaced(moves={key: "mov-1"})))
    whose: dict[str, Any] = {"occurred_at": TODAY, "unit": "1/1", "lot_id": mine.lot_id}
    joined = as_stored(
        [LotChosen(**whose, word=1), LotJoined(**whose)], TENANT, journey.stream, ENGINE, "given"
    )
    known = await journey.stage.store.read((journey.stream, 0))
    await journey.stage.store.append(Append(journey.stream, len(known[journey.stream]), joined))
    order = await mine.ordered("tell_returns")
    return InBooks(mine, NOTHING, "LotGaveBack", journey.stream, "tell_returns", order, mine.lot_id)


ALL = (join_lot, leave_lot, record_lot, offer_lot, look_up_lot, ship_lot, place_lot, tell_returns)
