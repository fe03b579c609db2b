"""EasyPost's recordings, and answers made like them, in our words."""

import json
from typing import Any

import pytest

from activities.failures import Misspoken, Unauthorised
from activities.ports import (
    CustomsItem,
    LabelBought,
    LabelRefused,
    PickupRefused,
    VoidAnswer,
)
from adapters.carriers.easypost_objects import ounces
from domain.money import Money
from tests.adapters.carriers.easypost_wire import (
    ORDER,
    VOID,
    booked,
    bought,
    bought_rate,
    easypost,
    refusing,
)
from tests.adapters.recordings import answer_of, interactions, played, recorded_json
from tests.adapters.wire import in_turn, says


async def test_the_recorded_purchase_is_a_label() -> None:
    recording = interactions("easypost/test_shipment_buy.yaml")
    rate = bought_rate(recording)
    order = ORDER.model_copy(update={"service": rate["service"]})
    async with easypost(played(recording)) as (carrier, wire):
        label = await bought(carrier, order)
    assert isinstance(label, LabelBought)
    assert label.label_ref == "shp_16578f588f9546ec914afd2474e24ff5"
    assert label.tracking_number == "9400100208303109505657"
    assert label.cost == Money.parse(rate["rate"], "USD")
    assert label.document_ref.endswith(".png")
    assert json.loads(wire.requests[-1].body) == {"rate": {"id": rate["id"]}}


async def test_the_recorded_shipment_is_found_by_its_id_once_it_is_paid() -> None:
    rated, paid = interactions("easypost/test_shipment_buy.yaml")
    prepared = ORDER.model_copy(update={"offer_ref": "shp/1"})
    async with easypost(in_turn(answer_of(rated), answer_of(paid))) as (carrier, wire):
        assert await carrier.find_label(prepared) is None
        label = await carrier.find_label(prepared)
    assert label is not None
    assert label.tracking_number == "9400100208303109505657"
    assert {request.path for request in wire.requests} == {"/shipments/shp/1"}
    assert wire.requests[0].target == "/shipments/shp%2F1"


async def test_a_shipment_left_without_its_label_is_bought_and_not_made_again() -> None:
    recording = interactions("easypost/test_shipment_buy.yaml")
    service = bought_rate(recording)["service"]
    order = ORDER.model_copy(update={"service": service, "offer_ref": "shp_1"})
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
    async with easypost(in_turn(rated, rated, exists, paid)) as (carrier, _):
        label = await bought(carrier, order)
    assert isinstance(label, LabelBought)
    assert label.tracking_number == "9400100208303109505657"


async def test_the_way_back_is_told_with_the_addresses_of_the_way_out() -> None:
    created = recorded_json("easypost/returns-create.json")
    customs = CustomsItem(
        description="T-shirt", quantity=1, value=Money(amount_minor=1005, currency="USD"),
        weight_grams=142, hs_code="6109", origin_country="PT",
    )  # fmt: skip
    order = ORDER.model_copy(update={"service": "nothing", "customs": (customs,)})
    async with easypost(in_turn(says(201, created), says(200, created))) as (carrier, wire):
        refused = await bought(carrier, order)
    assert refused == LabelRefused(reason="out_of_service_area", theirs="no rate for this service")
    sent = json.loads(wire.requests[0].body)["shipment"]
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
        assert await bought(carrier) == LabelRefused(reason=reason, theirs=code)
    async with easypost(refusing(code)) as (carrier, _):
        assert await booked(carrier) == PickupRefused(reason=reason, theirs=code)


async def test_the_recorded_422_of_an_address_is_a_no() -> None:
    no = answer_of(interactions("easypost/test_address_verify_invalid_address.yaml")[1])
    async with easypost(in_turn(no)) as (carrier, _):
        refused = await carrier.prepare_label(ORDER)
    assert isinstance(refused, LabelRefused)
    assert refused.reason == "address_issue"


@pytest.mark.parametrize(
    "name", ["easypost/test_error.yaml", "easypost/test_error_alternative_format.yaml"]
)
async def test_a_recorded_error_that_is_no_answer_is_a_defect_of_ours(name: str) -> None:
    [interaction] = interactions(name)
    async with easypost(in_turn(answer_of(interaction))) as (carrier, _):
        with pytest.raises(Misspoken):
            await carrier.prepare_label(ORDER)


async def test_the_recorded_404_finds_nothing() -> None:
    [interaction] = interactions("easypost/test_error_alternative_format.yaml")
    async with easypost(in_turn(answer_of(interaction))) as (carrier, _):
        assert await carrier.find_label(ORDER) is None


async def test_an_empty_account_with_them_needs_a_person() -> None:
    async with easypost(refusing("PAYMENT_REQUIRED", 402)) as (carrier, _):
        with pytest.raises(Unauthorised):
            await carrier.prepare_label(ORDER)


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
