"""What events say, in the bodies that the workflow's signals take."""

import json
from typing import Any

import pytest

from adapters.webhooks.event import Unreadable
from adapters.webhooks.facts import Fact, facts_of
from domain.refusal import Refused
from domain.returns.doors import read_report
from tests.adapters.recordings import recorded_json
from tests.adapters.webhooks.events import MONDAY, event, pickup, seen, tracker

# ── Stripe ────────────────────────────────────────────────────────────────────────────────


def stripe(kind: str, **what: Any) -> tuple[Fact, ...]:
    return facts_of(event("stripe", kind, {"data": {"object": what}}))


@pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "refund.failed"])
def test_a_refund_that_moved_is_a_hint_and_no_more(kind: str) -> None:
    metadata = {"instruction_id": "payout:1"}
    [fact] = stripe(kind, id="re_1", amount=1085, status="failed", metadata=metadata)
    assert fact == Fact(
        signal="report_payout",
        reference_kind="payout",
        reference="re_1",
        body={
            "message_id": "evt_1",
            "occurred_at": MONDAY.isoformat(),
            "source": "stripe",
            "payout_ref": "re_1",
            "instruction_id": "payout:1",
            "status": "failed",
        },
    )


def test_a_refund_that_is_not_ours_names_no_instruction() -> None:
    [fact] = stripe("refund.created", id="re_1", metadata={})
    assert fact.body["instruction_id"] == ""


@pytest.mark.parametrize(
    ("kind", "status"), [("checkout.session.completed", "paid"), ("checkout.session.expired", "")]
)
def test_a_bill_that_was_paid_or_is_over_is_a_hint_and_no_more(kind: str, status: str) -> None:
    [fact] = stripe(kind, id="cs_1", metadata={"instruction_id": "bill-1"}, payment_status="paid")
    assert (fact.signal, fact.reference_kind, fact.reference) == ("report_payout", "payout", "cs_1")
    assert (fact.body["instruction_id"], fact.body["status"]) == ("bill-1", status)


def test_a_hold_that_was_taken_or_let_go_is_a_hint_and_a_payment_of_a_bill_is_none() -> None:
    held = {"id": "pi_1", "metadata": {"instruction_id": "hold-1"}}
    [fact] = stripe("payment_intent.canceled", capture_method="manual", **held)
    assert (fact.signal, fact.reference, fact.body["status"]) == (
        "report_payout", "pi_1", "released",
    )  # fmt: skip
    assert stripe("payment_intent.succeeded", capture_method="automatic", **held) == ()


def test_a_checkout_of_the_shops_own_says_nothing_of_returns() -> None:
    assert stripe("checkout.session.completed", id="cs_1", metadata={}) == ()


def test_a_disputed_payment_is_told_with_its_amount() -> None:
    [fact] = stripe("charge.dispute.created", payment_intent="pi_1", amount=1000, currency="usd")
    assert (fact.signal, fact.reference_kind, fact.reference) == (
        "report_chargeback",
        "payment",
        "pi_1",
    )
    assert fact.body["amount"] == {"amount_minor": 1000, "currency": "USD"}
    assert fact.body["status"] == "opened"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("won", "won"), ("lost", "lost"), ("warning_closed", "won")]
)
def test_a_dispute_ends_for_us_or_against_us(theirs: str, ours: str) -> None:
    stated = {"charge": "ch_1", "payment_intent": None, "amount": 1, "currency": "eur"}
    [fact] = stripe("charge.dispute.closed", status=theirs, **stated)
    assert (fact.reference, fact.body["status"]) == ("ch_1", ours)


def test_the_published_dispute_is_read() -> None:
    published = recorded_json("stripe/fixtures3.json")["resources"]["dispute"]
    [fact] = stripe("charge.dispute.created", **published)
    assert fact.reference == "ch_1PgafuB7WZ01zgkWXYmPNZs8"


# ── Warehouse ─────────────────────────────────────────────────────────────────────────────

RECEIPT = {"message_id": "m-1", "parcel": {"tracking_number": "T1"}, "units": []}


def warehouse(kind: str, data: dict[str, Any]) -> tuple[Fact, ...]:
    return facts_of(event("warehouse", kind, {"type": kind, "data": data}))


def test_a_receipt_is_handed_on_as_it_is_and_found_by_its_parcel() -> None:
    [fact] = warehouse("receipt.reported", RECEIPT)
    body = {**RECEIPT, "source": "warehouse"}
    assert fact == Fact("report_receipt", "tracking", "T1", body)


