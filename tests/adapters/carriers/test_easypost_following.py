"""Numbers that EasyPost follows for us, and what else its recordings show that we send or read."""

import json

from activities.ports import CustomsItem
from adapters.carriers.easypost_objects import return_shipment
from adapters.webhooks.easypost_facts import BY_STATUS, SAY_NOTHING
from domain.money import Money
from tests.adapters.carriers.easypost_wire import ORDER, easypost
from tests.adapters.recordings import interactions, played
from tests.adapters.wire import in_turn, says


async def test_the_recorded_tracker_is_made_by_the_number_alone() -> None:
    recording = interactions("easypost/test_tracker_create.yaml")
    async with easypost(played(recording)) as (carrier, wire):
        assert await carrier.follow("EZ1000000001") == "trk_e7e8f143f3eb40d38be9562e3767c36a"
    assert json.loads(wire.requests[0].body) == json.loads(recording[0]["request"]["body"])


async def test_a_number_that_no_carrier_has_is_not_followed() -> None:
    no = says(422, {"error": {"code": "TRACKER.CREATE.ERROR", "message": "", "errors": []}})
    async with easypost(in_turn(no)) as (carrier, _):
        assert await carrier.follow("nonsense") == ""


def test_customs_are_told_with_the_fields_that_the_recording_sends() -> None:
    [recorded] = interactions("easypost/test_customs_info_create.yaml")
    theirs = json.loads(recorded["request"]["body"])["customs_info"]
    item = CustomsItem(
        description="Sweet shirts", quantity=2, value=Money(amount_minor=2325, currency="USD"),
        weight_grams=312, hs_code="654321", origin_country="US",
    )  # fmt: skip
    ours = return_shipment(ORDER.model_copy(update={"customs": (item,)}))["shipment"][
        "customs_info"
    ]
    assert set(ours) <= set(theirs)
    assert set(ours["customs_items"][0]) <= {*theirs["customs_items"][0], "currency"}


def test_every_status_in_the_recorded_events_has_a_word_of_ours() -> None:
    listed = interactions("easypost/test_event_retrieve_all_payloads.yaml")
    bodies = [json.loads(one["response"]["body"]["string"]) for one in listed]
    events = [event for body in bodies for event in body.get("events", ())]
    statuses = {
        event["result"]["status"]
        for event in events
        if event["description"].startswith("tracker.") and "status" in event.get("result", {})
    }
    assert events
    assert statuses <= {*BY_STATUS, *SAY_NOTHING}
