"""The one door through which a return changes: nothing twice, nothing lost, nothing unseen."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from activities.event_store import StoreUnavailable
from activities.recorded import Recording, Recordings
from tests.activities.deeds import AtStore
from tests.activities.journey import TENANT, Journey
from tests.activities.stage import Stage
from tests.engine import TODAY


async def versions(journey: Journey) -> list[int]:
    return [event.version for event in await journey.stage.events(journey.stream)]


def scan(journey: Journey, number: str, nth: int = 1) -> Recording:
    """The nth time that the carrier sees the parcel."""
    at = (TODAY + timedelta(hours=nth)).isoformat()
    status = "scanned" if nth == 1 else "at_hub"
    said = {"tracking_number": number, "status": status, "occurred_at": at}
    return journey.telling("report_tracking", message_id=f"m-{nth}", **said)


# ── Lost answers ──────────────────────────────────────────────────────────────────────────


async def test_a_lost_answer_is_found_again(journey: Journey, stage: Stage) -> None:
    """The answer is the one that was lost: the yes, and how the return stands."""
    opening = journey.asking("open", request=journey.request())
    asked = AtStore(journey, Recordings(recordings=(opening,)), "ReturnRequested", journey.stream)
    await asked.answer_is_lost(stage.first, "cut_after")
    before = await versions(journey)
    again = await asked.by(stage.first, nth=2)
    assert (again.accepted, again.status.headline) == (True, "approved")
    assert await versions(journey) == before == list(range(1, again.status.version + 1))


async def test_an_address_is_kept_though_the_answer_that_it_was_corrected_got_lost(
    journey: Journey, stage: Stage
) -> None:
    """It is kept apart from the event that says so, and before it."""
    await journey.labelled(method="carrier_pickup")
    moved = {"line1": "9 quai", "city": "Lyon", "postcode": "69001", "country": "FR"}
    correction = journey.asking("correct_address", address=moved)
    asked = AtStore(journey, Recordings(recordings=(correction,)), "", journey.stream)
    await asked.answer_is_lost(stage.first, "cut_after")
    assert (await asked.by(stage.second, nth=2)).accepted
    person = await stage.subjects.get(TENANT, f"c-{journey.key}")
    assert person is not None
    assert person["address"]["city"] == "Lyon"


async def test_a_correction_that_is_repeated_does_not_bring_an_old_address_back(
    journey: Journey, stage: Stage
) -> None:
    await journey.labelled(method="carrier_pickup")
    lyon = {"line1": "9 quai", "city": "Lyon", "postcode": "69001", "country": "FR"}
    first = journey.asking("correct_address", address=lyon)
    await journey.record(first)
    paris = {**lyon, "city": "Paris", "postcode": "75002"}
    await journey.record(journey.asking("correct_address", request_id="again", address=paris))
    await journey.record(first)
    person = await stage.subjects.get(TENANT, f"c-{journey.key}")
    assert person is not None
    assert person["address"]["city"] == "Paris"


# ── Somebody was faster ───────────────────────────────────────────────────────────────────


async def test_what_somebody_else_recorded_meanwhile_is_decided_on(
    journey: Journey, stage: Stage
) -> None:
    """What the first worker knows of the return would still allow it."""
    await journey.labelled()
    await journey.record(journey.asking("cancel"), by=stage.second)
    late = await journey.record(journey.asking("choose_method", method="carrier_pickup"))
    assert (late.accepted, late.code) == (False, "not_approved")
    assert await journey.told("CarrierSwitched") == []


async def test_two_who_decide_different_things_at_once_are_both_recorded_one_after_the_other(
    journey: Journey, stage: Stage
) -> None:
    await journey.labelled()
    number = await journey.tracking_number()
    opinion = journey.asking("give_feedback", rating=4)
    async with stage.held(journey.stream):
        both = [
            asyncio.create_task(journey.record(opinion, by=stage.first)),
            asyncio.create_task(journey.record(scan(journey, number), by=stage.second)),
        ]
        await stage.waiting(len(both))
    answers = await asyncio.gather(*both)
    assert [answer.accepted for answer in answers] == [True, True]
    assert len(await journey.told("FeedbackReceived")) == 1
    assert len(await journey.told("ParcelScanned")) == 1
    assert await versions(journey) == list(range(1, len(await versions(journey)) + 1))


async def test_a_cancellation_and_a_scan_at_once_are_decided_one_on_the_other(
    journey: Journey, stage: Stage
) -> None:
    """Both were decided on a return that was neither cancelled nor on its way."""
    await journey.labelled()
    number = await journey.tracking_number()
    async with stage.held(journey.stream):
        cancelling = asyncio.create_task(journey.record(journey.asking("cancel"), by=stage.first))
        await stage.waiting(1)
        scanning = asyncio.create_task(journey.record(scan(journey, number), by=stage.second))
        await stage.waiting(2)
    cancelled, scanned = await asyncio.gather(cancelling, scanning)
    assert scanned.accepted
    was_cancelled = bool(await journey.told("ReturnCancelled"))
    assert cancelled.accepted is was_cancelled
    assert len(await journey.told("ParcelScanned")) == 1


# ── What cannot be read, or does not fit ──────────────────────────────────────────────────

SAID = {"message_id": "m-odd", "occurred_at": TODAY.isoformat()}
MISFITS: dict[str, tuple[str, Any, str]] = {
    "nothing": ("report_tracking", "", "not_json"),
    "no JSON": ("report_tracking", "{", "not_json"),
    "half a sign": ("report_tracking", '{"place": "\ud800"}', "not_json"),
    "no object": ("report_tracking", [1], "invalid"),
    "a field missing": ("report_tracking", SAID, "invalid"),
    "a field too many": (
        "report_tracking",
        {**SAID, "tracking_number": "T", "status": "lost", "colour": "red"},
        "invalid",
    ),
    "a key twice": ("report_tracking", '{"message_id": "m-odd", "message_id": "m-2"}', "invalid"),
    "a zero byte": (
        "report_tracking",
        {**SAID, "tracking_number": "T", "status": "lost", "place": "a\0b"},
        "invalid",
    ),
    "too deep": ("report_tracking", "[" * 100 + "]" * 100, "invalid"),
    "far too deep": ("report_tracking", '{"a": ' + "[" * 100_00 + "]" * 100_00 + "}", "too_deep"),
    "too long": ("report_tracking", {**SAID, "place": "x" * 70_000}, "too_large"),
    "an unknown signal": ("report_weather", SAID, "unknown_signal"),
    "a parcel of somebody else": (
        "report_tracking",
        {**SAID, "tracking_number": "ELSEWHERE", "status": "scanned"},
        "unknown_parcel",
    ),
    "a payout of nobody": (
        "report_payout",
        {**SAID, "instruction_id": "nobody"},
        "unknown_payout",
    ),
}


def odd(journey: Journey, misfit: str) -> Recording:
    name, body, _ = MISFITS[misfit]
    return journey.recording("report", name, body)


@pytest.mark.parametrize("misfit", MISFITS)
async def test_a_message_that_makes_no_sense_is_a_recorded_rejection(
    journey: Journey, misfit: str
) -> None:
    await journey.open()
    name, _, code = MISFITS[misfit]
    recorded = await journey.record(odd(journey, misfit))
    assert (recorded.accepted, recorded.code) == (False, code)
    (rejected,) = await journey.told("MessageRejected")
    assert (rejected["message"], rejected["code"]) == (name, code)
    assert rejected["because"]
    assert "message_rejected" in recorded.status.flags


async def test_a_message_with_two_bodies_is_a_recorded_rejection(journey: Journey) -> None:
    await journey.labelled()
    good = scan(journey, await journey.tracking_number())
    await journey.record(good.model_copy(update={"bodies": 2}))
    (rejected,) = await journey.told("MessageRejected")
    assert (rejected["message_id"], rejected["code"]) == ("m-1", "invalid")
    assert await journey.told("ParcelScanned") == []


@pytest.mark.parametrize("misfit", MISFITS)
async def test_what_came_with_a_message_that_makes_no_sense_is_recorded_all_the_same(
    journey: Journey, stage: Stage, misfit: str
) -> None:
    await journey.labelled()
    number = await journey.tracking_number()
    together = (scan(journey, number), odd(journey, misfit), scan(journey, number, 2))
    for by in (stage.first, stage.second):
        recorded = await journey.record(*together, by=by)
        assert recorded.accepted
    assert [each["stage"] for each in await journey.told("ParcelScanned")] == [
        "in_transit",
        "at_hub",
    ]
    assert len(await journey.told("MessageRejected")) == 1


async def test_different_messages_that_make_no_sense_are_rejected_each(journey: Journey) -> None:
    await journey.open()
    for misfit in MISFITS:
        await journey.record(odd(journey, misfit))
    assert len(await journey.told("MessageRejected")) == len(MISFITS)


async def test_a_question_that_makes_no_sense_is_answered_and_not_recorded(
    journey: Journey,
) -> None:
    await journey.open()
    before = await versions(journey)
    answer = await journey.record(journey.asking("give_feedback", rating=11))
    assert (answer.accepted, answer.code) == (False, "invalid")
    assert "rating" in answer.because
    assert await versions(journey) == before


@pytest.mark.parametrize("kind", ["ask", "report"])
async def test_of_a_return_that_nobody_opened_nothing_is_recorded(
    journey: Journey, kind: str
) -> None:
    said = journey.asking("cancel") if kind == "ask" else odd(journey, "no JSON")
    assert not (await journey.record(said)).accepted
    assert await versions(journey) == []


async def test_a_store_that_does_not_answer_is_no_answer(journey: Journey, stage: Stage) -> None:
    """Temporal asks again; nobody is told a yes or a no that nobody knows."""
    await journey.open()
    async with stage.held(journey.stream):
        asking = asyncio.create_task(journey.record(journey.asking("cancel")))
        (writer,) = await stage.waiting()
        await stage.kill(writer)
        with pytest.raises(StoreUnavailable):
            await asking
    assert await journey.told("ReturnCancelled") == []
    assert (await journey.record(journey.asking("cancel"))).accepted
