"""What events say, in the bodies that the workflow's signals take."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.webhooks.event import SourceEvent, Unreadable
from adapters.webhooks.facts import Fact, facts_of
from domain.refusal import Refused
from domain.returns.doors import read_report
from tests.adapters.recordings import recorded_json

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def event(provider: str, kind: str, body: dict[str, Any], event_id: str = "evt_1") -> SourceEvent:
    return SourceEvent(
        provider=provider, event_id=event_id, kind=kind, occurred_at=MONDAY, body=body
    )


# ── EasyPost ──────────────────────────────────────────────────────────────────────────────


def tracker(*details: dict[str, Any], event_id: str = "evt_1") -> tuple[Fact, ...]:
    result = {"tracking_code": "T1", "status": "unknown", "tracking_details": list(details)}
    return facts_of(event("easypost", "tracker.updated", {"result": result}, event_id))


def seen(status: str, day: int, detail: str = "", **more: Any) -> dict[str, Any]:
    when = f"2026-03-{day:02}T09:00:00Z"
    return {"status": status, "status_detail": detail, "datetime": when, **more}


def test_the_published_event_tells_the_hand_over_and_the_newest_scan() -> None:
    body = recorded_json("easypost/event-body.json")
    first, last = facts_of(event("easypost", "tracker.updated", body))
    assert first.body["occurred_at"] == "2024-07-31T19:27:00+00:00"
    assert first.body["place"] == "ORLANDO, FL, US"
    assert last.body["occurred_at"] == "2024-08-02T18:50:00+00:00"
    assert (last.body["status"], last.body["carrier_code"]) == ("scanned", "AR")
    assert {first.reference, last.reference} == {"1"}


def test_a_scan_is_told_as_the_signal_takes_it() -> None:
    [fact] = tracker(seen("in_transit", 3, tracking_location={"city": "Lyon", "country": "FR"}))
    assert fact == Fact(
        signal="report_tracking",
        reference_kind="tracking",
        reference="T1",
        body={
            "message_id": fact.body["message_id"],
            "occurred_at": "2026-03-03T09:00:00+00:00",
            "source": "easypost",
            "tracking_number": "T1",
            "status": "scanned",
            "place": "Lyon, FR",
            "carrier_code": "in_transit",
        },
    )


def test_a_place_is_one_line_of_text() -> None:
    [fact] = tracker(seen("in_transit", 3, tracking_location={"city": "Ly\x00on\n", "country": 7}))
    assert fact.body["place"] == "Ly on "


def test_a_scan_has_one_id_in_whatever_event_it_comes() -> None:
    [early] = tracker(seen("in_transit", 3), event_id="evt_1")
    again, later = tracker(seen("in_transit", 3), seen("delivered", 5), event_id="evt_2")
    assert early.body == again.body
    assert later.body["message_id"] != again.body["message_id"]


def test_the_newest_scan_is_the_latest_and_not_the_last_in_the_list() -> None:
    _, newest = tracker(seen("delivered", 5), seen("in_transit", 3))
    assert newest.body["status"] == "delivered"


@pytest.mark.parametrize("status", ["pre_transit", "unknown", "cancelled", "error"])
def test_a_label_that_nobody_has_scanned_says_nothing(status: str) -> None:
    assert tracker(seen(status, 3)) == ()


@pytest.mark.parametrize(
    ("status", "detail", "ours"),
    [
        ("in_transit", "arrived_at_facility", "scanned"),
        ("in_transit", "arrived_at_hub", "at_hub"),
        ("in_transit", "held_by_customs", "customs_hold"),
        ("in_transit", "weather_delay", "delayed"),
        ("out_for_delivery", "", "scanned"),
        ("delivered", "arrived_at_destination", "delivered"),
        ("failure", "lost", "lost"),
        ("failure", "damaged", "delayed"),
        ("in_transit", "found", "found"),
        ("return_to_sender", "return", "returned_to_customer"),
        ("something_new", "", "scanned"),
    ],
)
def test_their_status_is_told_in_our_words(status: str, detail: str, ours: str) -> None:
    [fact] = tracker(seen(status, 3, detail))
    assert fact.body["status"] == ours


def test_a_tracker_without_a_history_speaks_for_itself() -> None:
    result = {"tracking_code": "T1", "status": "delivered", "updated_at": "2026-03-05T09:00:00Z"}
    [fact] = facts_of(event("easypost", "tracker.updated", {"result": result}))
    assert (fact.body["status"], fact.body["occurred_at"][:10]) == ("delivered", "2026-03-05")


def pickup(**result: Any) -> tuple[Fact, ...]:
    stated = {"id": "pickup_1", "tracking_code": "T1", "datetime": "2026-03-03T09:00:00Z", **result}
    return facts_of(event("easypost", "pickup.updated", {"result": stated}))


def test_a_visit_that_failed_is_told_with_our_code_and_theirs() -> None:
    [fact] = pickup(status="failed", exception_code="customer_unreachable")
    assert fact == Fact(
        signal="report_pickup",
        reference_kind="pickup",
        reference="pickup_1",
        body={
            "message_id": "evt_1",
            "occurred_at": "2026-03-03T09:00:00+00:00",
            "source": "easypost",
            "pickup_ref": "pickup_1",
            "tracking_number": "T1",
            "status": "failed",
            "code": "customer_unreachable",
            "carrier_code": "customer_unreachable",
        },
    )


@pytest.mark.parametrize(
    ("status", "exception_code", "ours"),
    [("failed", "D09-new", ("failed", "other")), ("failed", "", ("failed", "other")),
     ("picked_up", "", ("picked_up", None)), ("canceled", "", ("cancelled", None))],
)  # fmt: skip
def test_what_became_of_a_visit_is_told_in_our_words(
    status: str, exception_code: str, ours: tuple[str, str | None]
) -> None:
    [fact] = pickup(status=status, exception_code=exception_code)
    assert (fact.body["status"], fact.body["code"]) == ours


def test_a_new_day_for_a_visit_is_told() -> None:
    [fact] = pickup(status="failed", exception_code="weather", rebooked_for="2026-03-04T09:00:00Z")
    assert fact.body["rebooked_for"] == "2026-03-04T09:00:00+00:00"


def test_a_visit_that_we_booked_ourselves_is_no_news() -> None:
    assert pickup(status="scheduled") == ()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("refunded", "voided"), ("rejected", "void_rejected")]
)
def test_a_label_taken_back_or_not_is_told(theirs: str, ours: str) -> None:
    result = {"tracking_code": "T1", "status": theirs, "shipment_id": "shp_1"}
    [fact] = facts_of(event("easypost", "refund.successful", {"result": result}))
    assert (fact.signal, fact.reference_kind, fact.reference) == ("report_label", "label", "shp_1")
    assert fact.body == {
        "message_id": "evt_1",
        "occurred_at": MONDAY.isoformat(),
        "source": "easypost",
        "tracking_number": "T1",
        "label_ref": "shp_1",
        "status": ours,
    }


def test_a_label_taken_back_is_found_by_its_number_where_no_shipment_is_named() -> None:
    result = {"tracking_code": "T1", "status": "refunded"}
    [fact] = facts_of(event("easypost", "refund.successful", {"result": result}))
    assert (fact.reference_kind, fact.reference) == ("tracking", "T1")


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
        },
    )


def test_a_refund_that_is_not_ours_names_no_instruction() -> None:
    [fact] = stripe("refund.created", id="re_1", metadata={})
    assert fact.body["instruction_id"] == ""


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


# ── What the return takes ─────────────────────────────────────────────────────────────────

WHOLE_RECEIPT = {
    "message_id": "m-1",
    "occurred_at": "2026-03-01T12:00:00Z",
    "warehouse": "cologne",
    "parcel": {"tracking_number": "T1"},
    "units": [{"sku": "S-1", "quantity": 1}],
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
