"""EasyPost's recordings, and answers made like them, in our words."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.failures import Misspoken, Unauthorised
from activities.ports import (
    Address,
    CustomsItem,
    LabelBought,
    LabelOrder,
    LabelRefused,
    PickupBooked,
    PickupOrder,
    PickupRefused,
    VoidAnswer,
    VoidOrder,
)
from adapters.carriers.easypost import EasyPostCarrier
from adapters.carriers.easypost_objects import ounces
from adapters.http import open_client
from domain.money import Money
from tests.adapters.recordings import answer_of, interactions, played, recorded_json
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

CUSTOMER = Address(
    name="Elizabeth Swan", line1="179 N Harbor Dr", city="Redondo Beach", postcode="90277",
    region="CA", country="US",
)  # fmt: skip
HUB = Address(name="Hub", line1="1 Dock Rd", city="Reno", postcode="89501", country="US")
ORDER = LabelOrder(
    step_id="label/R-1/p1",
    carrier="USPS",
    service="First",
    sender=CUSTOMER,
    recipient=HUB,
    weight_grams=437,
)
VOID = VoidOrder(step_id="void/R-1/p1", label_ref="shp_700d2963c43b4847883c955eeb846b13")
PICKUP = PickupOrder(
    step_id="pickup/R-1/p1",
    label_ref="shp_2d1487afd0f541a4bcf9fecc1b02b28d",
    address=CUSTOMER,
    window_start=datetime(2025, 3, 8, 9, tzinfo=UTC),
    window_end=datetime(2025, 3, 8, 17, tzinfo=UTC),
)
NOT_FOUND = says(404, {"error": {"code": "NOT_FOUND"}})


@asynccontextmanager
async def easypost(handler: Handler) -> AsyncIterator[tuple[EasyPostCarrier, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield EasyPostCarrier(client, base_url=wire.url, api_key="EZTK_test"), wire


def bought_rate(recording: list[dict[str, Any]]) -> dict[str, Any]:
    """Say which of the recorded rates was bought."""
    rate_id = json.loads(recording[1]["request"]["body"])["rate"]["id"]
    rates = json.loads(recording[0]["response"]["body"]["string"])["rates"]
    return next(rate for rate in rates if rate["id"] == rate_id)


def refusing(code: str, status: int = 422) -> Handler:
    return in_turn(NOT_FOUND, says(status, {"error": {"code": code, "message": "Ann, no"}}))


async def test_the_recorded_purchase_is_a_label() -> None:
    recording = interactions("easypost/test_shipment_buy.yaml")
    rate = bought_rate(recording)
    order = ORDER.model_copy(update={"service": rate["service"]})
    async with easypost(played(recording)) as (carrier, wire):
        label = await carrier.buy_label(order)
    assert isinstance(label, LabelBought)
    assert label.label_ref == "shp_16578f588f9546ec914afd2474e24ff5"
    assert label.tracking_number == "9400100208303109505657"
    assert label.cost == Money.parse(rate["rate"], "USD")
    assert label.document_ref.endswith(".png")
    assert json.loads(wire.requests[-1].body) == {"rate": {"id": rate["id"]}}


async def test_the_recorded_shipment_is_found_by_our_reference_once_it_is_paid() -> None:
    rated, paid = interactions("easypost/test_shipment_buy.yaml")
    async with easypost(in_turn(answer_of(rated), answer_of(paid))) as (carrier, wire):
        assert await carrier.find_label(ORDER) is None
        label = await carrier.find_label(ORDER)
    assert label is not None
    assert label.tracking_number == "9400100208303109505657"
    assert {request.path for request in wire.requests} == {"/shipments/label/R-1/p1"}
    assert wire.requests[0].target == "/shipments/label%2FR-1%2Fp1"


async def test_a_shipment_left_without_its_label_is_bought_and_not_made_again() -> None:
    recording = interactions("easypost/test_shipment_buy.yaml")
    order = ORDER.model_copy(update={"service": bought_rate(recording)["service"]})
    answers = (answer_of(recording[0]), answer_of(recording[1]))
    async with easypost(in_turn(*answers)) as (carrier, wire):
        assert isinstance(await carrier.buy_label(order), LabelBought)
    assert [request.method for request in wire.requests] == ["GET", "POST"]
    assert wire.requests[1].path.endswith("/buy")


async def test_a_label_bought_meanwhile_is_taken_and_not_paid_twice() -> None:
    recording = interactions("easypost/test_shipment_buy.yaml")
    rated, paid = (answer_of(interaction) for interaction in recording)
    order = ORDER.model_copy(update={"service": bought_rate(recording)["service"]})
    exists = says(422, {"error": {"code": "SHIPMENT.POSTAGE.EXISTS"}})
    async with easypost(in_turn(NOT_FOUND, rated, exists, paid)) as (carrier, _):
        label = await carrier.buy_label(order)
    assert isinstance(label, LabelBought)
    assert label.tracking_number == "9400100208303109505657"


async def test_the_way_back_is_told_with_the_addresses_of_the_way_out() -> None:
    created = recorded_json("easypost/returns-create.json")
    customs = CustomsItem(
        description="T-shirt", quantity=1, value=Money(amount_minor=1005, currency="USD"),
        weight_grams=142, hs_code="6109", origin_country="PT",
    )  # fmt: skip
    order = ORDER.model_copy(update={"service": "nothing", "customs": (customs,)})
    async with easypost(in_turn(NOT_FOUND, says(201, created))) as (carrier, wire):
        refused = await carrier.buy_label(order)
    assert refused == LabelRefused(reason="out_of_service_area", theirs="no rate for this service")
    sent = json.loads(wire.requests[-1].body)["shipment"]
    assert sent["is_return"] is True
    assert (sent["from_address"]["name"], sent["to_address"]["name"]) == ("Hub", "Elizabeth Swan")
    assert sent["parcel"] == {"weight": 15.5}
    [item] = sent["customs_info"]["customs_items"]
    assert item["value"] == "10.05"


async def test_the_recorded_refund_of_a_label_is_submitted() -> None:
    recording = interactions("easypost/test_shipment_refund.yaml")[1:]
    async with easypost(played(recording)) as (carrier, _):
        assert await carrier.void_label(VOID) == VoidAnswer(state="submitted")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (None, None),
        ("submitted", VoidAnswer(state="submitted")),
        ("refunded", VoidAnswer(state="granted")),
        ("rejected", VoidAnswer(state="refused", theirs="rejected")),
    ],
)
async def test_what_became_of_a_void_is_found(
    status: str | None, answer: VoidAnswer | None
) -> None:
    shipment = {"id": VOID.label_ref, "refund_status": status}
    async with easypost(in_turn(says(200, shipment))) as (carrier, _):
        assert await carrier.find_void(VOID) == answer


async def test_a_void_that_they_will_not_have_twice_is_the_first_one() -> None:
    asked = says(422, {"error": {"code": "SHIPMENT.REFUND.EXISTS"}})
    stands = says(200, {"id": VOID.label_ref, "refund_status": "submitted"})
    async with easypost(in_turn(asked, stands)) as (carrier, _):
        assert await carrier.void_label(VOID) == VoidAnswer(state="submitted")


async def test_a_void_that_they_will_not_have_is_refused() -> None:
    asked = says(422, {"error": {"code": "SHIPMENT.REFUND.UNAVAILABLE"}})
    stands = says(200, {"id": VOID.label_ref, "refund_status": None})
    async with easypost(in_turn(asked, stands)) as (carrier, _):
        answer = await carrier.void_label(VOID)
    assert answer == VoidAnswer(state="refused", theirs="SHIPMENT.REFUND.UNAVAILABLE")


async def test_the_recorded_pickup_is_booked() -> None:
    recording = interactions("easypost/test_pickup_buy.yaml")[1:]
    async with easypost(played(recording)) as (carrier, wire):
        booked = await carrier.book_pickup(PICKUP)
    midnight = datetime(2025, 3, 8, tzinfo=UTC)
    assert booked == PickupBooked(
        pickup_ref="pickup_97eb98f4c2004ede9f30e26ec4f63233",
        window_start=midnight,
        window_end=midnight,
    )
    assert json.loads(wire.requests[-1].body) == {"carrier": "USPS", "service": "NextDay"}


async def test_the_recorded_pickup_is_called_off() -> None:
    recording = interactions("easypost/test_pickup_cancel.yaml")[3:]
    async with easypost(played(recording)) as (carrier, wire):
        await carrier.cancel_pickup("pickup_7a497566ff634331bdaffdfe4ab10103")
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("status", "is_booked"),
    [("unknown", False), ("scheduled", True), ("failed", True), ("picked_up", True),
     ("canceled", False)],
)  # fmt: skip
async def test_a_visit_was_booked_even_if_it_has_failed_since(
    status: str, *, is_booked: bool
) -> None:
    stands = says(200, pickup(status))
    async with easypost(in_turn(stands)) as (carrier, _):
        assert (await carrier.find_pickup(PICKUP) is not None) == is_booked


async def test_a_visit_that_was_called_off_is_not_booked_again_for_the_same_step() -> None:
    async with easypost(in_turn(says(200, pickup("canceled")))) as (carrier, wire):
        assert await carrier.book_pickup(PICKUP) == PickupRefused(reason="other", theirs="canceled")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("status", ["canceled", "picked_up", "failed"])
async def test_a_visit_that_is_over_needs_no_calling_off(status: str) -> None:
    no = says(422, {"error": {"code": "PICKUP.CANCEL.UNAVAILABLE"}})
    async with easypost(in_turn(no, says(200, pickup(status)))) as (carrier, _):
        await carrier.cancel_pickup("pickup_1")


async def test_a_visit_that_they_still_plan_was_not_called_off() -> None:
    no = says(422, {"error": {"code": "PICKUP.CANCEL.UNAVAILABLE"}})
    async with easypost(in_turn(no, says(200, pickup("scheduled")))) as (carrier, _):
        with pytest.raises(Misspoken, match=r"PICKUP\.CANCEL\.UNAVAILABLE"):
            await carrier.cancel_pickup("pickup_1")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ADDRESS.OUT_OF_SERVICE_AREA", "out_of_service_area"),
        ("ADDRESS.VERIFY.FAILURE", "address_issue"),
        ("SHIPMENT.POSTAGE.FAILURE", "other"),
    ],
)
async def test_their_no_is_an_answer_in_our_words(code: str, reason: str) -> None:
    async with easypost(refusing(code)) as (carrier, _):
        assert await carrier.buy_label(ORDER) == LabelRefused(reason=reason, theirs=code)
    async with easypost(refusing(code)) as (carrier, _):
        assert await carrier.book_pickup(PICKUP) == PickupRefused(reason=reason, theirs=code)


async def test_the_recorded_422_of_an_address_is_a_no() -> None:
    no = answer_of(interactions("easypost/test_address_verify_invalid_address.yaml")[1])
    async with easypost(in_turn(NOT_FOUND, no)) as (carrier, _):
        refused = await carrier.buy_label(ORDER)
    assert isinstance(refused, LabelRefused)
    assert refused.reason == "address_issue"


@pytest.mark.parametrize(
    "name", ["easypost/test_error.yaml", "easypost/test_error_alternative_format.yaml"]
)
async def test_a_recorded_error_that_is_no_answer_is_a_defect_of_ours(name: str) -> None:
    [interaction] = interactions(name)
    async with easypost(in_turn(NOT_FOUND, answer_of(interaction))) as (carrier, _):
        with pytest.raises(Misspoken):
            await carrier.buy_label(ORDER)


async def test_the_recorded_404_finds_nothing() -> None:
    [interaction] = interactions("easypost/test_error_alternative_format.yaml")
    async with easypost(in_turn(answer_of(interaction))) as (carrier, _):
        assert await carrier.find_label(ORDER) is None


async def test_an_empty_account_with_them_needs_a_person() -> None:
    async with easypost(refusing("PAYMENT_REQUIRED", 402)) as (carrier, _):
        with pytest.raises(Unauthorised):
            await carrier.buy_label(ORDER)


async def test_an_answer_that_does_not_fit_names_the_field_and_not_its_value() -> None:
    async with easypost(in_turn(says(200, {"id": 7, "tracking_code": "Ann"}))) as (carrier, _):
        with pytest.raises(Misspoken, match=r"^their Shipment does not fit: id$"):
            await carrier.find_label(ORDER)


@pytest.mark.parametrize(
    ("grams", "weight"),
    [(1, 0.1), (28, 1.0), (29, 1.1), (437, 15.5), (1000, 35.3), (30_000, 1058.3)],
)
def test_a_weight_is_rounded_up_to_a_tenth_of_an_ounce(grams: int, weight: float) -> None:
    assert ounces(grams) == weight


def pickup(status: str) -> dict[str, Any]:
    return {
        "id": "pickup_1",
        "status": status,
        "min_datetime": "2025-03-08T09:00:00Z",
        "max_datetime": "2025-03-08T17:00:00Z",
        "pickup_rates": [],
    }
