"""A return that goes as planned, and what the Temporal UI shows of it on the way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

from tests.engine import TODAY, eventually
from tests.workflows.case import PRICE_MINOR, Case, kinds
from tests.workflows.seen import details, shown
from workflows import attributes


async def test_goods_that_come_back_as_announced_are_paid_for(case: Case) -> None:
    status = await case.paid()
    assert (status["headline"], status["closed"]) == ("completed", True)
    assert [(row["amount_minor"], row["status"]) for row in await case.refunds()] == [
        (PRICE_MINOR, "succeeded")
    ]
    assert [row["kind"] for row in await case.booked("labels")] == ["purchase"]


async def test_a_payout_that_is_pending_is_settled_by_its_webhook(case: Case) -> None:
    await case.engine.sandbox.script(case.payment, "refund.pending")
    await case.received()
    await case.inspect()
    status = await case.until(lambda s: s["next_action"] == "settle_payout", "pending")
    instruction = status["payouts"][0]["instruction_id"]
    await case.engine.sandbox.refund_outcome(instruction, "succeeded")
    await case.tell("report_payout", instruction_id=instruction)
    assert await case.engine.ended(case.return_id) == "completed"
    history = await case.history()
    assert len(history) <= 80, kinds(history)
    assert sum(event.ByteSize() for event in history) < 100_000


async def test_a_hint_is_never_believed(case: Case) -> None:
    await case.engine.sandbox.script(case.payment, "refund.pending")
    await case.received()
    await case.inspect()
    status = await case.until(lambda s: s["next_action"] == "settle_payout", "pending")
    await case.tell("report_payout", instruction_id=status["payouts"][0]["instruction_id"])
    await case.until(lambda s: s["version"] > status["version"], "checked")
    asked = await case.until_quiet()
    assert asked["payouts"][0]["state"] == "pending"


def _told(history: list[HistoryEvent]) -> Iterator[tuple[str, str]]:
    """Activities and timers with their summaries, as the UI shows them."""
    for event in history:
        kind = event.WhichOneof("attributes") or ""
        if kind in {"activity_task_scheduled_event_attributes", "timer_started_event_attributes"}:
            yield kind.removesuffix("_event_attributes"), event.user_metadata.summary.data.decode()


async def test_every_activity_and_timer_says_what_it_is_for(case: Case) -> None:
    await case.paid()
    told = list(_told(await case.history()))
    assert [kind for kind, _ in told].count("activity_task_scheduled") >= 4
    assert [kind for kind, _ in told].count("timer_started") >= 1
    assert [kind for kind, summary in told if len(summary) < 10] == []
    assert not any("Camille" in summary or "camille" in summary for _, summary in told)


async def test_messages_to_the_customer_are_named_in_the_history(case: Case) -> None:
    await case.paid()
    names = [
        event.marker_recorded_event_attributes.details["data"].payloads[0].data.decode()
        for event in await case.history()
        if event.HasField("marker_recorded_event_attributes")
    ]
    assert any("tell the customer: label" in name for name in names)
    assert any('"record"' in name for name in names)


async def test_the_lists_show_who_is_waited_for(case: Case) -> None:
    number = await case.labelled()
    seen = await shown(case.run)
    assert seen["DueAt"] > TODAY
    del seen["DueAt"]
    assert seen == {
        "Tenant": "acme",
        "OrderId": case.order_id,
        "Headline": "label_ready",
        "NextActor": "customer",
        "NextAction": "hand_over",
        "Method": "drop_off_label",
        "Carrier": "swiftpost",
        "Country": "FR",
        "Currency": "EUR",
        "Reasons": ["too_small"],
        "TrackingNumbers": [number],
        "RefundMinor": PRICE_MINOR,
    }


async def test_the_lists_show_trouble(case: Case) -> None:
    number = await case.labelled()
    await case.track(number, "scanned")
    await case.receive(number, sku="NOT-OURS")
    await case.until(lambda s: "quarantine" in s["flags"], "quarantine")
    await case.until_quiet()
    assert "quarantine" in (await shown(case.run))["Flags"]
    assert "`quarantine`" in await details(case.run)


def label_of(case: Case) -> str:
    """By which the carrier knows the label that is bought first."""
    return f"{case.engine.tenant}:{case.return_id}:label:P1:1"


async def turns_shown(case: Case) -> list[str]:
    """Whose turn it was in the lists, one after the other."""
    told = [
        event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
        for event in await case.history()
        if event.HasField("upsert_workflow_search_attributes_event_attributes")
    ]
    return [json.loads(fields["NextActor"].data) for fields in told if "NextActor" in fields]


async def test_the_lists_leave_out_our_own_turn_while_it_takes_but_a_moment(case: Case) -> None:
    await case.engine.sandbox.fault("carrier", "buy", "500_before", key=label_of(case), times=1)
    await case.labelled()
    await case.until_quiet()
    assert await turns_shown(case) == ["customer"]


async def test_the_lists_show_our_own_turn_where_it_lasts(case: Case) -> None:
    """Otherwise a partner that is away looks like somebody else's turn, or like no return."""
    await case.engine.sandbox.fault("carrier", "buy", "500_before", key=label_of(case), times=3)
    await case.labelled()
    await case.until_quiet()
    assert await turns_shown(case) == ["system", "customer"]


