"""EasyPost's list of what it sold, in pages."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.failures import Misspoken, Unauthorised
from adapters.carriers.easypost_books import EasyPostLabels
from adapters.http import open_client
from tests.adapters.recordings import answer_of, interactions
from tests.adapters.wire import Handler, in_turn, says, serving

SINCE, UNTIL = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 31, tzinfo=UTC)


async def listed(handler: Handler) -> tuple[list[Any], list[str]]:
    async with serving(handler) as wire, open_client() as client:
        seller = EasyPostLabels(client, base_url=wire.url, api_key="EZTK_test")
        found = list(await seller.sold(SINCE, UNTIL))
    return found, [request.target for request in wire.requests]


async def test_the_recorded_shipment_is_a_line_of_the_list_and_pages_follow_each_other() -> None:
    bought = json.loads(
        interactions("easypost/test_shipment_buy.yaml")[1]["response"]["body"]["string"]
    )
    first = says(200, {"shipments": [bought], "has_more": True})
    last = says(200, {"shipments": [{**bought, "id": "shp_2", "refund_status": "refunded"}]})
    (one, two), targets = await listed(in_turn(first, last))
    assert (one.label_ref, one.given_back) == ("shp_16578f588f9546ec914afd2474e24ff5", False)
    assert one.tracking_number == "9400100208303109505657"
    assert (two.label_ref, two.given_back) == ("shp_2", True)
    assert "purchased=true" in targets[0]
    assert "start_datetime=2025-03-01T00%3A00%3A00Z" in targets[0]
    assert f"before_id={one.label_ref}" in targets[1]


async def test_what_is_no_list_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(Misspoken):
        await listed(in_turn(says(200, {})))
    with pytest.raises(Unauthorised):
        await listed(in_turn(says(401, {})))


async def test_the_recorded_error_in_its_other_format_is_no_list() -> None:
    [interaction] = interactions("easypost/test_error_alternative_format.yaml")
    with pytest.raises(Misspoken):
        await listed(in_turn(answer_of(interaction)))
