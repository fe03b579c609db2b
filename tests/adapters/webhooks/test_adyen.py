"""Adyen's published events and signature, in our words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.webhooks.adyen import sign, verify
from adapters.webhooks.adyen_facts import adyen_facts
from adapters.webhooks.event import Forged, SourceEvent, Unreadable
from tests.adapters.recordings import recorded_json

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"a key".hex()

ITEM: dict[str, Any] = {
    "amount": {"currency": "EUR", "value": 1000},
    "eventCode": "REFUND",
    "eventDate": "2026-03-01T01:00:00+01:00",
    "merchantAccountCode": "SHOP",
    "merchantReference": "payout-1",
    "originalReference": "PSP-1",
    "pspReference": "REF-1",
    "reason": "",
    "success": "true",
}


def body_of(item: dict[str, Any], signature: str | None = None) -> bytes:
    more = {**item.get("additionalData", {}), "hmacSignature": signature or sign(item, KEY)}
    signed = {**item, "additionalData": more}
    return json.dumps(
        {"live": "false", "notificationItems": [{"NotificationRequestItem": signed}]}
    ).encode()


def read(item: dict[str, Any]) -> SourceEvent:
    return verify(body_of(item), {}, [KEY], NOW)


def vector() -> dict[str, Any]:
    [found] = [one for one in recorded_json("signatures/vectors.json") if one["scheme"] == "adyen"]
    return dict(found)


def test_the_published_signature_is_ours() -> None:
    published = vector()
    assert sign(published["item"], published["key_hex"]) == published["signature"]


@pytest.mark.parametrize(
    "field",
    ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "eventCode",
     "success", "amount.value", "amount.currency"],
)  # fmt: skip
def test_whatever_is_signed_cannot_be_altered(field: str) -> None:
    item = json.loads(json.dumps(ITEM))
    outer, _, inner = field.partition(".")
    if inner:
        item[outer][inner] = 999 if inner == "value" else "USD"
    else:
        item[outer] = "another"
    with pytest.raises(Forged):
        verify(body_of(item, sign(ITEM, KEY)), {}, [KEY], NOW)


def test_what_is_not_signed_never_becomes_more_than_a_word() -> None:
    altered = {**ITEM, "success": "false", "reason": "Insufficient balance on payment"}
    event = verify(body_of(altered, sign({**altered, "reason": ""}, KEY)), {}, [KEY], NOW)
    [fact] = adyen_facts(event)
    assert (fact.proven["state"], fact.proven["reason"]) == ("failed", "exceeds_captured")


@pytest.mark.parametrize("secrets", [[], [""], [b"another".hex()], ["no hex"]])
def test_without_a_live_secret_it_is_a_forgery(secrets: list[str]) -> None:
    with pytest.raises(Forged):
        verify(body_of(ITEM), {}, secrets, NOW)


def test_the_older_of_two_live_secrets_will_do() -> None:
    assert verify(body_of(ITEM), {}, [b"new".hex(), KEY], NOW).event_id == "REF-1:REFUND:true"


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"notificationItems": []}', b'{"notificationItems": [{}]}',
     b'{"notificationItems": [{"NotificationRequestItem": []}]}'],
)  # fmt: skip
def test_what_holds_no_signed_item_is_a_forgery(raw: bytes) -> None:
    with pytest.raises(Forged):
        verify(raw, {}, [KEY], NOW)


def test_an_event_about_a_refund_that_names_none_cannot_be_read() -> None:
    with pytest.raises(Unreadable):
        adyen_facts(read({**ITEM, "pspReference": ""}))


@pytest.mark.parametrize("reference", ["", "with\x00zero"])
def test_a_reference_of_ours_that_is_none_is_left_out(reference: str) -> None:
    [fact] = adyen_facts(read({**ITEM, "merchantReference": reference}))
    assert (fact.reference, fact.proven["instruction_id"]) == ("REF-1", "")


def test_a_time_that_is_none_is_the_time_of_its_coming() -> None:
    assert read({**ITEM, "eventDate": "yesterday"}).occurred_at == NOW


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [("REFUND", "failed", "not_refundable"), ("REFUND_FAILED", "failed", "declined_by_bank"),
     ("REFUNDED_REVERSED", "failed", "declined_by_bank"),
     ("REFUND_WITH_DATA", "succeeded", ""), ("POSTPONED_REFUND", "pending", ""),
     ("VOID_PENDING_REFUND", "cancelled", "")],
)  # fmt: skip
def test_each_published_event_about_a_refund_says_how_it_stands(
    kind: str, state: str, reason: str
) -> None:
    [example] = recorded_json("adyen/webhook-examples.extract.json")[kind]
    item = example["notificationItems"][0]["NotificationRequestItem"]
    [fact] = adyen_facts(read(item))
    assert (fact.proven["state"], fact.proven["reason"]) == (state, reason)
    assert (fact.reference_kind, fact.reference) == ("payout", "QFQTPCQ8HXSKGK82")
    assert fact.proven["amount"] == {"amount_minor": 1000, "currency": "EUR"}
    assert fact.body["instruction_id"] == item["merchantReference"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("CHARGEBACK", "opened"), ("SECOND_CHARGEBACK", "opened"), ("CHARGEBACK_REVERSED", "won"),
     ("DISPUTE_DEFENSE_PERIOD_ENDED", "lost")],
)  # fmt: skip
def test_each_published_event_about_a_dispute_is_told(kind: str, status: str) -> None:
    [example] = recorded_json("adyen/webhook-examples.extract.json")[kind]
    item = example["notificationItems"][0]["NotificationRequestItem"]
    [fact] = adyen_facts(read(item))
    assert (fact.signal, fact.body["status"]) == ("report_chargeback", status)
    assert fact.reference == item.get("originalReference", item["pspReference"])


@pytest.mark.parametrize(
    "kind", ["CAPTURE", "CAPTURE_FAILED", "CANCEL_OR_REFUND", "NOTIFICATION_OF_CHARGEBACK"]
)
def test_other_published_events_say_nothing_of_returns(kind: str) -> None:
    [example] = recorded_json("adyen/webhook-examples.extract.json")[kind]
    item = example["notificationItems"][0]["NotificationRequestItem"]
    assert adyen_facts(read(item)) == ()
