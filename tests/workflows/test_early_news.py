"""News told to a return before anybody opened it: kept for a person to see, and learnt later."""

from typing import Any

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import borrowed, connect
from api.relay import Relay
from api.resolving import Resolver
from projections.runner import catch_up
from tests.engine import TODAY, Engine
from tests.workflows.case import Case

Row = tuple[str, str]
"""State and reason of news that came by a signal."""


async def kept(case: Case) -> list[Row]:
    """What the inbox holds of what this return was told by signals."""
    async with (
        await connect(case.engine.settings.database_url) as pool,
        borrowed(pool) as connection,
    ):
        found = await connection.execute(
            "SELECT state, reason FROM backhaul.inbox"
            " WHERE provider = 'signal' AND starts_with(event_id, %s) ORDER BY id",
            (f"{case.return_id} ",),
        )
        return [(state, reason) for state, reason in await found.fetchall()]


async def relayed(engine: Engine) -> int:
    """Let the relay tell what it can."""
    async with await connect(engine.settings.database_url) as pool:
        await catch_up(pool)
        resolver = Resolver(PostgresEventStore(pool), {})
        relay = Relay(Inbox(pool), resolver, engine.env.client, task_queue=engine.queue)
        return await relay.drain()


async def told(case: Case, *bodies: Any, signal: str = "report_receipt") -> None:
    """Tell a return that nobody opened, and wait until its workflow has ended with that."""
    await case.engine.tell(case.return_id, signal, *bodies)
    await case.engine.ended(case.return_id)


def receipt(message_id: str = "dock-1", **changed: Any) -> dict[str, Any]:
    """A shoe, counted at the dock."""
    return {
        "message_id": message_id,
        "occurred_at": TODAY.isoformat(),
        "warehouse": "hub-de",
        "parcel": {"tracking_number": ""},
        "units": [{"sku": "SHOE-42", "quantity": 1}],
        **changed,
    }


async def test_a_receipt_told_before_the_opening_is_learnt_after_it(case: Case) -> None:
    await told(case, receipt())
    reason = f"unknown_return: there is no return {case.return_id} of acme"
    assert await kept(case) == [("quarantined", reason)]
    await relayed(case.engine)
    assert await kept(case) == [("quarantined", reason)]

    await case.labelled()
    await relayed(case.engine)
    assert (await case.until("received"))["units"][0]["receipt"] == "received"
    assert await kept(case) == [("relayed", "")]


async def test_early_news_told_twice_is_kept_once_and_acts_once(
    case: Case, store: PostgresEventStore
) -> None:
    for _ in range(2):
        await told(case, receipt())
    assert len(await kept(case)) == 1

    await case.labelled()
    await relayed(case.engine)
    await case.until("received")
    await case.engine.tell(case.return_id, "report_receipt", receipt())
    await case.ask("give_feedback", rating=5)  # what was told before it has been recorded by now
    events = (await store.read((f"return:acme:{case.return_id}", 0)))[
        f"return:acme:{case.return_id}"
    ]
    assert [event.type for event in events].count("UnitReceived") == 1


async def test_early_news_is_learnt_in_the_order_in_which_it_came(case: Case) -> None:
    graded = {"line_id": "1", "unit": 1, "grade": "like_new"}
    seen = {"warehouse": "hub-de", "return_id": case.return_id, "inspector": "w-17"}
    inspection = {"message_id": "desk-1", "occurred_at": TODAY.isoformat(), **seen}
    await told(case, receipt())
    await told(case, {**inspection, "units": [graded]}, signal="report_inspection")

    await case.labelled()
    await relayed(case.engine)
    assert await case.engine.ended(case.return_id) == "completed"


async def test_early_news_that_makes_no_sense_stays_with_the_reason(case: Case) -> None:
    misfits: list[tuple[list[Any], str]] = [
        ([], "invalid: body: expected one JSON object, got 0"),
        ([receipt(surprise="\x00")], "invalid: surprise: "),
        ([receipt(units=[{"sku": "SHOE-42", "quantity": -1}])], "invalid: units.0.quantity: "),
    ]
    for bodies, _ in misfits:
        await told(case, *bodies)
    await told(case, receipt(), signal="report_weather")

    await case.labelled()
    await relayed(case.engine)
    because = [*(reason for _, reason in misfits), "unknown_signal: there is no signal report_w"]
    found = await kept(case)
    assert [state for state, _ in found] == ["quarantined"] * len(because)
    for (_, reason), expected in zip(found, because, strict=True):
        assert reason.startswith(expected)
