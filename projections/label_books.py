"""Which of a carrier's labels stand in our streams, as complete as those are when it is asked."""

from collections.abc import Collection
from typing import LiteralString

from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.subscription import Subscription
from projections.partner_references import PartnerReferences

_KNOWN: LiteralString = """
SELECT reference FROM projections.return_reference
WHERE kind = 'label' AND reference = ANY (%s)"""


class LabelBooks:
    """Keeps `activities.reconciling.LabelBooks`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def known(self, label_refs: Collection[str]) -> frozenset[str]:
        """Give those that a return has, whoever's: what another merchant explains is no orphan.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        await Subscription(self._pool).catch_up(PartnerReferences())
        async with borrowed(self._pool) as connection:
            rows = await (await connection.execute(_KNOWN, (list(label_refs),))).fetchall()
        return frozenset(str(row[0]) for row in rows)
