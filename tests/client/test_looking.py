"""What is recorded can be seen whatever else is away; reports find the returns they are for."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from adapters.postgres.pool import Pool
from api.client import ReturnsClient
from projections.board import BoardFilter
from projections.runner import catch_up
from tests.engine import LONG_AGO, TODAY, Engine
from tests.projections.story import Story
from workflows.names import workflow_id

Wish = Callable[..., dict[str, Any]]
Until = Callable[..., Any]


async def test_the_workflow_and_the_stream_say_the_same(
    returns: ReturnsClient, away: ReturnsClient, wish: Wish, tenant: str, until: Until
) -> None:
    asked = wish(method="own_carrier")
    await returns.open(asked)
    for last in ("CustomerNotified", "ReturnAnnounced"):  # in either order
        await until(asked["return_id"], last)

    by_stream = await away.status(tenant, asked["return_id"])

    assert by_stream.headline == "approved"
    assert by_stream == await returns.status(tenant, asked["return_id"])


async def test_a_return_whose_workflow_is_gone_is_seen_in_its_stream(
    returns: ReturnsClient, story: Story, tenant: str
) -> None:
    await story.open("R-lost")
    assert (await returns.status(tenant, "R-lost")).authorisation == "approved"


async def test_a_return_nobody_opened_has_version_0(returns: ReturnsClient, tenant: str) -> None:
    assert (await returns.status(tenant, "R-nobody")).version == 0
    assert (await returns.status(tenant, "no id at all")).version == 0
    assert await returns.explain(tenant, "R-nobody") is None


async def test_the_money_is_derived_to_the_minor_unit(
    away: ReturnsClient, returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    asked = wish()
    await returns.open(asked)

    explained = await away.explain(tenant, asked["return_id"])

    assert explained is not None
    (unit,) = explained.units
    parts = (unit.listed_minor, unit.discount_minor, unit.tax_minor, unit.refund_minor)
    assert parts == (5000, 0, 1000, 6000)
    assert (explained.label_fee.result_minor, explained.promised_minor) == (490, 5510)


async def test_the_board_lists_what_was_asked_for_and_nothing_of_other_merchants(
    returns: ReturnsClient, pool: Pool, wish: Wish, tenant: str
) -> None:
    mine, other = wish(), wish(tenant="somebody-else")
    for asked in (mine, other):
        assert (await returns.open(asked)).accepted
    await catch_up(pool)

    page = await returns.list(BoardFilter(tenant=tenant))

    assert [row.return_id for row in page.rows] == [mine["return_id"]]


async def test_a_receipt_is_told_to_the_returns_it_names_each_its_own_units(
    returns: ReturnsClient, wish: Wish, tenant: str, until: Until
) -> None:
    first, second = wish(method="own_carrier"), wish(method="own_carrier")
    for asked in (first, second):
        await returns.open(asked)
    ids = [first["return_id"], second["return_id"]]

    answers = await returns.receive(tenant, receipt(returns=ids, quantity=2))

    assert [(answer.accepted, answer.return_id) for answer in answers] == [
        (True, ids[0]),
        (True, ids[1]),
    ]
    for return_id in ids:
        await until(return_id, "UnitReceived")
        assert (await returns.status(tenant, return_id)).strays == ()


async def test_a_receipt_finds_its_return_by_the_parcel(
    returns: ReturnsClient, pool: Pool, wish: Wish, tenant: str, until: Until
) -> None:
    asked = wish()
    await returns.open(asked)
    await until(asked["return_id"], "LabelPurchased")
    await catch_up(pool)
    (parcel,) = (await returns.status(tenant, asked["return_id"])).parcels

    (answer,) = await returns.receive(tenant, receipt(parcel.tracking_number))

    assert answer.return_id == asked["return_id"]
    await until(asked["return_id"], "UnitReceived")


async def test_a_receipt_finds_its_return_by_the_order_and_is_taken_back_by_its_own_id(
    returns: ReturnsClient, pool: Pool, wish: Wish, tenant: str, until: Until
) -> None:
    asked = wish(method="own_carrier")
    await returns.open(asked)
    await catch_up(pool)
    told = receipt() | {"orders": [asked["order_id"]]}
    (answer,) = await returns.receive(tenant, told)
    assert answer.return_id == asked["return_id"]
    await until(asked["return_id"], "UnitReceived")
    await catch_up(pool)
    mistake = {
        "message_id": f"{told['message_id']}:off",
        "retracts": told["message_id"],
        "units": [],
    }
    (answer,) = await returns.receive(tenant, told | mistake | {"orders": []})
    assert answer.return_id == asked["return_id"]
    await until(asked["return_id"], "ParcelReceiptRetracted")
    status = await returns.status(tenant, asked["return_id"])
    assert [unit.receipt for unit in status.units] == ["awaiting"]


async def test_an_inspection_goes_to_the_return_it_names(
    returns: ReturnsClient, wish: Wish, tenant: str, until: Until
) -> None:
    asked = wish(method="own_carrier")
    await returns.open(asked)
    await returns.receive(tenant, receipt(returns=[asked["return_id"]]))
    await until(asked["return_id"], "UnitReceived")

    answer = await returns.inspect(tenant, inspection(asked["return_id"]))

    assert answer.accepted
    await until(asked["return_id"], "UnitInspected")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"returns": ["R-nobody"]}, "there is no return R-nobody"),
        ({"tracking": "TRK-nobody"}, "no return has the parcel TRK-nobody"),
        ({}, "names no return and no parcel"),
    ],
)
async def test_a_report_for_nobody_is_refused(
    returns: ReturnsClient, pool: Pool, tenant: str, names: dict[str, Any], said: str
) -> None:
    await catch_up(pool)
    (answer,) = await returns.receive(tenant, receipt(**names))
    assert (answer.accepted, answer.code) == (False, "unknown_return")
    assert said in answer.because


async def test_a_report_that_nobody_could_record_starts_no_workflow(
    returns: ReturnsClient, engine: Engine, tenant: str
) -> None:
    await returns.receive(tenant, receipt(returns=["R-nobody"]))
    handle = engine.env.client.get_workflow_handle(workflow_id(tenant, "R-nobody"))
    with pytest.raises(RPCError, match="not found"):
        await handle.describe()


@pytest.mark.parametrize("kind", ["events", "returns", "payouts", "labels"])
async def test_an_export_is_the_same_each_time(
    away: ReturnsClient, story: Story, tenant: str, kind: Any
) -> None:
    await story.whole("R-1")
    await story.open("R-2", order_id="W-2")

    first = [row async for row in away.export(kind, tenant=tenant)]
    second = [row async for row in away.export(kind, tenant=tenant)]

    assert first
    assert json.dumps(first) == json.dumps(second)


async def test_exported_events_are_whole_streams_in_the_order_of_the_store(
    away: ReturnsClient, story: Story, tenant: str
) -> None:
    await story.whole("R-1")

    rows = [row async for row in away.export("events", tenant=tenant)]

    positions = [row["position"] for row in rows]
    assert positions == sorted(positions)
    for stream in {row["stream_id"] for row in rows}:
        versions = [row["version"] for row in rows if row["stream_id"] == stream]
        assert versions == list(range(1, len(versions) + 1))
    assert {row["stream_id"].split(":")[0] for row in rows} == {"order", "return"}


async def test_exported_money_names_the_payment_and_adds_up(
    away: ReturnsClient, story: Story, tenant: str
) -> None:
    await story.whole("R-1")

    (row,) = [row async for row in away.export("payouts", tenant=tenant)]

    assert row["amount_minor"] == sum(part["amount_minor"] for part in row["parts"])
    assert row["payment_ref"]
    assert (row["return_id"], row["currency"]) == ("R-1", "EUR")
    assert row["planned_at"]


async def test_what_temporal_has_lost_is_revived_once(
    returns: ReturnsClient, engine: Engine, wish: Wish, tenant: str
) -> None:
    asked = [wish(method="own_carrier") for _ in range(10)]
    await asyncio.gather(*(returns.open(each) for each in asked))
    workflows = [workflow_id(tenant, each["return_id"]) for each in asked]
    handles = [engine.env.client.get_workflow_handle(workflow) for workflow in workflows]
    for handle in handles[1:]:
        await handle.terminate()

    first = {name: was_started async for name, was_started in returns.revive(tenant=tenant)}
    second = [was_started async for _, was_started in returns.revive(tenant=tenant)]

    assert first == {workflow: workflow != workflows[0] for workflow in workflows}
    assert second == [False] * 10
    assert (await handles[7].describe()).status is WorkflowExecutionStatus.RUNNING


async def test_what_is_closed_is_left_alone(
    returns: ReturnsClient, wish: Wish, tenant: str, until: Until
) -> None:
    late = wish(sold=LONG_AGO)
    await returns.open(late)
    await until(late["return_id"], "CustomerNotified")

    assert [key async for key, _ in returns.revive(tenant=tenant)] == []


def receipt(
    tracking: str = "", *, returns: list[str] | None = None, quantity: int = 1
) -> dict[str, Any]:
    return {
        "message_id": f"r-{tracking}-{quantity}",
        "occurred_at": TODAY.isoformat(),
        "source": "dock",
        "warehouse": "de-1",
        "parcel": {"tracking_number": tracking},
        "returns": returns or [],
        "units": [{"sku": "SHOE-42", "quantity": quantity}],
    }


def inspection(return_id: str) -> dict[str, Any]:
    return {
        "message_id": "i-1",
        "occurred_at": TODAY.isoformat(),
        "warehouse": "de-1",
        "return_id": return_id,
        "inspector": "i-4",
        "units": [{"line_id": "1", "unit": 1, "grade": "like_new", "note": ""}],
    }
