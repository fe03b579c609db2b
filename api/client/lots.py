"""Goods of many returns that leave a hub together: looked at, and told what became of them."""

from datetime import datetime

from adapters.documents.store import Document
from api.client.beside import Beside, Kind
from api.client.books import Books
from api.client.lot_papers import LotPaper, paper_of
from api.client.surroundings import Surroundings
from api.client.temporal import Returns
from domain.lots.commands import LOT_UPDATES
from domain.lots.events import read_lot_event
from domain.lots.evolve import fold
from domain.lots.messages import LotAnswer, StartLot
from domain.lots.showing import LotShown, LotStatus, shown, status_of
from domain.lots.state import LotState
from domain.lots.words import LOT_TYPE, LotKey
from domain.refusal import Refused
from domain.returns.commands import Who
from projections.lots import LotList, LotRow

LOT = Kind(
    what="Lot",
    workflow=LOT_TYPE,
    key=LotKey,
    of_name=LotKey.of_name,
    start=lambda key: StartLot(**key._asdict()),
    read=read_lot_event,
    fold=fold,
    status=status_of,
    updates=LOT_UPDATES,
    answer=LotAnswer,
)


class Lots(Beside[LotKey, LotState, LotStatus, LotAnswer]):
    """`ReturnsClient.lots`. Every method may raise `Unavailable`."""

    def __init__(self, where: Surroundings, actor: Who, books: Books, running: Returns) -> None:
        super().__init__(LOT, where, actor, books, running)

    async def lots(
        self,
        tenant: str,
        *,
        only_open: bool | None = None,
        overdue_at: datetime | None = None,
        kind: str | None = None,
    ) -> tuple[LotRow, ...]:
        """List lots, the most pressing first; the list may be a moment behind."""
        async with self._books.pool("list lots") as pool:
            return await LotList(pool).lots(
                tenant, only_open=only_open, overdue_at=overdue_at, kind=kind
            )

    async def whole(self, tenant: str, lot_id: str) -> LotShown:
        """How a lot stands, and every unit that is in it."""
        key = LotKey(tenant, lot_id)
        return shown(key, await self._state(key))

    async def paper(self, tenant: str, lot_id: str, kind: LotPaper) -> Document | Refused:
        """Give the commercial invoice of a lot, or the label of its shipment."""
        key = LotKey(tenant, lot_id)
        stored = await self._books.stream(key.name)
        told = (read_lot_event(one.type, one.schema_version, one.data) for one in stored)
        return await paper_of(self._where, self._books, key, told, kind)
