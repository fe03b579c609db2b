"""A worker that is killed in the middle of a step: the next one ends the same, with one effect.

All steps at once, each in a return of its own: a partner has done what it was asked and its
answer never comes, while the worker is killed and another takes over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.engine import Engine, environment_of, eventually
from tests.workflows.case import Case
from tests.workflows.worker_process import running_worker

Journey = Callable[[Case], Awaitable[Any]]


class Blow(NamedTuple):
    """A step that the worker is killed at."""

    face: str
    operation: str
    begin: Journey  # what leads up to the step
    finish: Journey  # what leads from there to the end
    book: str
    effect: str  # the kind of row that must be there once


async def begin(case: Case, blow: Blow) -> None:
    """Lead up to the step; the partner will do it, once, and never answer."""
    before = len(await case.engine.sandbox.fired())
    # What frees stock names only the reservation; there is but one to be freed.
    key = {} if blow.operation == "release" else {"key": case.return_id}
    await case.engine.sandbox.fault(blow.face, blow.operation, "silence_after", times=1, **key)
    await blow.begin(case)
    await eventually(partial(is_hit, case, blow, before), f"in the middle of {blow}")


async def nothing(_case: Case) -> None:
    """Go on by itself."""


async def open_it(case: Case) -> None:
    await case.open()


async def send(case: Case) -> None:
    number = (await case.until("label_ready"))["parcels"][0]["tracking_number"]
    await case.track(number, "scanned")
    await case.receive(number)


async def send_and_inspect(case: Case) -> None:
    await send(case)
    await case.until("received")
    await case.inspect()


async def all_the_way(case: Case) -> None:
    await case.open()
    await send_and_inspect(case)


def asking(**changed: Any) -> Journey:
    async def begin(case: Case) -> None:
        await case.open(**changed)

    return begin


def wanting(resolution: str) -> dict[str, Any]:
    line = {"line_id": "1", "quantity": 1, "reason": "too_small", "resolution": resolution}
    goods = {"exchange_for": {"sku": "SHOE-43"}} if resolution == "exchange" else {}
    return {"lines": [line | goods]}


async def for_credit(case: Case) -> None:
    await case.open(**wanting("store_credit"))
    await send_and_inspect(case)


async def for_goods(case: Case) -> None:
    await case.open(**wanting("exchange"))
    await send_and_inspect(case)


async def visited(case: Case) -> None:
    await case.open(method="carrier_pickup")


async def cancelled(case: Case) -> None:
    await case.open()
    await case.until("label_ready")
    await case.ask("cancel")


async def visit_cancelled(case: Case) -> None:
    await case.open(method="carrier_pickup")
    await case.until("pickup_scheduled")
    await case.ask("cancel")


async def exchange_cancelled(case: Case) -> None:
    await case.open(**wanting("exchange"))
    await case.until("label_ready")
    await case.until_quiet()
    await case.ask("cancel")


async def quiet(case: Case) -> None:
    """There is nothing to come for a long time."""
    await case.until_quiet()


BLOWS = (
    Blow("carrier", "create", open_it, send_and_inspect, "labels", "purchase"),
    Blow("carrier", "buy", open_it, send_and_inspect, "labels", "purchase"),
    Blow("carrier", "refund", cancelled, quiet, "labels", "void_requested"),
    Blow("carrier", "pickup_create", visited, quiet, "labels", "pickup_booked"),
    Blow("carrier", "pickup_buy", visited, quiet, "labels", "pickup_booked"),
    Blow("carrier", "pickup_cancel", visit_cancelled, quiet, "labels", "pickup_cancelled"),
    Blow("warehouse", "announce", open_it, send_and_inspect, "warehouse", "announced"),
    Blow("warehouse", "stock_move", all_the_way, nothing, "warehouse", "stock_move"),
    Blow("warehouse", "reserve", asking(**wanting("exchange")), quiet, "warehouse", "reserved"),
    Blow("warehouse", "order", for_goods, quiet, "warehouse", "ordered"),
    Blow("warehouse", "release", exchange_cancelled, quiet, "warehouse", "released"),
    Blow("gateway", "refund", all_the_way, nothing, "payments", "refund"),
    Blow("storedvalue", "credit", for_credit, nothing, "payments", "credit"),
    Blow("mail", "message", open_it, send_and_inspect, "mail", "label"),
)


async def test_a_step_under_way_when_its_worker_is_killed_has_one_effect(
    engine: Engine, own_database: str, tmp_path: Path
) -> None:
    target = engine.env.client.service_client.config.target_host
    url, smtp_port = engine.settings.sandbox_url or "", engine.settings.smtp_port
    queue = f"killed-{uuid4().hex[:8]}"
    environment = environment_of(own_database, target, url, smtp_port)
    environment |= {"BACKHAUL_TASK_QUEUE": queue, "BACKHAUL_LOG": "json"}
    cases = [await Case.of(replace(engine, queue=queue)) for _ in BLOWS]

    async with running_worker(environment, tmp_path / "first.log") as first:
        await asyncio.gather(*map(begin, cases, BLOWS))
        await first.kill()

    async with running_worker(environment, tmp_path / "second.log"):
        await asyncio.gather(*map(finish, cases, BLOWS))
    # The dock's reports are told here, and not by the dock, whose book knows of no count.
    wrong = {row["violation"] for row in await engine.sandbox.audit()}
    assert wrong <= {"moved_more_than_counted"}


async def finish(case: Case, blow: Blow) -> None:
    """Lead it to its end, which is what it would have been without the blow."""
    await blow.finish(case)
    if blow.finish is quiet:
        assert (await case.status())["flags"] == []
    else:
        assert await case.engine.ended(case.return_id) == "completed"
    assert len(await effects(case, blow)) == 1, blow
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


async def is_hit(case: Case, blow: Blow, before: int) -> bool:
    """Whether the step has gone out, and nobody answered; each is another partner's or another."""
    fired = (await case.engine.sandbox.fired())[before:]
    return any((hit["face"], hit["operation"]) == (blow.face, blow.operation) for hit in fired)


async def effects(case: Case, blow: Blow) -> list[dict[str, Any]]:
    """What the partner has booked of the step."""
    if blow.book == "mail":
        rows = await case.engine.sandbox.ledger("mail")
        return [r for r in rows if r["template"] == blow.effect and case.return_id in r["step_id"]]
    return await case.booked(blow.book, blow.effect)
