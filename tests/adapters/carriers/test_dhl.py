"""DHL's returns and tracking on a wire: what is said to them, and how their answers are read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.failures import Misspoken
from activities.ports import Address
from adapters.carriers.dhl_objects import NotCarried, reference_of, shipper
from adapters.carriers.dhl_tracking import DhlTracking
from adapters.http import open_client
from tests.adapters.wire import in_turn, says, serving

NUMBER = "999991587211"


def event(at: str, code: str) -> dict[str, Any]:
    return {"timestamp": at, "statusCode": code, "status": "Words", "description": "Words"}


async def story(status: int, body: Any) -> list[tuple[str, datetime]]:
    async with serving(in_turn(says(status, body))) as wire, open_client() as client:
        tracking = DhlTracking(client, base_url=wire.url, api_key="key")
        seen = await tracking.story(NUMBER)
    [request] = wire.requests
    assert request.headers["dhl-api-key"] == "key"
    return [(scan.status, scan.occurred_at.astimezone(UTC)) for scan in seen]


async def test_times_without_an_offset_are_by_the_clock_of_germany_summer_and_winter() -> None:
    """The newest first; an announcement after the hand-over is no scan."""
    events = [
        event("2026-07-01T09:50:00", "delivered"),
        event("2026-03-01T16:18:00", "pre-transit"),
        event("2026-03-01T16:14:00", "transit"),
    ]
    told = await story(200, {"shipments": [{"id": NUMBER, "events": events}]})
    assert told == [
        ("scanned", datetime(2026, 3, 1, 15, 14, tzinfo=UTC)),
        ("delivered", datetime(2026, 7, 1, 7, 50, tzinfo=UTC)),
    ]


async def test_what_was_brought_back_to_its_sender_is_with_the_customer() -> None:
    one = {"id": NUMBER, "returnFlag": True, "events": [event("2026-01-02T10:00:00", "delivered")]}
    [(status, _)] = await story(200, {"shipments": [one]})
    assert status == "returned_to_customer"


async def test_of_a_number_that_they_do_not_know_nothing_was_seen() -> None:
    assert await story(404, {"title": "No result found", "status": 404}) == []


async def test_a_status_that_is_none_of_theirs_is_not_guessed_at() -> None:
    one = {"id": NUMBER, "events": [event("2026-01-02T10:00:00", "teleported")]}
    with pytest.raises(Misspoken):
        await story(200, {"shipments": [one]})


@pytest.mark.parametrize(
    ("line", "street", "house"),
    [
        ("Grimmaische Strasse 4", "Grimmaische Strasse", "4"),
        ("Straße des 17. Juni 135a", "Straße des 17. Juni", "135a"),
        ("12 bis rue de Rivoli", "rue de Rivoli", "12bis"),
        ("Am Markt 3-5", "Am Markt", "3-5"),
    ],
)
def test_street_and_house_are_told_apart(line: str, street: str, house: str) -> None:
    said = shipper(Address(name="A", line1=line, city="C", postcode="04109", country="DE"))
    assert (said["addressStreet"], said["addressHouse"]) == (street, house)


def test_an_address_without_a_house_is_another_carriers() -> None:
    with pytest.raises(NotCarried):
        shipper(Address(name="A", line1="Hof", city="C", postcode="04109", country="DE"))


def test_a_reference_fits_and_is_the_same_ever_after() -> None:
    long = f"acme:{'r' * 60}:label:P1:1"
    assert reference_of("acme:R-1:label:P1:1") == "acme:R-1:label:P1:1"
    assert len(reference_of(long)) <= 50
    assert reference_of(long) == reference_of(long) != reference_of(f"{long}1")
