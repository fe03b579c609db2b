"""The sandbox dies and lives on: its books, its time, and what it still has to tell."""

import ast
import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.audit import audit
from sandbox.books import Books
from sandbox.wire import since
from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver, listening_receiver
from tests.sandbox_process import running_sandbox

SANDBOX = Path(__file__).parents[2] / "sandbox"
OURS = {"sandbox", *sys.stdlib_module_names}
OTHERS = {
    "aiosmtpd", "cryptography", "httpx2", "reportlab", "segno", "standardwebhooks", "starlette",
    "uvicorn",
}  # fmt: skip


async def test_books_and_time_survive_a_kill(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as first, Partners(first) as outside:
        await first.client.capture("pi_1", 1000, "EUR")
        await outside.refund("pi_1", 400, "key")
        await outside.label("label:R-1:p1")
        await first.client.advance(timedelta(days=40))
        before = [await first.client.ledger(name) for name in ("payments", "labels")]
        now = await first.client.now()
        await first.kill()
    async with running_sandbox(tmp_path) as second, Partners(second) as outside:
        assert [await second.client.ledger(name) for name in ("payments", "labels")] == before
        assert await second.client.now() >= now
        again = await outside.refund("pi_1", 400, "key")
        assert again.status_code == 200
        assert len(await second.client.ledger("payments")) == 3  # the key's day was over


async def test_what_was_scripted_happens_after_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    async with running_sandbox(tmp_path, webhook_url=receiver.url) as first:
        async with Partners(first) as outside:
            await first.client.script("*", "parcel.happy")
            await outside.label("label:R-1:p1")
        await first.client.advance(timedelta(days=1))
        await first.kill()
    async with running_sandbox(tmp_path, webhook_url=receiver.url) as second:
        await second.client.advance(timedelta(days=2))
        kinds = [row["kind"] for row in await second.client.ledger("labels")]
    assert kinds == ["purchase", "scan", "scan", "delivered"]


async def test_a_webhook_that_nobody_took_is_told_after_a_kill(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1/hooks"
    async with running_sandbox(tmp_path, webhook_url=nowhere) as first:
        await first.client.capture("pi_1", 1000, "EUR")
        await first.client.chargeback("pi_1", 1000)
        await first.kill()
    async with (
        listening_receiver() as receiver,
        running_sandbox(tmp_path, webhook_url=receiver.url),
    ):
        (taken,) = await receiver.until(1)
    assert taken.body["type"] == "charge.dispute.created"


async def test_a_refund_that_was_answered_is_in_the_books_whenever_it_is_killed(
    tmp_path: Path,
) -> None:
    answered: list[str] = []
    async with running_sandbox(tmp_path) as first, Partners(first) as outside:
        await first.client.capture("pi_1", 100_000, "EUR")

        async def go_on(name: str) -> None:
            for n in range(1000):
                try:
                    answer = await outside.refund("pi_1", 10, f"{name}-{n}")
                except httpx2.TransportError:
                    return
                answered.append(answer.json()["id"])
                if len(answered) == 60:
                    await first.kill()

        await asyncio.gather(*(go_on(f"key-{n}") for n in range(8)))
    async with running_sandbox(tmp_path) as second:
        rows = await second.client.ledger("payments")
        assert await second.client.audit() == []
    booked = [row["refund_id"] for row in rows if row["kind"] == "refund"]
    assert set(answered) <= set(booked)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))


async def test_the_clock_never_goes_back(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox:
        now = await sandbox.client.now()
        await sandbox.client.advance_to(now - timedelta(days=3))
        assert await sandbox.client.now() >= now


async def test_what_is_due_happens_in_real_time_as_well(tmp_path: Path, receiver: Receiver) -> None:
    async with running_sandbox(tmp_path, webhook_url=receiver.url) as sandbox:
        async with Partners(sandbox) as outside:
            await sandbox.client.script("*", "parcel.happy", days=[0, 0, 0.000001])
            await outside.label("label:R-1:p1")
        deliveries = await receiver.until(4)
    assert deliveries[-1].body["result"]["status"] == "delivered"


def test_the_outside_knows_nothing_of_the_product() -> None:
    for file in SANDBOX.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.partition(".")[0] for name in names}
            assert roots <= OURS | OTHERS, f"{file.name}: {roots - OURS - OTHERS}"


def refund(amount_minor: int, **said: Any) -> dict[str, Any]:
    row = {"kind": "refund", "payment_ref": "pi_1", "currency": "EUR", "status": "succeeded"}
    return {**row, "amount_minor": amount_minor, **said}


CAPTURE = refund(1000, kind="capture")
PURCHASE = {"kind": "purchase", "reference": "label:1"}
SCANNED = {"kind": "scan", "reference": "label:p1:1", "label_id": "a"}
BILLED = {**SCANNED, "kind": "billed"}
VISIT = {
    "kind": "pickup_booked",
    "reference": "label:1",
    "label_id": "a",
    "tracking_number": "T-1",
}
FILED = {"kind": "filed", "tracking_number": "T-1", "type": "loss", "claim": "a"}
COUNTED = {"kind": "counted", "return_id": "R-1", "sku": "SHOE", "quantity": 1}


