"""What the inbox holds, for a test to look at."""

from adapters.postgres.pool import Pool, borrowed


async def states(pool: Pool) -> list[tuple[str, str, str]]:
    """Event id, state and reason of every row, in the order they came in."""
    async with borrowed(pool) as connection:
        cursor = await connection.execute(
            "SELECT event_id, state, reason FROM backhaul.inbox ORDER BY id"
        )
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def state_of(pool: Pool, event_id: str) -> str:
    [found] = [state for known, state, _ in await states(pool) if known == event_id]
    return found
