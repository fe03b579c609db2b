"""PayPal's webhooks: proven over the raw bytes with a certificate from PayPal's own hosts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from activities.failures import Unavailable
from adapters.webhooks.event import Forged, SourceEvent, Unreadable
from adapters.webhooks.paypal import verifier
from adapters.webhooks.paypal_certificates import LARGEST, MOST_A_MINUTE, PayPalCertificates
from adapters.webhooks.paypal_facts import OUTCOMES, paypal_facts
from tests.adapters.webhooks.paypal_seal import (
    A_DAY,
    CERT_URL,
    NOW,
    REFUNDED,
    WEBHOOK,
    certificate,
    headers_of,
    raw_of,
)
from tests.adapters.wire import says, serving

RAW = raw_of()
GOOD = headers_of(RAW)


def verify(
    raw: bytes = RAW, headers: Any = GOOD, secrets: Any = (WEBHOOK,), pem: bytes = b""
) -> SourceEvent:
    return verifier(pem or certificate())(raw, headers, secrets, NOW)


def test_what_they_have_signed_is_read() -> None:
    event = verify()
    assert (event.provider, event.event_id, event.kind) == (
        "paypal", "WH-E-1", "PAYMENT.CAPTURE.REFUNDED",
    )  # fmt: skip
    assert event.occurred_at == NOW - timedelta(minutes=1)


def test_two_webhooks_ids_live_while_one_is_replaced_and_then_one() -> None:
    for webhook in ("WH-old", "WH-new"):
        headers = headers_of(RAW, webhook=webhook)
        assert verify(headers=headers, secrets=("WH-new", "WH-old")).event_id == "WH-E-1"
    with pytest.raises(Forged):
        verify(headers=headers_of(RAW, webhook="WH-old"), secrets=("WH-new",))


@pytest.mark.parametrize(
    "headers",
    [
        {**GOOD, "Paypal-Transmission-Id": "T-2"},
        {**GOOD, "Paypal-Transmission-Time": "2026-03-01T12:00:01Z"},
        {**GOOD, "Paypal-Transmission-Sig": "bm90IHRoZWlycw=="},
        {**GOOD, "Paypal-Transmission-Sig": "no base 64!"},
        {**GOOD, "Paypal-Auth-Algo": "SHA1withRSA"},
        {name: value for name, value in GOOD.items() if "Sig" not in name},
        headers_of(RAW, at=NOW - 5 * A_DAY),
        headers_of(RAW, at=NOW + timedelta(hours=1)),
    ],
)
def test_another_transmission_is_a_forgery(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        verify(headers=headers)


@pytest.mark.parametrize("raw", [RAW + b" ", RAW.replace(b"REF1", b"REF2"), b""])
def test_other_bytes_are_a_forgery_before_they_are_read(raw: bytes) -> None:
    with pytest.raises(Forged):
        verify(raw=raw)


@pytest.mark.parametrize(
    "pem",
    [
        certificate(whose="somebody else"),
        certificate(common_name="messageverificationcerts.paypal.com.evil.example"),
        certificate(common_name="notpaypal.com"),
        certificate(begins=NOW - 9 * A_DAY, ends=NOW - A_DAY),
        b"no certificate",
    ],
)
def test_a_certificate_that_is_not_theirs_or_not_in_force_proves_nothing(pem: bytes) -> None:
    with pytest.raises(Forged):
        verify(pem=pem)


def test_an_empty_id_of_ours_lets_nobody_sign() -> None:
    with pytest.raises(Forged):
        verify(headers=headers_of(RAW, webhook=""), secrets=("",))


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as opened:
        yield opened


# ── Where certificates come from ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../x",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?to=https://evil.example",
        "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_certificate_is_asked_for_nowhere_but_at_paypals(
    url: str, client: httpx2.AsyncClient
) -> None:
    with pytest.raises(Forged):
        await PayPalCertificates(client).of({"paypal-cert-url": url})


async def test_a_certificate_is_fetched_once_and_kept(client: httpx2.AsyncClient) -> None:
    async with serving(lambda _request: says(200, certificate())) as wire:
        certificates = PayPalCertificates(client, base_url=wire.url, now=lambda: NOW)
        headers = {"paypal-cert-url": f"{wire.url}/v1/notifications/certs/CERT-1"}
        for _ in range(3):
            assert await certificates.of(headers) == certificate()
        assert len(wire.requests) == 1
        with pytest.raises(Forged):
            await certificates.of({"paypal-cert-url": CERT_URL})  # the stand-in's alone


async def test_whoever_names_ever_other_certificates_is_not_followed_for_long(
    client: httpx2.AsyncClient,
) -> None:
    async with serving(lambda _request: says(404)) as wire:
        certificates = PayPalCertificates(client, base_url=wire.url, now=lambda: NOW)
        place = f"{wire.url}/v1/notifications/certs/CERT-"
        for number in range(MOST_A_MINUTE):
            with pytest.raises(Forged):
                await certificates.of({"paypal-cert-url": f"{place}{number}"})
        with pytest.raises(Unavailable):
            await certificates.of({"paypal-cert-url": f"{place}x"})
        assert len(wire.requests) == MOST_A_MINUTE


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (says(200, b"x" * (LARGEST + 1)), Forged),
        (says(302, headers={"Location": "http://127.0.0.1:1/"}), Unavailable),
        (says(500), Unavailable),
    ],
)
async def test_what_is_no_certificate_is_not_taken_for_one(
    client: httpx2.AsyncClient, answer: list[bytes], failure: type[Exception]
) -> None:
    async with serving(lambda _request: answer) as wire:
        certificates = PayPalCertificates(client, base_url=wire.url, now=lambda: NOW)
        with pytest.raises(failure):
            await certificates.of({"paypal-cert-url": f"{wire.url}/v1/notifications/certs/CERT-1"})


# ── In our words ──────────────────────────────────────────────────────────────────────────


def event(kind: str, resource: Any) -> SourceEvent:
    return SourceEvent("paypal", "WH-E-1", kind, NOW, {**REFUNDED, "resource": resource})


@pytest.mark.parametrize(
    ("kind", "status", "ours"),
    [
        ("PAYMENT.CAPTURE.REFUNDED", "COMPLETED", "succeeded"),
        ("PAYMENT.REFUND.PENDING", "PENDING", "pending"),
        ("PAYMENT.REFUND.FAILED", "FAILED", "failed"),
    ],
)
def test_a_refund_that_moved_is_a_hint_to_its_payout(kind: str, status: str, ours: str) -> None:
    refund = {"id": "REF1", "invoice_id": "payout-1", "status": status}
    [fact] = paypal_facts(event(kind, refund))
    assert (fact.signal, fact.reference_kind, fact.reference) == ("report_payout", "payout", "REF1")
    assert (fact.body["instruction_id"], fact.body["status"]) == ("payout-1", ours)


DISPUTE: dict[str, Any] = {
    "dispute_id": "PP-D-1",
    "dispute_amount": {"currency_code": "EUR", "value": "10.00"},
    "disputed_transactions": [{"seller_transaction_id": "CAP1"}],
}


def test_a_dispute_is_a_chargeback_of_its_capture() -> None:
    [fact] = paypal_facts(event("CUSTOMER.DISPUTE.CREATED", DISPUTE))
    assert (fact.signal, fact.reference_kind, fact.reference) == (
        "report_chargeback", "payment", "CAP1",
    )  # fmt: skip
    assert (fact.body["amount"], fact.body["status"]) == (
        {"amount_minor": 1_000, "currency": "EUR"}, "opened",
    )  # fmt: skip


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_dispute_ends_as_they_say(outcome: str) -> None:
    ended = {**DISPUTE, "dispute_outcome": {"outcome_code": outcome}}
    [fact] = paypal_facts(event("CUSTOMER.DISPUTE.RESOLVED", ended))
    assert (fact.body["chargeback_id"], fact.body["status"]) == ("PP-D-1", OUTCOMES[outcome])


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("CUSTOMER.DISPUTE.RESOLVED", {**DISPUTE, "dispute_outcome": {"outcome_code": "NONE"}}),
        ("CUSTOMER.DISPUTE.CREATED", {**DISPUTE, "disputed_transactions": []}),
        ("CUSTOMER.DISPUTE.CREATED", {**DISPUTE, "dispute_amount": {"value": "1,00"}}),
        ("PAYMENT.REFUND.FAILED", {"status": "FAILED"}),
        ("PAYMENT.REFUND.FAILED", None),
    ],
)
def test_what_does_not_say_what_it_must_goes_to_a_person(kind: str, resource: Any) -> None:
    with pytest.raises(Unreadable):
        paypal_facts(event(kind, resource))


def test_other_events_say_nothing_of_returns() -> None:
    assert paypal_facts(event("PAYMENT.CAPTURE.COMPLETED", {"id": "CAP1"})) == ()
