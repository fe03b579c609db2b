"""An id that was used before is a repeat only if it says the same."""

from tests.activities.journey import Journey


async def test_a_request_id_used_for_another_content_is_refused(journey: Journey) -> None:
    await journey.open()
    await journey.accepted(journey.asking("give_feedback", rating=5))
    other = await journey.record(journey.asking("give_feedback", rating=1))
    assert [told["rating"] for told in await journey.told("FeedbackReceived")] == [5]
    assert not other.accepted


async def test_a_message_id_used_for_another_content_is_a_recorded_rejection(
    journey: Journey,
) -> None:
    await journey.labelled()
    number = await journey.tracking_number()
    scanned = {"tracking_number": number, "status": "scanned"}
    await journey.accepted(journey.telling("report_tracking", **scanned))
    await journey.record(journey.telling("report_tracking", **{**scanned, "status": "lost"}))
    assert len(await journey.told("MessageRejected")) == 1


async def test_a_repeat_that_only_names_another_time_is_a_repeat(journey: Journey) -> None:
    await journey.labelled()
    number = await journey.tracking_number()
    scanned = {"tracking_number": number, "status": "scanned"}
    await journey.accepted(journey.telling("report_tracking", **scanned))
    later = journey.telling("report_tracking", **scanned, occurred_at="2031-01-01T00:00:00Z")
    await journey.record(later)
    assert await journey.told("MessageRejected") == []
    assert len(await journey.told("ParcelScanned")) == 1
