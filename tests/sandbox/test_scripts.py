"""What the outside does by itself, from the label to the inspection."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.control_client import SandboxRefused
from sandbox.wire import since
from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox

MONTH = timedelta(days=30)


async def send_back(
    own: Sandbox, outside: Partners, *scripts: str, parcels: int = 1, **params: Any
) -> list[str]:
    """Script a return, buy its labels, announce two shoes, and let a month pass."""
    for script in scripts:
        await own.client.script("R-1", script, **params)
    labels = [await outside.label(f"label:R-1:p{n + 1}") for n in range(parcels)]
    numbers = [label["tracking_code"] for label in labels]
    await outside.announce("R-1", numbers)
    await own.client.advance(MONTH)
    return numbers


def reports(receiver: Receiver, kind: str) -> list[dict[str, Any]]:
    return [one.body["data"] for one in receiver.deliveries if one.kind == kind]


def units(receipt: dict[str, Any]) -> list[tuple[str, int]]:
    return [(unit["sku"], unit["quantity"]) for unit in receipt["units"]]


async def test_a_happy_parcel_is_scanned_delivered_counted_and_inspected(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    (number,) = await send_back(own, outside, "parcel.happy")
    assert receiver.kinds() == [
        "tracker.created",
        *("tracker.updated", "tracker.updated", "tracker.updated"),
        *("receipt.reported", "inspection.reported"),
    ]
    (receipt,) = reports(receiver, "receipt.reported")
    assert receipt["parcel"] == {"tracking_number": number}
    assert receipt["returns"] == ["R-1"]
    assert receipt["warehouse"] == "berlin"
    assert receipt["units"] == [{"sku": "SHOE", "line_id": "1", "quantity": 2}]
    (inspection,) = reports(receiver, "inspection.reported")
    assert [(unit["line_id"], unit["unit"], unit["grade"]) for unit in inspection["units"]] == [
        ("1", 1, "like_new"),
        ("1", 2, "like_new"),
    ]


async def test_what_was_in_the_box_and_what_was_counted_are_booked_apart(
    own: Sandbox, outside: Partners
) -> None:
    await send_back(own, outside, "parcel.happy")
    rows = await own.client.ledger("warehouse")
    assert [(row["kind"], row["quantity"]) for row in rows] == [
        *(("announced", 1), ("announced", 1)),
        *(("boxed", 2), ("counted", 2)),
        *(("inspected", 1), ("inspected", 1)),
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("receipt.one_more", [("SHOE", 3)]),
        ("receipt.wrong_item", [("WRONG-SHOE", 1), ("SHOE", 1)]),
        ("receipt.short", [("SHOE", 1)]),
    ],
)
async def test_the_dock_finds_what_the_script_put_into_the_box(
    own: Sandbox,
    outside: Partners,
    receiver: Receiver,
    script: str,
    expected: list[tuple[str, int]],
) -> None:
    await send_back(own, outside, "parcel.happy", script)
    (receipt,) = reports(receiver, "receipt.reported")
    assert units(receipt) == expected


async def test_two_boxes_are_counted_each_on_its_own(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    numbers = await send_back(own, outside, "parcel.happy", "receipt.two_boxes", parcels=2)
    receipts = reports(receiver, "receipt.reported")
    counted_in = {one["parcel"]["tracking_number"]: units(one) for one in receipts}
    assert counted_in == {numbers[0]: [("SHOE", 1)], numbers[1]: [("SHOE", 1)]}


async def test_a_parcel_announced_on_its_way_is_counted_as_announced(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("*", "parcel.happy")
    number = (await outside.label("label:R-1:p1"))["tracking_code"]
    await own.client.advance(timedelta(days=3.5))
    await outside.announce("R-1", [number])
    await own.client.advance(MONTH)
    (receipt,) = reports(receiver, "receipt.reported")
    assert (receipt["returns"], units(receipt)) == (["R-1"], [("SHOE", 2)])
    rows = await own.client.ledger("warehouse")
    assert [row["kind"] for row in rows][2:4] == ["boxed", "counted"]


async def test_a_parcel_that_was_never_announced_is_not_counted(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("*", "parcel.happy")
    await outside.label("label:R-1:p1")
    await own.client.advance(MONTH)
    assert reports(receiver, "receipt.reported") == []


async def test_two_boxes_under_one_label_come_a_day_apart(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    (number,) = await send_back(own, outside, "parcel.happy", "receipt.two_boxes")
    first, second = reports(receiver, "receipt.reported")
    assert first["parcel"] == second["parcel"] == {"tracking_number": number}
    assert first["message_id"] != second["message_id"]
    assert first["occurred_at"] < second["occurred_at"]


async def test_an_unannounced_box_names_its_return_and_no_label_of_ours(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    (number,) = await send_back(own, outside, "parcel.happy", "receipt.unannounced")
    (receipt,) = reports(receiver, "receipt.reported")
    assert receipt["returns"] == ["R-1"]
    assert receipt["parcel"]["tracking_number"] != number


async def test_a_unit_can_be_graded_apart(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script(
        "R-1",
        "inspection.like_new",
        units={"1:2": {"grade": "damaged", "found_reason": "damaged_in_transit"}},
    )
    await send_back(own, outside, "parcel.happy")
    (inspection,) = reports(receiver, "inspection.reported")
    first, second = inspection["units"]
    assert first["grade"] == "like_new"
    assert (second["grade"], second["found_reason"]) == ("damaged", "damaged_in_transit")


@pytest.mark.parametrize(
    ("script", "kinds"),
    [
        ("parcel.lost", ["purchase", "scan", "scan", "exception"]),
        (
            "parcel.lost_and_found",
            ["purchase", "scan", "scan", "exception", "scan", "delivered"],
        ),
        ("parcel.never", ["purchase"]),
        ("parcel.late_handover", ["purchase", "scan", "scan", "delivered"]),
        ("parcel.returned", ["purchase", "scan", "scan", "exception"]),
    ],
)
async def test_a_parcel_goes_the_way_of_its_script(
    own: Sandbox, outside: Partners, script: str, kinds: list[str]
) -> None:
    await send_back(own, outside, script)
    assert [row["kind"] for row in await own.client.ledger("labels")] == kinds


async def test_days_of_a_script_can_be_chosen(own: Sandbox, outside: Partners) -> None:
    await send_back(own, outside, "parcel.happy", days=[5, 6.5])
    bought, *scans = [since(row["at"]) for row in await own.client.ledger("labels")]
    assert [(scan - bought) / timedelta(days=1) for scan in scans] == [5, 6.5, 7.5]


async def test_without_a_script_nothing_moves(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await send_back(own, outside)
    assert receiver.kinds() == ["tracker.created"]


async def test_a_script_chosen_late_begins_then(own: Sandbox, outside: Partners) -> None:
    (number,) = await send_back(own, outside)
    await own.client.script(number, "parcel.happy")
    await own.client.advance(timedelta(days=3))
    assert [row["kind"] for row in await own.client.ledger("labels")] == [
        *("purchase", "scan", "scan", "delivered")
    ]


async def test_a_script_for_one_return_goes_before_the_default(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.script("*", "parcel.happy")
    await send_back(own, outside, "parcel.never")
    assert [row["kind"] for row in await own.client.ledger("labels")] == ["purchase"]


async def test_nobody_hands_over_a_parcel_whose_label_is_to_be_voided(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.script("*", "parcel.happy")
    label = await outside.label("label:R-1:p1")
    await outside.carrier.post(f"/shipments/{label['id']}/refund", json={})
    await own.client.advance(MONTH)
    kinds = [row["kind"] for row in await own.client.ledger("labels")]
    assert kinds == ["purchase", "void_requested", "voided"]


async def test_a_customer_can_race_the_void_with_a_hand_over(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.script("*", "parcel.happy", anyway=True)
    await own.client.script("*", "void.refunded", days=2)
    label = await outside.label("label:R-1:p1")
    await outside.carrier.post(f"/shipments/{label['id']}/refund", json={})
    await own.client.advance(MONTH)
    kinds = [row["kind"] for row in await own.client.ledger("labels")]
    assert kinds == ["purchase", "void_requested", "scan", "scan", "void_rejected", "delivered"]


async def test_goods_brought_to_a_shop_are_counted_without_a_parcel(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("R-1", "parcel.in_store")
    await outside.announce("R-1", [])
    await own.client.advance(MONTH)
    (receipt,) = reports(receiver, "receipt.reported")
    assert (receipt["parcel"], units(receipt)) == ({}, [("SHOE", 2)])


async def test_the_customers_own_carrier_is_followed_once_announced(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("R-1", "parcel.happy")
    await outside.announce("R-1", ["THEIR-OWN-1"])
    await own.client.advance(MONTH)
    (receipt,) = reports(receiver, "receipt.reported")
    assert receipt["parcel"] == {"tracking_number": "THEIR-OWN-1"}


async def test_a_receipt_by_hand_is_followed_by_the_scripted_inspection(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("R-1", "inspection.used")
    await outside.announce("R-1", [])
    await own.client.receipt({"returns": ["R-1"], "units": [{"sku": "SHOE", "quantity": 1}]})
    await own.client.advance(timedelta(days=1))
    (inspection,) = reports(receiver, "inspection.reported")
    assert [(unit["unit"], unit["grade"]) for unit in inspection["units"]] == [(1, "used")]


async def test_a_parcel_can_be_named_by_its_return_and_place(
    own: Sandbox, outside: Partners
) -> None:
    numbers = await send_back(own, outside, parcels=2)
    seen = await own.client.scan("at_hub", return_id="R-1", parcel_id="p2", place="Lyon")
    assert (seen["tracking_number"], seen["status_detail"]) == (numbers[1], "arrived_at_hub")


@pytest.mark.parametrize(
    ("script", "params", "field"),
    [
        ("parcel.teleported", {}, "script"),
        ("parcel.happy", {"days": "soon"}, "days"),
        ("receipt.two_boxes", {"split": [-1]}, "split"),
    ],
)
async def test_a_script_that_makes_no_sense_is_refused(
    shared: Sandbox, script: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises(SandboxRefused, match=field):
        await shared.client.script("R-none", script, **params)
