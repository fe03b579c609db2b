"""A stream lives in the partition of the month it was born in, however long it goes on."""

from activities.event_store import Append
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.migrate import MONTHS_AHEAD, migrate
from adapters.postgres.pool import Connection
from tests.contracts.event_samples import event, first_of

R = "return:acme:R-1"

PARTITIONS = (
    "SELECT relname::text FROM pg_inherits JOIN pg_class ON oid = inhrelid"
    " WHERE inhparent = 'backhaul.event'::regclass ORDER BY 1"
)
WHERE_IT_IS = (
    "SELECT DISTINCT relname::text FROM backhaul.event AS e JOIN pg_class AS c ON c.oid = e.tableoid"
    " WHERE stream_id = %s"
)


async def ask(owner: Connection, question: str, *values: str) -> list[str]:
    cursor = await owner.execute(question.encode(), values)
    return [row[0] for row in await cursor.fetchall()]


async def test_this_month_and_the_next_ones_are_open(owner: Connection) -> None:
    partitions = await ask(owner, PARTITIONS)
    assert len(partitions) == 1 + MONTHS_AHEAD + 1
    (this_month,) = await ask(
        owner, "SELECT 'event_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')"
    )
    assert this_month in partitions


async def test_a_stream_of_an_earlier_month_goes_on_where_it_was_born(
    store: PostgresEventStore, owner: Connection
) -> None:
    await owner.execute(
        "CREATE TABLE backhaul.event_2020_02 PARTITION OF backhaul.event"
        " FOR VALUES FROM ('2020-02-01') TO ('2020-03-01')"
    )
    await store.append(first_of(R))
    await owner.execute("UPDATE backhaul.stream SET born = '2020-02-29'")
    await owner.execute("UPDATE backhaul.event SET born = '2020-02-29'")
    second = Append(R, 1, (event(),))
    await store.append(second)
    await store.append(second)
    assert await ask(owner, WHERE_IT_IS, R) == ["event_2020_02"]
    assert [each.version for each in (await store.read((R, 0)))[R]] == [1, 2]
    assert [each.version for each in await store.feed(0)] == [1, 2]
    assert await store.first_broken_link(R) is None


async def test_a_stream_born_in_a_month_that_nobody_opened_is_kept_in_the_default(
    fresh_database: str, store: PostgresEventStore, owner: Connection
) -> None:
    for partition in await ask(owner, PARTITIONS):
        if partition != "event_of_no_month":
            await owner.execute(f"DROP TABLE backhaul.{partition}".encode())
    await store.append(first_of(R))
    await migrate(fresh_database)
    await store.append(Append(R, 1, (event(),)))
    assert await ask(owner, WHERE_IT_IS, R) == ["event_of_no_month"]
    assert [each.version for each in await store.feed(0)] == [1, 2]
    assert len(await ask(owner, PARTITIONS)) == MONTHS_AHEAD + 1  # all but the one that began there
