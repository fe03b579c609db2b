"""Whose an event is: by what we have noted ourselves, or it goes to a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.resolving import EARLY
from api.settings import ApiSettings
from projections.runner import catch_up
from tests.api.scene import Scene
from tests.api.signed import Sent, easypost, stripe, tracker, warehouse
from tests.projections.staff import refunded
from tests.projections.story import OPENED, Story
from workflows.names import refund_id

A_SECOND = timedelta(seconds=1)
DISPUTE = {"id": "du_1", "payment_intent": "pi_card", "amount": 100, "currency": "eur"}


async def test_each_kind_of_event_finds_its_return_by_our_reference(scene: Scene) -> None:
    await scene.story.whole("R-1")
    await catch_up(scene.pool)
    voided = {"tracking_code": "T-R-1", "shipment_id": "shp_R-1", "status": "refunded"}
    await scene.post(
        stripe("refund.failed", {"id": "re_R-1"}, "evt_refund"),
        stripe("charge.dispute.created", DISPUTE, "evt_dispute"),
        easypost("refund.successful", voided, "evt_label"),
        warehouse("inspection.reported", {"return_id": "R-1", "message_id": "ins-1"}),
    )
    assert await scene.relay() == 4
    assert [signal for signal, _ in await scene.heard(4)] == [
        "report_payout", "report_chargeback", "report_label", "report_inspection",
    ]  # fmt: skip


async def test_a_chargeback_is_told_to_every_return_that_was_paid_by_that_payment(
    scene: Scene,
) -> None:
    for return_id in ("R-1", "R-2"):
        await scene.label(return_id, f"T-{return_id}")
    await scene.post(stripe("charge.dispute.created", DISPUTE))
    assert await scene.relay() == 2
    for return_id in ("R-1", "R-2"):
        assert len(await scene.heard(1, return_id)) == 1


async def test_a_number_that_two_merchants_have_in_common_goes_to_a_person(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    other = Story(scene.story.store, tenant=f"{scene.tenant}b")
    await other.open("R-1")
    await other.label("R-1", "T1")
    await catch_up(scene.pool)
    await scene.post(tracker("T1"))
    assert await scene.relay() == 0
    assert await scene.states() == [("evt_1", "quarantined", "means returns of several merchants")]


async def test_an_account_of_one_merchant_reaches_no_other_merchants_returns(
    scene: Scene,
) -> None:
    await scene.label("R-1", "T1")
    doors = scene.make_doors()
    bound = replace(doors, settings=ApiSettings(webhook_tenants={"easypost": "somebody"}))
    await scene.post(tracker("T1"))
    assert await bound.relay.drain() == 0
    assert await scene.state_of("evt_1") == "waiting"


async def test_a_bounce_is_told_to_the_refund_by_staff_that_it_is_of(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    answer = {"state": "succeeded", "payout_ref": "re_staff"}
    key, store = f"s-{scene.tenant}", scene.story.store
    await refunded(store, scene.tenant, "W-R-1", key, OPENED, **answer)
    await catch_up(scene.pool)
    await scene.post(stripe("refund.failed", {"id": "re_staff"}))
    assert await scene.relay() == 1
    workflow = refund_id(scene.tenant, "W-R-1", key)
    handle = scene.listener.client.get_workflow_handle(workflow)
    history = await handle.fetch_history()
    await handle.terminate()
    told = [
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert told == ["report_payout"]


async def test_a_payout_not_noted_yet_is_found_by_its_instruction_after_a_moment(
    scene: Scene,
) -> None:
    await scene.label("R-1", "T1")
    await scene.story.scan("R-1", "T1")
    await scene.story.receive("R-1", "T1", {"SHIRT": 1})
    await scene.story.inspect("R-1")
    await catch_up(scene.pool)
    [instruction_id] = (await scene.story.state("R-1")).payouts
    refund = {"id": "re_of_a_lost_answer", "metadata": {"instruction_id": instruction_id}}
    await scene.post(stripe("refund.updated", refund))
    assert await scene.relay() == 0  # its own answer is on its way, and would be the newer news
    assert await scene.relay(ahead=EARLY + A_SECOND) == 1
    [(_, body)] = await scene.heard(1)
    assert body["instruction_id"] == instruction_id


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (warehouse("inspection.reported", {"message_id": "i"}), "names no return"),
        (
            warehouse("receipt.reported", {"message_id": "r", "units": []}),
            "names neither a parcel nor a return",
        ),
    ],
)
async def test_an_event_that_names_nothing_goes_to_a_person_at_once(
    scene: Scene, sent: Sent, reason: str
) -> None:
    await scene.post(sent)
    await scene.relay()
    assert await scene.states() == [("msg_1", "quarantined", reason)]


@pytest.mark.parametrize("number", ["T\x001", "T" * 201, "' OR 1=1 --"])
async def test_an_odd_reference_finds_nothing_and_stops_nothing(scene: Scene, number: str) -> None:
    await scene.label("R-1", "T1")
    await scene.post(tracker(number, event_id="evt_odd"), tracker("T1", event_id="evt_2"))
    assert await scene.relay() == 1
    assert await scene.state_of("evt_odd") == "waiting"
