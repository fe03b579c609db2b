"""Boxes that a person has to place: which returns they may be for, and which they are."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from activities.known import return_stream
from adapters.postgres.boxes import Box, Boxes
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, borrowed
from api.client.books import Books
from domain.refusal import Refused
from domain.returns.evolve import fold
from domain.returns.goods.fitting import STILL_OUT
from domain.returns.upcasting import read_event
from projections.partner_references import find_returns

MOST_LIKELY = 5
"""Returns that a box may be for, of each article, before the rest is left out."""


class BlindBox(BaseModel):
    """A box that no return was found for."""

    model_config = ConfigDict(frozen=True)

    id: int
    received_at: datetime
    because: str
    units: tuple[tuple[str, int], ...]
    may_be: tuple[str, ...]  # returns that still await one of its articles


class DockBoxes:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def waiting(self, tenant: str) -> list[BlindBox]:
        """List what came and is nobody's, with the merchant's returns that await such articles."""
        async with self._books.pool("list boxes") as pool:
            boxes = await Boxes(pool).waiting()
            return [await _described(pool, tenant, box) for box in boxes]

    async def place(self, tenant: str, name: str, returns: tuple[str, ...]) -> Refused | str:
        """Say whose a box is: one that waits is told, one that was told is corrected.

        Without returns it is nobody's: what was told of it is taken back.
        """
        async with self._books.pool("place a box") as pool:
            store = PostgresEventStore(pool)
            for return_id in returns:
                stream = return_stream(tenant, return_id)
                if not (await store.read((stream, 0)))[stream]:
                    because = f"there is no return {return_id} of {tenant}"
                    return Refused(code="unknown_return", because=because)
            boxes = Boxes(pool)
            box, now = await boxes.find(name), datetime.now(UTC)
            if box is None or not box.receipt:
                return Refused(code="unknown_box", because=f"there is no receipt {name}")
            if box.state in {"quarantined", "waiting"}:
                if not returns:
                    because = f"{name} was told to nobody: name its return"
                    return Refused(code="not_told", because=because)
                if await boxes.place(box, tenant, returns, now):
                    return f"told to {', '.join(returns)}"
            if box.state != "relayed":
                because = f"{name} is {box.state} ({box.reason or 'being told'}): name the report"
                return Refused(code="not_told", because=because)
            message_id = await boxes.move(box, tenant, returns, now)
            return f"corrected as {message_id}"


async def _described(pool: Pool, tenant: str, box: Box) -> BlindBox:
    found: list[str] = []
    for sku, _ in box.units:
        found += await _awaiting(pool, tenant, sku)
    return BlindBox(
        id=box.id,
        received_at=box.received_at,
        because=box.reason,
        units=tuple(box.units),
        may_be=tuple(dict.fromkeys(found)),
    )


async def _awaiting(pool: Pool, tenant: str, sku: str) -> list[str]:
    """Returns that still await this article."""
    async with borrowed(pool) as connection:
        keys = await find_returns(connection, "article", sku, tenant=tenant)
    store, found = PostgresEventStore(pool), list[str]()
    for key in reversed(keys):
        stream = return_stream(*key)
        events = (await store.read((stream, 0)))[stream]
        state = fold(read_event(e.type, e.schema_version, e.data) for e in events)
        awaits = any(
            unit.asked.sku == sku and unit.approved and unit.receipt in STILL_OUT
            for unit in state.units.values()
        )
        found += [key.return_id] if awaits else []
        if len(found) == MOST_LIKELY:
            break
    return found
