"""Webhooks reach whoever listens: signed, late, doubled, disordered, and in the end taken."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Delivery, Receiver, listening_receiver
from tests.sandbox_process import Sandbox, running_sandbox


def proven(delivery: Delivery) -> bool:
    """Check a signature by the partner's published rule, not by the code that made it."""
    headers, raw = delivery.headers, delivery.raw
    if "x-hmac-signature" in headers:
        expected = hmac.new(b"sandbox-easypost", raw, hashlib.sha256).hexdigest()
        return headers["x-hmac-signature"] == f"hmac-sha256-hex={expected}"
    if "stripe-signature" in headers:
        stamp, given = (part.partition("=")[2] for part in headers["stripe-signature"].split(","))
        signed = f"{stamp}.".encode() + raw
        return hmac.new(b"whsec_sandbox_stripe", signed, hashlib.sha256).hexdigest() == given
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    made = hmac.new(b"sandbox-warehouse-secret", signed, hashlib.sha256).digest()
    return headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()


async def test_each_provider_signs_as_it_publishes(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    label = await outside.label("label:R-1:p1")
    await own.client.capture("pi_1", 1000, "EUR")
    await outside.refund("pi_1", 400, "key")
    parcel = {"tracking_number": label["tracking_code"]}
    await own.client.receipt({"parcel": parcel, "units": [{"sku": "SHOE", "quantity": 1}]})
    deliveries = await receiver.until(3)
    assert {delivery.path for delivery in deliveries} == {
        *("/hooks/easypost/main", "/hooks/stripe/main", "/hooks/warehouse/main")
    }
    assert all(proven(delivery) for delivery in deliveries)


async def test_the_time_in_a_signature_is_the_sandboxs(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("pi_1", "refund.pending")
    await outside.refund("pi_1", 400, "key")
    await own.client.advance(timedelta(days=40))
    settled = receiver.deliveries[-1]
    stamp = int(settled.headers["stripe-signature"].split(",")[0].removeprefix("t="))
    assert abs(stamp - settled.body["created"]) < 300


async def test_a_webhook_is_sent_until_somebody_takes_it(own: Sandbox, receiver: Receiver) -> None:
    receiver.refusals = [500, 404, 302]
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.chargeback("pi_1", 1000)
    (taken,) = await receiver.until(1)
    assert [refused.body["id"] for refused in receiver.refused] == [taken.body["id"]] * 3
    (webhook,) = await own.client.webhooks()
    assert webhook["attempts"] == 4


async def test_what_a_closed_ear_missed_is_told_when_it_listens(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox, listening_receiver() as receiver:
        await sandbox.client.capture("pi_1", 1000, "EUR")
        await sandbox.client.chargeback("pi_1", 1000)
        (waiting,) = await sandbox.client.webhooks()
        assert (waiting["state"], waiting["attempts"]) == ("pending", 0)
        await sandbox.client.send_webhooks_to("stripe", f"{receiver.url}/elsewhere")
        (taken,) = await receiver.until(1)
        assert taken.path == "/hooks/elsewhere"


async def test_a_webhook_comes_twice_under_one_id(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.fault("webhooks", "tracker", "webhook_twice", times=1)
    await outside.label("label:R-1:p1")
    first, second = await receiver.until(2)
    assert first.raw == second.raw


async def test_a_late_webhook_comes_in_its_own_time(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.fault(
        "carrier",
        "tracker.created",
        "webhook_late",
        key="R-1",
        seconds=timedelta(days=3).days * 86_400,
    )
    late = await outside.label("label:R-1:p1")
    prompt = await outside.label("label:R-2:p1")
    await own.client.advance(timedelta(days=2))
    assert [one.body["result"]["tracking_code"] for one in receiver.deliveries] == [
        prompt["tracking_code"]
    ]
    await own.client.advance(timedelta(days=1))
    assert receiver.deliveries[-1].body["result"]["tracking_code"] == late["tracking_code"]


async def test_a_shuffled_webhook_is_overtaken_by_later_ones(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("*", "parcel.happy")
    await own.client.fault("webhooks", "tracker.updated", "webhook_shuffled", times=1)
    await outside.label("label:R-1:p1")
    await own.client.advance(timedelta(days=3))
    told = [
        len(one.body["result"]["tracking_details"])
        for one in receiver.deliveries
        if one.kind == "tracker.updated"
    ]
    assert sorted(told) == [1, 2, 3]
    assert told != [1, 2, 3]


async def test_a_webhook_can_come_before_the_answer(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.fault("gateway", "refund", "webhook_before_answer")
    refund = (await outside.refund("pi_1", 400, "key")).json()
    assert [one.body["data"]["object"]["id"] for one in receiver.deliveries] == [refund["id"]]


async def test_a_forged_signature_is_followed_by_a_true_one(
    own: Sandbox, receiver: Receiver
) -> None:
    receiver.refusals = [401]
    await own.client.fault("webhooks", "*", "bad_signature", times=1)
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.chargeback("pi_1", 1000)
    (taken,) = await receiver.until(1)
    (forged,) = receiver.refused
    assert taken.raw == forged.raw
    assert [proven(forged), proven(taken)] == [False, True]


async def test_the_same_report_twice_is_told_twice_and_booked_once(
    own: Sandbox, receiver: Receiver
) -> None:
    receipt = {
        "message_id": "m-1",
        "occurred_at": "2026-11-24T12:00:00Z",
        "warehouse": "berlin",
        "returns": ["R-1"],
        "units": [{"sku": "SHOE", "quantity": 1}],
    }
    await own.client.receipt(receipt)
    await own.client.receipt(receipt)
    first, second = await receiver.until(2)
    assert first.raw == second.raw
    assert first.body == {"type": "receipt.reported", "data": receipt}
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert len(await own.client.ledger("warehouse")) == 1


@pytest.mark.parametrize("script", ["parcel.customs", "parcel.lost_and_found"])
async def test_events_come_in_order_of_time_and_carry_their_own(
    own: Sandbox, outside: Partners, receiver: Receiver, script: str
) -> None:
    await own.client.script("*", script)
    started = await own.client.now()
    await outside.label("label:R-1:p1")
    await own.client.advance(timedelta(days=30))
    times = [datetime.fromisoformat(one.body["created_at"]) for one in receiver.deliveries]
    assert times == sorted(times)
    days = [round((time - started) / timedelta(days=1)) for time in times]
    assert (
        days
        == {
            "parcel.customs": [0, 1, 2, 3, 6, 7],
            "parcel.lost_and_found": [0, 1, 2, 10, 14, 15],
        }[script]
    )
