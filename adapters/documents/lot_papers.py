"""Where the papers of lots are kept that their carriers hand out once: the first of each name."""

from activities.ports import Paper
from adapters.documents.store import Document
from adapters.postgres.pool import Pool, borrowed
from domain.lots.words import LotKey

_PUT = """
INSERT INTO backhaul.lot_paper (tenant, lot_id, name, media_type, content)
VALUES (%b, %b, %b, %b, %b) ON CONFLICT (tenant, lot_id, name) DO NOTHING"""
_GET = """
SELECT media_type, content FROM backhaul.lot_paper WHERE tenant = %b AND lot_id = %b AND name = %b"""


class LotPapers:
    """Keeps `activities.ports.LotPapers`. Every method may raise `StoreUnavailable`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, key: LotKey, name: str, paper: Paper) -> None:
        """Keep a paper, unless one of that name is there."""
        async with borrowed(self._pool) as connection:
            await connection.execute(_PUT, (*key, name, paper.media_type, paper.content))

    async def get(self, key: LotKey, name: str) -> Document | None:
        """Give a paper that is kept."""
        async with borrowed(self._pool) as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_GET, (*key, name))
            row = await cursor.fetchone()
        return Document(*row) if row is not None else None
