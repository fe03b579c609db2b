"""Read models as bytes, so that two of them can be compared."""

from psycopg import sql

from adapters.postgres.pool import Pool, borrowed


async def dump(pool: Pool, *tables: str) -> str:
    """Every row of the tables as text, in the order of all its columns."""
    told = []
    async with borrowed(pool) as connection:
        for table in tables:
            question = sql.SQL("SELECT t::text FROM projections.{} AS t ORDER BY 1")
            cursor = await connection.execute(question.format(sql.Identifier(table)))
            told += [f"{table}: {text}" for (text,) in await cursor.fetchall()]
    return "\n".join(told)
