"""Sendcloud and Shopify: theirs by their published vectors, and what they say."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.webhooks import VERIFIERS, sendcloud, shopify
from adapters.webhooks.event import Forged, SourceEvent, Unreadable, Verifier
from adapters.webhooks.facts import facts_of
from domain.refusal import Refused
from domain.returns.doors import read_report
from tests.adapters.recordings import recorded_json
from tests.adapters.webhooks.test_verifiers import vector_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def packed(body: Any) -> bytes:
    return json.dumps(body).encode()


def of_sendcloud(raw: bytes, *secrets: str, signed_by: str = "s") -> SourceEvent:
    headers = {"Sendcloud-Signature": sendcloud.sign(raw, signed_by)}
    return VERIFIERS["sendcloud"](raw, headers, secrets or ("s",), NOW)


def of_shopify(raw: bytes, *secrets: str, signed_by: str = "s", **more: str) -> SourceEvent:
    headers = {"X-Shopify-Hmac-SHA256": shopify.sign(raw, signed_by), **more}
    return VERIFIERS["shopify"](raw, headers, secrets or ("s",), NOW)


PARCEL = packed({"action": "parcel_status_changed", "timestamp": 1772359200000,
                 "parcel": {"tracking_number": "T1", "status": {"id": 11, "message": "Delivered"}}})  # fmt: skip
REFUND = packed({"id": 1, "order_id": 2, "created_at": "2026-03-01T09:00:00Z",
                 "refund_line_items": [], "transactions": []})  # fmt: skip
TAKES = pytest.mark.parametrize(
    "take",
    [
        pytest.param(lambda *keys, **how: of_sendcloud(PARCEL, *keys, **how), id="sendcloud"),
        pytest.param(lambda *keys, **how: of_shopify(REFUND, *keys, **how), id="shopify"),
    ],
)


@TAKES
def test_either_of_two_live_secrets_will_do(take: Any) -> None:
    assert take("new", "old", signed_by="old") == take("new", "old", signed_by="new")


@TAKES
@pytest.mark.parametrize("secrets", [("another",), ("",)])
def test_without_a_live_secret_it_is_a_forgery(take: Any, secrets: tuple[str, ...]) -> None:
    with pytest.raises(Forged):
        take(*secrets, signed_by="")


@pytest.mark.parametrize(
    ("verify", "raw", "name"),
    [
        (VERIFIERS["sendcloud"], PARCEL, "Sendcloud-Signature"),
        (VERIFIERS["shopify"], REFUND, "X-Shopify-Hmac-SHA256"),
    ],
    ids=["sendcloud", "shopify"],
)
@given(garbage=st.text(max_size=60))
def test_a_garbled_or_missing_signature_is_a_forgery(
    verify: Verifier, raw: bytes, name: str, garbage: str
) -> None:
    for headers in ({name: garbage}, {}):
        with pytest.raises(Forged):
            verify(raw, headers, ["s"], NOW)


def test_the_published_vector_of_sendcloud_holds() -> None:
    vector = vector_of("sendcloud")
    raw, headers = vector["body"].encode(), {vector["header"]: vector["signature"]}
    with pytest.raises(Unreadable, match="action"):  # the signature holds; the body is no event
        VERIFIERS["sendcloud"](raw, headers, [vector["secret"]], NOW)
    with pytest.raises(Forged):
        VERIFIERS["sendcloud"](raw.replace(b"value", b"valve"), headers, [vector["secret"]], NOW)


def test_what_shopify_says_in_headers_that_it_does_not_sign_counts_for_nothing() -> None:
    told = of_shopify(REFUND, **{"X-Shopify-Topic": "orders/paid", "X-Shopify-Webhook-Id": "1"})
    again = of_shopify(REFUND, **{"X-Shopify-Webhook-Id": "2"})
    assert told == again
    assert told.kind == "refund"


def test_a_refund_made_in_shopify_leads_to_the_payment_providers_name_for_it() -> None:
    body = recorded_json("shopify/refund.json")["refund"]
    [fact] = facts_of(of_shopify(packed(body)))
    assert (fact.signal, fact.reference_kind, fact.reference) == (
        "report_payout",
        "payout",
        body["transactions"][0]["authorization"],
    )
    assert fact.only_if_known
    assert not isinstance(read_report(fact.signal, json.dumps(fact.body)), Refused)


def test_an_order_of_shopify_tells_of_each_refund_that_it_holds() -> None:
    refund = recorded_json("shopify/refund.json")["refund"]
    order = recorded_json("shopify/order.json")["order"] | {"refunds": [refund, refund | {"id": 2}]}
    event = of_shopify(packed(order))
    assert event.kind == "order"
    assert [fact.signal for fact in facts_of(event)] == ["report_payout", "report_payout"]


@pytest.mark.parametrize(
    ("message", "said"),
    [("Delivered", "delivered"), ("Returned to sender", "returned_to_customer"),
     ("At Customs", "customs_hold"), ("Delivery attempt failed", "delayed"),
     ("At sorting centre", "at_hub"), ("Ready to send", None), ("Not in our list", None)],
)  # fmt: skip
def test_a_state_of_sendcloud_is_read_by_its_sentence_and_never_by_its_number(
    message: str, said: str | None
) -> None:
    body = {"action": "parcel_status_changed", "timestamp": 1772359200000,
            "parcel": {"tracking_number": "T1", "status": {"id": 11, "message": message}}}  # fmt: skip
    facts = facts_of(of_sendcloud(packed(body)))
    assert [fact.body["status"] for fact in facts] == ([said] if said else [])
    for fact in facts:
        assert fact.body["occurred_at"] == "2026-03-01T10:00:00+00:00"
        assert not isinstance(read_report(fact.signal, json.dumps(fact.body)), Refused)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parcel": {}},
        {"parcel": {"status": {"id": 11}}},
        {"parcel": {"status": {"id": 11, "message": "Delivered"}}},
    ],
)
def test_a_parcel_that_says_nothing_of_itself_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        facts_of(of_sendcloud(packed({"action": "parcel_status_changed", **body})))


def test_a_refund_with_transactions_that_are_none_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        facts_of(
            of_shopify(packed({"order_id": 1, "refund_line_items": [], "transactions": {"a": 1}}))
        )


def test_the_signature_of_shopify_is_in_base_64() -> None:
    assert len(shopify.sign(b"x", "s")) == len(b64encode(bytes(32)))
