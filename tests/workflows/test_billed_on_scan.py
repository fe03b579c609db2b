"""A whole return by the carrier that bills what it scans: it sells nothing, and only answers."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters.documents.store import Documents
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from adapters.sealing.wrapping import MasterKeys
from tests.engine import Engine, order
from tests.workflows.case import Case
from wiring import partners
from worker import workers

HEAVY_GRAMS = 5_000
"""From then on one price for all weights is the lowest."""

HOME: dict[str, str] = {
    "line1": "Lessingstraße 11", "city": "Dresden", "postcode": "01099", "country": "DE",
}  # fmt: skip


def heavy(country: str) -> dict[str, Any]:
    """An order of heavy shoes, shipped there."""
    (line,) = order()["lines"]
    customer = order()["customer"]
    home = customer["address"] if country == "FR" else HOME
    return {
        "ship_to": country,
        "lines": [line | {"weight_grams": HEAVY_GRAMS}],
        "customer": customer | {"address": home},
    }


async def charges(store: PostgresEventStore, case: Case) -> list[int]:
    """What the return was charged after it had its label."""
    stream = f"return:acme:{case.return_id}"
    return [
        json.loads(event.data)["cost"]["amount_minor"]
        for event in (await store.read((stream, 0)))[stream]
        if event.type == "LabelCharged"
    ]


@pytest.mark.parametrize(("country", "cost_minor"), [("DE", 590), ("FR", 1_003)])
async def test_it_is_made_for_nothing_and_billed_once_when_it_is_scanned(
    case: Case, store: PostgresEventStore, country: str, cost_minor: int
) -> None:
    number = await case.labelled(order=case.order(**heavy(country)))
    parcel = (await case.status())["parcels"][0]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("dhl", number)
    assert [(r["kind"], r["cost_minor"]) for r in await case.booked("labels")] == [("ordered", 0)]
    await case.engine.sandbox.scan("in_transit", tracking_number=number)
    await case.later(days=1)
    await case.until("in_transit")
    await case.receive(number)
    await case.until("received")
    await case.inspect()
    assert await case.engine.ended(case.return_id) == "completed"
    billed = await case.booked("labels", "billed")
    assert [(row["tracking_number"], row["cost_minor"]) for row in billed] == [(number, cost_minor)]
    assert await charges(store, case) == [cost_minor]


async def test_its_label_which_has_no_address_is_in_the_mail_as_it_was_handed_out(
    case: Case,
) -> None:
    number = await case.labelled(order=case.order(**heavy("DE")))
    (mail,) = [
        one
        for one in await case.engine.sandbox.messages()
        if case.return_id in one["step_id"] and one["template"] == "label"
    ]
    (label,) = mail["attached"]
    assert (label["name"], label["media_type"]) == ("label.pdf", "application/pdf")
    async with await connect(case.engine.settings.database_url) as pool:
        papers = Documents(pool, MasterKeys(*case.engine.settings.master_keys))
        kept = await papers.get("acme", case.return_id, f"label:P1:{number}")
    assert kept is not None
    assert label["sha256"] == kept.sha256


async def test_cancelled_it_just_ends_and_costs_nothing(
    case: Case, store: PostgresEventStore
) -> None:
    await case.labelled(order=case.order(**heavy("DE")))
    answer = await case.ask("cancel", because="kept")
    assert answer["accepted"], answer["because"]
    assert await case.engine.ended(case.return_id) == "cancelled"
    assert [row["kind"] for row in await case.booked("labels")] == ["ordered"]
    assert await charges(store, case) == []


A_SECOND = timedelta(seconds=1)
PARCELS = 4


async def test_its_contract_is_asked_no_faster_than_its_limit(engine: Engine) -> None:
    """By the server's own times; nothing else is as slow as that."""
    settings = engine.settings.model_copy(update={"carrier_limits": {"dhl": 1.0}})
    apart = replace(engine, queue=f"limited-{uuid4().hex[:8]}")
    async with AsyncExitStack() as stack:
        able = await stack.enter_async_context(partners(settings))
        for worker in workers(engine.env.client, apart.queue, able):
            await stack.enter_async_context(worker)
        cases = [await Case.of(apart) for _ in range(PARCELS)]
        await asyncio.gather(*(each.labelled(order=each.order(**heavy("DE"))) for each in cases))
        asked = sorted([await asked_at(each) for each in cases])
    assert asked[-1] - asked[0] >= (PARCELS - 2) * A_SECOND


async def asked_at(case: Case) -> datetime:
    """When its label was being made, in the queue of that contract."""
    history = await case.history()
    made = [
        event.event_id
        for event in history
        if event.activity_task_scheduled_event_attributes.task_queue.name.startswith("carrier-dhl")
    ]
    (started,) = [
        event.event_time
        for event in history
        if event.activity_task_started_event_attributes.scheduled_event_id in made
    ]
    return started.ToDatetime()
