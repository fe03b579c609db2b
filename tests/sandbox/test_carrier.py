import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.sandbox.partners import NOBODY_VISITS, Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "easypost"

recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no recordings of EasyPost here")


def answers(cassette: str) -> list[dict[str, Any]]:
    """Give the bodies that EasyPost sent, in order."""
    said = yaml.safe_load((RECORDINGS / cassette).read_text())
    return [json.loads(one["response"]["body"]["string"]) for one in said["interactions"]]


@recorded
async def test_a_rated_shipment_has_the_fields_of_a_recorded_return(partners: Partners) -> None:
    shipment = await partners.rate("fields-1")
    theirs = json.loads((RECORDINGS / "returns-create.json").read_text())
    assert shipment.keys() == theirs.keys()
    assert shipment["rates"][0].keys() == theirs["rates"][0].keys()
    assert shipment["to_address"].keys() == theirs["to_address"].keys()
    assert shipment["parcel"].keys() == theirs["parcel"].keys()


@recorded
async def test_customs_papers_have_the_fields_of_a_recorded_return(partners: Partners) -> None:
    item = {"description": "Shoe", "quantity": 1, "weight": 28.3, "value": "10.00"}
    shipment = await partners.rate(
        "fields-2", customs_info={"contents_type": "returned_goods", "customs_items": [item]}
    )
    theirs = json.loads((RECORDINGS / "returns-create.json").read_text())["customs_info"]
    assert shipment["customs_info"].keys() == theirs.keys()
    assert shipment["customs_info"]["customs_items"][0].keys() == theirs["customs_items"][0].keys()


@recorded
async def test_a_bought_shipment_has_the_fields_of_the_recorded_purchase(
    partners: Partners,
) -> None:
    bought = await partners.label("fields-3")
    theirs = answers("test_shipment_buy.yaml")[-1]
    assert bought.keys() == theirs.keys()
    assert bought["postage_label"].keys() == theirs["postage_label"].keys()
    assert bought["tracker"].keys() == theirs["tracker"].keys()
    assert bought["fees"][0].keys() == theirs["fees"][0].keys()
    assert [type(bought[name]) for name in ("rates", "fees", "tracking_code", "is_return")] == [
        type(theirs[name]) for name in ("rates", "fees", "tracking_code", "is_return")
    ]


@recorded
async def test_a_visit_has_the_fields_of_the_recorded_one(
    partners: Partners, shared: Sandbox
) -> None:
    label = await partners.label("fields-4", "return_pickup")
    tomorrow = await shared.client.now() + timedelta(days=1)
    visit = (await partners.book_visit(label["id"], "visit-fields", tomorrow)).json()
    theirs = answers("test_pickup_buy.yaml")[-1]
    assert visit.keys() == theirs.keys()
    assert visit["pickup_rates"][0].keys() == theirs["pickup_rates"][0].keys()
    assert visit["status"] == theirs["status"] == "scheduled"