def test_a_receipt_for_two_returns_is_told_to_both() -> None:
    one, other = warehouse("receipt.reported", {**RECEIPT, "returns": ["R-1", "R-2"]})
    assert (one.reference_kind, one.reference, other.reference) == ("return", "R-1", "R-2")


def test_a_receipt_without_a_parcel_belongs_to_a_person() -> None:
    [fact] = warehouse("receipt.reported", {"message_id": "m-1", "units": []})
    assert fact.reference == ""


def test_an_inspection_is_told_to_its_return() -> None:
    [fact] = warehouse("inspection.reported", {"return_id": "R-1", "units": []})
    assert (fact.signal, fact.reference) == ("report_inspection", "R-1")
    assert fact.body["message_id"] == "evt_1"


def test_goods_sent_instead_are_told_to_the_return_they_are_for() -> None:
    [fact] = warehouse("replacement.shipped", WHOLE_SHIPMENT)
    assert (fact.signal, fact.reference) == ("report_replacement", "R-1")
    assert fact.body["order_ref"] == "wo-1"


# ── What the return takes ─────────────────────────────────────────────────────────────────

WHOLE_RECEIPT = {
    "message_id": "m-1",
    "occurred_at": "2026-03-01T12:00:00Z",
    "warehouse": "cologne",
    "parcel": {"tracking_number": "T1"},
    "units": [{"sku": "S-1", "quantity": 1}],
}
WHOLE_SHIPMENT = {
    "message_id": "m-3",
    "occurred_at": "2026-03-01T12:00:00Z",
    "return_id": "R-1",
    "order_id": "wo-1",
    "reference": "acme:R-1:replace:1.1",
    "tracking_number": "T9",
    "sku": "S-2",
    "quantity": 1,
}
WHOLE_INSPECTION = {
    "message_id": "m-2",
    "occurred_at": "2026-03-01T12:00:00Z",
    "warehouse": "cologne",
    "return_id": "R-1",
    "inspector": "op-3",
    "units": [{"line_id": "1", "unit": 1, "grade": "like_new", "note": "", "photos": []}],
}


@pytest.mark.parametrize(
    "told",
    [
        tracker(seen("in_transit", 3), seen("failure", 4, "lost")),
        pickup(status="failed", exception_code="D09-new"),
        pickup(status="picked_up"),
        pickup(status="canceled"),
        facts_of(
            event(
                "easypost",
                "refund.updated",
                {"result": {"tracking_code": "T1", "status": "rejected"}},
            )
        ),
        stripe("refund.updated", id="re_1", metadata={}),
        stripe("charge.dispute.created", payment_intent="pi_1", amount=1000, currency="jpy"),
        warehouse("receipt.reported", WHOLE_RECEIPT),
        warehouse("inspection.reported", WHOLE_INSPECTION),
        warehouse("replacement.shipped", WHOLE_SHIPMENT),
    ],
    ids=lambda told: f"{told[0].signal} {told[0].body.get('status', '')}",
)
def test_every_fact_is_a_report_that_a_return_takes(told: tuple[Fact, ...]) -> None:
    for fact in told:
        report = read_report(fact.signal, json.dumps(fact.body))
        assert not isinstance(report, Refused), report


# ── What says nothing, and what says too little ───────────────────────────────────────────


@pytest.mark.parametrize(
    ("provider", "kind"),
    [("easypost", "batch.created"), ("stripe", "charge.captured"), ("warehouse", "stock.counted")],
)
def test_an_event_about_something_else_says_nothing(provider: str, kind: str) -> None:
    assert facts_of(event(provider, kind, {})) == ()


@pytest.mark.parametrize(
    ("provider", "kind", "body"),
    [
        ("easypost", "tracker.updated", {}),
        ("easypost", "tracker.updated", {"result": {"status": "delivered"}}),
        ("easypost", "pickup.updated", {"result": {"status": "failed"}}),
        ("easypost", "refund.successful", {"result": {"status": "refunded"}}),
        ("stripe", "refund.updated", {"data": {}}),
        ("stripe", "refund.updated", {"data": {"object": {"id": 7}}}),
        ("stripe", "charge.dispute.created", {"data": {"object": {"charge": "ch_1"}}}),
        ("stripe", "charge.dispute.closed", {"data": {"object": {"status": "odd"}}}),
        ("warehouse", "receipt.reported", {"data": []}),
    ],
)
def test_an_event_that_says_too_little_is_unreadable(
    provider: str, kind: str, body: dict[str, Any]
) -> None:
    with pytest.raises(Unreadable):
        facts_of(event(provider, kind, body))
