"""Adyen's and PayPal's dialects: what they answer and tell has the shape of the published."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.adyen import notification, received
from sandbox.paypal_objects import info, shown
from sandbox.wire import since
from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "adyen" / "webhook-examples.extract.json"

published = pytest.mark.skipif(not EXAMPLES.is_file(), reason="no examples of Adyen here")

REFUND = {
    "id": "REF-1", "payment_ref": "PSP-1", "value": 1000, "currency": "EUR",
    "reference": "payout-1", "status": "succeeded", "why": "", "key": "payout-1",
}  # fmt: skip


@published
@pytest.mark.parametrize("event", ["REFUND", "REFUND_FAILED"])
def test_what_is_told_has_the_fields_of_the_published_event(event: str) -> None:
    at = since("2026-03-01T12:00:00Z")
    ours = notification(REFUND, event, at, success=True)
    [theirs] = json.loads(EXAMPLES.read_text())[event]
    assert ours.keys() == theirs.keys()
    mine, example = (
        one["notificationItems"][0]["NotificationRequestItem"] for one in (ours, theirs)
    )
    assert mine.keys() - {"additionalData"} == example.keys() - {"additionalData"}
    assert all(type(mine[name]) is type(example[name]) for name in example.keys() & mine.keys())


def test_a_receipt_has_the_fields_that_adyen_documents() -> None:
    assert received(REFUND).keys() == {
        "merchantAccount", "paymentPspReference", "pspReference", "reference", "status", "amount",
    }  # fmt: skip


def test_a_refund_of_paypal_says_its_amount_as_decimal_text_and_its_report_below_zero() -> None:
    refund = {
        "id": "R", "capture": "C", "minor": 1085, "currency": "KWD", "invoice_id": "payout-1",
        "custom_id": "", "status": "COMPLETED", "at": "2026-03-01T12:00:00Z",
    }  # fmt: skip
    assert shown(refund)["amount"] == {"currency_code": "KWD", "value": "1.085"}
    assert info(refund)["transaction_amount"] == {"currency_code": "KWD", "value": "-1.085"}


async def adyen_refund(outside: Partners, sandbox: Sandbox, value: int, key: str) -> str:
    answer = await outside.gateway.post(
        f"{sandbox.url}/adyen/v71/payments/psp_1/refunds",
        json={
            "merchantAccount": "BackhaulSandbox",
            "amount": {"value": value, "currency": "EUR"},
            "reference": key,
        },
        headers={"X-API-Key": "AQE-sandbox", "Idempotency-Key": key},
    )
    assert answer.status_code == 201
    return str(answer.json()["pspReference"])


async def test_adyen_receives_what_it_will_refuse_and_tells_so_later(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("psp_1", 1000, "EUR")
    await adyen_refund(outside, own, 700, "one")
    await adyen_refund(outside, own, 301, "two")
    bodies = [delivery.body for delivery in await receiver.until(2)]
    items = [body["notificationItems"][0]["NotificationRequestItem"] for body in bodies]
    assert {item["merchantReference"]: item["success"] for item in items} == {
        "one": "true", "two": "false",
    }  # fmt: skip
    assert await own.client.audit() == []


async def test_adyen_takes_a_refund_back_on_the_ninth_day_and_knows_a_key_for_seven(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("psp_1", 1000, "EUR")
    await own.client.script("psp_1", "refund.fails_later")
    first = await adyen_refund(outside, own, 400, "one")
    await own.client.advance(timedelta(days=6))
    assert await adyen_refund(outside, own, 400, "one") == first
    await own.client.advance(timedelta(days=3))
    kinds = [
        delivery.body["notificationItems"][0]["NotificationRequestItem"]["eventCode"]
        for delivery in receiver.deliveries
    ]
    assert kinds == ["REFUND", "REFUND_FAILED"]
    assert await adyen_refund(outside, own, 400, "one") != first