@recorded
async def test_an_event_has_the_fields_of_the_published_one(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    label = await outside.label("fields-5")
    await own.client.scan("handed_over", tracking_number=label["tracking_code"])
    event = (await receiver.until(2))[-1].body
    theirs = json.loads((RECORDINGS / "event-body.json").read_text())
    assert event.keys() == theirs.keys()
    assert event["result"].keys() == theirs["result"].keys() - {"finalized", "is_return"}
    detail, their_detail = (one["result"]["tracking_details"][0] for one in (event, theirs))
    assert detail.keys() == their_detail.keys()
    assert detail["tracking_location"].keys() == their_detail["tracking_location"].keys()


@recorded
async def test_a_missing_field_is_refused_in_the_recorded_form(partners: Partners) -> None:
    answer = await partners.carrier.post("/shipments", json={"shipment": {}})
    theirs = answers("test_error.yaml")[0]
    assert answer.status_code == 422
    assert answer.json()["error"].keys() == theirs["error"].keys()
    assert answer.json()["error"]["errors"][0]["field"] == "from_address"


@pytest.mark.parametrize(
    "path",
    [
        "/easypost/v2/shipments/shp_1",
        "/stripe/v1/refunds/re_1",
        "/storedvalue/v1/credits?idempotency_key=k",
        "/warehouse/v1/orders/o",
    ],
)
async def test_a_wrong_key_is_turned_away(shared: Sandbox, path: str) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.get(shared.url + path, headers={"Authorization": "Bearer guessed"})
    assert answer.status_code == 401


async def test_three_carriers_offer_three_services_at_fixed_prices(partners: Partners) -> None:
    first, second = await partners.rate("price-1"), await partners.rate("price-2")
    prices = {(rate["carrier"], rate["service"]): rate["rate"] for rate in first["rates"]}
    assert len(prices) == 9
    assert prices["swiftpost", "return_label"] == "7.90"
    again = {(rate["carrier"], rate["service"]): rate["rate"] for rate in second["rates"]}
    assert again == prices


async def test_a_second_purchase_on_a_shipment_is_refused_and_costs_nothing(
    partners: Partners, shared: Sandbox
) -> None:
    shipment = await partners.rate("buy-1")
    assert (await partners.buy(shipment)).status_code == 200
    again = await partners.buy(shipment)
    assert (again.status_code, again.json()["error"]["code"]) == (422, "SHIPMENT.POSTAGE.EXISTS")
    rows = [row for row in await shared.client.ledger("labels") if row["reference"] == "buy-1"]
    assert [row["kind"] for row in rows] == ["purchase"]


async def test_two_shipments_of_one_reference_are_two_and_the_newest_is_found(
    partners: Partners, shared: Sandbox
) -> None:
    first, second = await partners.label("twice-1"), await partners.label("twice-1")
    found = (await partners.carrier.get("/shipments/twice-1")).json()
    assert found["id"] == second["id"] != first["id"]
    rows = [row for row in await shared.client.ledger("labels") if row["reference"] == "twice-1"]
    assert [row["label_id"] for row in rows] == [first["id"], second["id"]]
    violations = await shared.client.audit()
    assert ("two_live_labels", "twice-1") in {
        (found["violation"], found["subject"]) for found in violations
    }


async def test_a_code_label_carries_a_code_to_show(partners: Partners) -> None:
    label = await partners.label("code-1", "return_code")
    assert label["postage_label"]["code"].isdecimal()


async def test_a_visit_where_nobody_goes_is_refused_when_it_is_bought(partners: Partners) -> None:
    shipment = await partners.rate("far-1", NOBODY_VISITS)
    answer = await partners.buy(shipment, "return_pickup")
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        422,
        "ADDRESS.OUT_OF_SERVICE_AREA",
    )


async def test_another_carrier_goes_where_the_first_does_not(partners: Partners) -> None:
    shipment = await partners.rate("far-2", NOBODY_VISITS)
    assert (await partners.buy(shipment, "return_pickup", "rivercourier")).status_code == 200


async def test_an_unused_label_is_taken_back_a_day_later(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    label = await outside.label("void-1")
    answer = await outside.carrier.post(f"/shipments/{label['id']}/refund", json={})
    assert answer.json()["refund_status"] == "submitted"
    await own.client.advance(timedelta(days=1))
    told = receiver.deliveries[-1].body
    assert (told["description"], told["result"]["status"]) == ("refund.successful", "refunded")
    rows = await own.client.ledger("labels")
    assert [row["kind"] for row in rows] == ["purchase", "void_requested", "voided"]


async def test_a_scanned_label_is_not_taken_back(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    label = await outside.label("void-2")
    await outside.carrier.post(f"/shipments/{label['id']}/refund", json={})
    await own.client.scan("handed_over", tracking_number=label["tracking_code"])
    await own.client.advance(timedelta(days=1))
    assert receiver.deliveries[-1].body["result"]["status"] == "rejected"
    assert (await own.client.ledger("labels"))[-1]["kind"] == "void_rejected"


async def test_a_label_older_than_thirty_days_is_not_taken_back(
    own: Sandbox, outside: Partners
) -> None:
    label = await outside.label("void-3")
    await own.client.advance(timedelta(days=31))
    await outside.carrier.post(f"/shipments/{label['id']}/refund", json={})
    await own.client.advance(timedelta(days=1))
    shown = (await outside.carrier.get(f"/shipments/{label['id']}")).json()
    assert shown["refund_status"] == "rejected"