async def test_the_lists_forget_what_is_over(case: Case) -> None:
    await case.paid()
    seen = await shown(case.run)
    assert seen["Headline"] == "completed"
    assert {"NextActor", "NextAction", "DueAt", "Flags"}.isdisjoint(seen)


async def test_the_lists_show_nothing_of_the_person(case: Case) -> None:
    await case.labelled()
    told = str(await shown(case.run)) + await details(case.engine.handle(case.return_id))
    assert not [
        word for word in ("Camille", "Martin", "example.org", "Paix", "75002") if word in told
    ]


async def test_the_details_read_as_the_story_of_the_return(case: Case) -> None:
    number = await case.labelled()
    told = await details(case.run)
    assert told.startswith("## label ready\n**customer** must **hand over** by ")
    assert number in told
    assert "EUR 55.10" in told or "55.10" in told


async def test_the_details_of_a_finished_return_say_so(case: Case) -> None:
    await case.paid()
    assert (await details(case.run)).startswith("## completed\nNothing is left to do for anybody.")


async def test_the_money_is_explained_to_the_minor_unit(case: Case) -> None:
    await case.paid()
    told = await case.engine.handle(case.return_id).query("explain_money")
    assert told["promised_minor"] == told["paid_minor"] == PRICE_MINOR
    assert [(u["net_minor"], u["tax_minor"]) for u in told["units"]] == [(5000, 1000)]
    assert told["label_fee"]["result_minor"] == 490
    assert [(p["state"], p["amount_minor"]) for p in told["payouts"]] == [
        ("succeeded", PRICE_MINOR)
    ]


async def test_a_finished_return_is_a_completed_workflow(case: Case) -> None:
    await case.paid()
    described = await case.engine.handle(case.return_id).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED


async def test_a_return_is_found_by_what_the_lists_show(case: Case) -> None:
    await case.labelled()

    async def found() -> list[str]:
        query = f'OrderId = "{case.order_id}" AND NextActor = "customer"'
        return [one.id async for one in case.engine.env.client.list_workflows(query)]

    assert await eventually(found, "listed") == [f"return:acme:{case.return_id}"]


@pytest.mark.parametrize("key", attributes.SEARCH_ATTRIBUTES, ids=lambda key: key.name)
def test_search_attributes_fit_what_sql_visibility_holds(key: SearchAttributeKey[Any]) -> None:
    kind = [
        each
        for each in attributes.SEARCH_ATTRIBUTES
        if each.indexed_value_type == key.indexed_value_type
    ]
    limit = 10 if key.indexed_value_type.name == "KEYWORD" else 3
    assert len(kind) <= limit
