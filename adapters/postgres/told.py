"""What providers told us of payouts and signed, read from the inbox."""

from collections.abc import Sequence
from typing import LiteralString

from adapters.payments.told import Said
from adapters.postgres.pool import Pool, borrowed

_OF_PAYOUT: LiteralString = """
SELECT told::text FROM backhaul.inbox WHERE told_instruction_id = %s AND provider = %s
UNION ALL
SELECT told::text FROM backhaul.inbox WHERE told_payout_ref = %s AND provider = %s"""


class PostgresTold:
    """Keeps `adapters.payments.told.Told`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_payout(
        self, provider: str, instruction_id: str, payout_ref: str
    ) -> Sequence[Said]:
        """Give all that was said of it, some of it twice where both references are theirs.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        async with borrowed(self._pool) as connection:
            found = await connection.execute(
                _OF_PAYOUT, (instruction_id, provider, payout_ref, provider)
            )
            return [Said.model_validate_json(text) for (text,) in await found.fetchall()]