@pytest.mark.parametrize(
    ("ledger", "rows", "violation"),
    [
        ("payments", [CAPTURE, refund(600), refund(401)], "refunded_more_than_captured"),
        ("payments", [refund(1)], "refunded_without_capture"),
        ("payments", [refund(1, kind="credit", payment_ref="gc_1")], "refunded_without_capture"),
        ("payments", [CAPTURE, refund(1, currency="USD")], "another_currency"),
        (
            "labels",
            [{**PURCHASE, "label_id": "a"}, {**PURCHASE, "label_id": "b"}],
            "two_live_labels",
        ),
        (
            "labels",
            [
                {**PURCHASE, "reference": "transport:p1:0", "label_id": "a"},
                {**PURCHASE, "reference": "transport:p1:1", "label_id": "b"},
            ],
            "two_live_labels_for_a_parcel",
        ),
        ("labels", [BILLED], "billed_before_its_scan"),
        ("labels", [SCANNED, BILLED, BILLED], "billed_twice"),
        (
            "labels",
            [
                *(SCANNED, BILLED),
                *({**row, "reference": "label:p1:2", "label_id": "b"} for row in (SCANNED, BILLED)),
            ],
            "billed_twice",
        ),
        (
            "labels",
            [{**VISIT, "pickup_id": "a"}, {**VISIT, "pickup_id": "b"}],
            "two_visits_booked",
        ),
        ("claims", [FILED, {**FILED, "claim": "b"}], "claimed_twice"),
        (
            "claims",
            [FILED, {**FILED, "kind": "cancelled"}, {**FILED, "kind": "paid"}],
            "paid_for_a_cancelled_claim",
        ),
        (
            "warehouse",
            [COUNTED, {**COUNTED, "kind": "stock_move", "quantity": 2}],
            "moved_more_than_counted",
        ),
        (
            "mail",
            [{"step_id": "s", "message_id": "<a>"}, {"step_id": "s", "message_id": "<b>"}],
            "message_sent_twice",
        ),
        (
            "sms",
            [{"step_id": "s", "message_id": "SM1"}, {"step_id": "s", "message_id": "SM2"}],
            "message_sent_twice",
        ),
    ],
)
def test_the_audit_finds_what_does_not_add_up(
    tmp_path: Path, ledger: str, rows: list[dict[str, Any]], violation: str
) -> None:
    books = Books(tmp_path / "books.db")
    for row in rows:
        books.book(ledger, since("2026-11-24T12:00:00Z"), **row)
    found = [one["violation"] for one in audit(books)]
    books.close()
    assert found == [violation]


def test_the_audit_is_silent_when_store_credit_is_issued(tmp_path: Path) -> None:
    books = Books(tmp_path / "books.db")
    issued = refund(1, kind="credit", payment_ref="c-101")
    books.book("payments", since("2026-11-24T12:00:00Z"), **issued)
    found = audit(books)
    books.close()
    assert found == []


def test_the_audit_is_silent_when_a_bounced_refund_is_paid_again(tmp_path: Path) -> None:
    books = Books(tmp_path / "books.db")
    bounced = refund(1000, kind="refund_failed", status="failed", previous_status="succeeded")
    for row in (CAPTURE, refund(1000), bounced, refund(1000)):
        books.book("payments", since("2026-11-24T12:00:00Z"), **row)
    assert audit(books) == []
    books.close()


def test_the_audit_is_silent_when_the_second_claim_for_a_parcel_is_withdrawn(
    tmp_path: Path,
) -> None:
    books = Books(tmp_path / "books.db")
    second = {**FILED, "claim": "b"}
    for row in (FILED, second, {**second, "kind": "cancelled"}):
        books.book("claims", since("2026-11-24T12:00:00Z"), **row)
    assert audit(books) == []
    books.close()


def test_the_audit_is_silent_when_labels_lie_about_that_cost_nothing_unused(
    tmp_path: Path,
) -> None:
    books = Books(tmp_path / "books.db")
    made = [{**SCANNED, "kind": "ordered", "label_id": label} for label in "ab"]
    for row in (*made, SCANNED, BILLED):
        books.book("labels", since("2026-11-24T12:00:00Z"), **row)
    assert audit(books) == []
    books.close()


@pytest.mark.parametrize("end", ["void_requested", "scan"])
def test_the_audit_is_silent_when_a_label_is_replaced_that_was_used_or_given_back(
    tmp_path: Path, end: str
) -> None:
    first = {"reference": "transport:p1:0", "label_id": "a"}
    second = {**PURCHASE, "reference": "transport:p1:1", "label_id": "b"}
    books = Books(tmp_path / "books.db")
    for row in ({**PURCHASE, **first}, {"kind": end, **first}, second):
        books.book("labels", since("2026-11-24T12:00:00Z"), **row)
    assert audit(books) == []
    books.close()


def test_a_transaction_that_fails_leaves_nothing_in_the_books(tmp_path: Path) -> None:
    books = Books(tmp_path / "books.db")

    def fail_halfway() -> None:
        with books.transaction():
            books.put("payment", "pi_1", {"amount": 1})
            books.book("payments", since("2026-11-24T12:00:00Z"), kind="capture")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert books.get("payment", "pi_1") is None
    assert books.ledger("payments") == []
    books.close()


async def test_a_ledger_is_one_json_object_a_line(tmp_path: Path) -> None:
    async with running_sandbox(tmp_path) as sandbox:
        await sandbox.client.capture("pi_1", 1000, "EUR")
        await sandbox.client.capture("pi_2", 1000, "EUR")
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{sandbox.url}/_sandbox/payments/ledger")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["seq"], row["payment_ref"]) for row in rows] == [(1, "pi_1"), (2, "pi_2")]
