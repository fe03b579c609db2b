"""What EasyPost's events say, in the bodies that the workflow's signals take."""

import pytest

from adapters.webhooks.facts import Fact, facts_of
from tests.adapters.recordings import recorded_json
from tests.adapters.webhooks.events import MONDAY, event, pickup, seen, tracker


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
