"""How well each carrier did, as the streams tell it; and by that the next one is chosen."""

from datetime import timedelta
from typing import Any

from adapters.postgres.pool import Pool
from adapters.postgres.subscription import Subscription
from domain.policy.outlook import CarrierRecord, Records
from domain.returns import commands as c
from domain.words import Method, PickupException
from projections.carrier_legs import CarrierLegs
from projections.carrier_records import CarrierRecords
from projections.runner import rebuild
from tests.projections.story import A_DAY, OPENED, Story

LABEL = ("swiftpost", "return_label")
NOW = OPENED + 10 * A_DAY


async def records(pool: Pool, subscription: Subscription, now: Any = NOW) -> Records:
    await subscription.catch_up(CarrierLegs())
    return await CarrierRecords(pool).of("acme", now)


async def told(story: Story, return_id: str, status: Any, days: int) -> None:
    at = OPENED + days * A_DAY
    report = c.ReportTracking(
        message_id=f"{return_id} {status}",
        occurred_at=at,
        tracking_number=f"T-{return_id}",
        status=status,
    )
    await story.tell(return_id, report, at, f"{return_id} {status}")


async def sent(story: Story, number: int, *later: Any) -> None:
    return_id = f"R-{number}"
    await story.open(return_id, order_id=f"W-{number}")
    await story.label(return_id, f"T-{return_id}", at=OPENED)
    await told(story, return_id, "scanned", 1)
    for days, status in enumerate(later, start=2):
        await told(story, return_id, status, days)


async def test_a_parcel_that_went_late_and_one_that_was_lost_stand_in_the_carriers_record(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await sent(story, 1)
    await sent(story, 2, "delayed")
    await sent(story, 3, "lost")
    await sent(story, 4, "lost", "found")
    assert await records(pool, subscription) == {
        LABEL: CarrierRecord(parcels=4, exceptions=1, late=1)
    }


async def test_what_was_never_handed_over_or_is_long_ago_says_nothing(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await story.open("R-1", order_id="W-1")
    await sent(story, 2)
    assert (await records(pool, subscription))[LABEL].parcels == 1
    assert await records(pool, subscription, OPENED + timedelta(days=91)) == {}


async def test_a_carrier_that_was_given_up_keeps_what_it_failed(
    pool: Pool, story: Story, subscription: Subscription
) -> None:
    await story.open("R-1", order_id="W-1", method=Method.CARRIER_PICKUP)
    await story.label("R-1", "T-R-1", at=OPENED)
    for day in (1, 2):
        at = OPENED + day * A_DAY
        failed = c.ReportPickup(
            message_id=f"visit {day}", occurred_at=at, tracking_number="T-R-1", status="failed",
            code=PickupException.VEHICLE_OR_CAPACITY,
        )  # fmt: skip
        await story.tell("R-1", failed, at, f"visit {day}")
    await told(story, "R-1", "scanned", 3)
    pickups = ("swiftpost", "return_pickup")
    expected = {pickups: CarrierRecord(parcels=1, exceptions=2)}
    assert await records(pool, subscription) == expected
    await rebuild(pool, "carrier_legs")
    assert await records(pool, subscription) == expected


async def test_where_no_read_model_was_built_nothing_is_known_and_nobody_is_turned_away(
    pool: Pool,
) -> None:
    assert await CarrierRecords(pool).of("acme", NOW) == {}
