"""ShipBob over sockets: announced once, told by webhook, and asked for with the same answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from activities.failures import AnswerLost, Misspoken
from activities.ports import Announcement, ExpectedUnit, StockMove
from adapters.warehouses.hubs import HubWarehouse
from adapters.warehouses.shipbob import ShipBob
from adapters.webhooks.shipbob_facts import return_facts
from tests.adapters.wire import serving
from tests.contracts.test_webhook_contract import Inbox
from tests.sandbox_process import running_sandbox

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EXPECTED = Announcement(
    step_id="announce",
    return_id="R-1",
    order_id="W-1",
    warehouse="shipbob-22",
    units=tuple(
        ExpectedUnit(line_id="1", unit=number, sku="SHIRT", name="Shirt") for number in (1, 2)
    ),
    tracking_numbers=("T1",),
)


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with (
        serving(inbox.take) as wire,
        running_sandbox(tmp_path) as inbox.sandbox,
    ):
        await inbox.sandbox.client.send_webhooks_to("shipbob", f"{wire.url}/shipbob")
        yield inbox


@pytest.fixture
async def shipbob(inbox: Inbox) -> AsyncIterator[ShipBob]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield ShipBob(
            http,
            base_url=f"{inbox.sandbox.url}/shipbob/2026-07",
            api_key="sandbox",
            channel_id="1",
            deadline=timedelta(seconds=5),
        )


async def announce(shipbob: ShipBob) -> str:
    return await shipbob.announce(EXPECTED, center=22, inventory={"SHIRT": 2691})


async def test_what_was_announced_is_found_also_when_the_answer_was_lost(
    inbox: Inbox, shipbob: ShipBob
) -> None:
    assert await shipbob.find_announcement(EXPECTED) is None
    await inbox.sandbox.client.fault("shipbob", "return", "cut_after", times=1)
    with pytest.raises(AnswerLost):
        await announce(shipbob)
    found = await shipbob.find_announcement(EXPECTED)
    assert found is not None


async def test_the_webhook_and_the_answer_say_the_same_of_a_return(
    inbox: Inbox, shipbob: ShipBob
) -> None:
    key = await announce(shipbob)
    await inbox.sandbox.client.shipbob(key, "Arrived")
    assert (await inbox.told("report_tracking", "delivered")).reference == "T1"
    actions = [{"action": "Restock", "quantity_processed": 2}]
    line = {"id": 2691, "sku": "SHIRT", "quantity": 2, "action_taken": actions}
    await inbox.sandbox.client.shipbob(key, "Completed", inventory=[line])
    told = await inbox.told("report_receipt")
    assert told.body["units"] == [{"sku": "SHIRT", "quantity": 2}]
    [asked] = [one async for one in shipbob.returns(LONG_AGO)]
    assert return_facts(asked)[0] == told


async def test_a_hub_of_theirs_is_told_to_them_and_any_other_to_our_own(
    inbox: Inbox, shipbob: ShipBob
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        own = f"{inbox.sandbox.url}/warehouse/v1"
        hubs = HubWarehouse(http, shipbob, {"SHIRT": 2691}, base_url=own, api_key="sandbox")
        theirs = await hubs.announce(EXPECTED)
        assert await shipbob.find_announcement(EXPECTED) == theirs
        ours = EXPECTED.model_copy(update={"warehouse": "cologne", "step_id": "other"})
        assert await hubs.announce(ours) == await hubs.find_announcement(ours) != theirs
        move = StockMove(step_id="m", return_id="R-1", warehouse="shipbob-22", sku="SHIRT",
                         quantity=1, disposition="restock", grade="like_new")  # fmt: skip
        assert await hubs.find_move(move) == "shipbob-22:R-1:SHIRT"
        with pytest.raises(Misspoken):
            await hubs.move_stock(move.model_copy(update={"disposition": "repair"}))
