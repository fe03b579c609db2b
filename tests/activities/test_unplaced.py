"""News for a return that nobody opened is kept by the recorder, whole or with what is wrong."""

import json
from typing import Any

import pytest

from activities.recorded import Recording
from activities.recorder import Recorder
from activities.unplaced import UnplacedNews
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.subjects import MemorySubjects
from adapters.memory.unplaced import MemoryUnplaced
from tests.engine import TODAY
from tests.projections.story import OnePolicy

SCAN = {
    "message_id": "m-1",
    "occurred_at": TODAY.isoformat(),
    "tracking_number": "T1",
    "status": "scanned",
}


@pytest.fixture
def unplaced() -> MemoryUnplaced:
    return MemoryUnplaced()


@pytest.fixture
def recorder(unplaced: MemoryUnplaced) -> Recorder:
    return Recorder(MemoryEventStore(), MemorySubjects(), OnePolicy(), unplaced)


def telling(body: Any, name: str = "report_tracking", bodies: int = 1) -> Recording:
    return Recording(
        tenant="acme",
        return_id="R-1",
        now=TODAY,
        kind="report",
        name=name,
        body=json.dumps(body),
        bodies=bodies,
    )


def only(unplaced: MemoryUnplaced) -> UnplacedNews:
    [news] = unplaced.kept.values()
    return news


async def test_what_is_only_too_early_is_kept_whole(
    recorder: Recorder, unplaced: MemoryUnplaced
) -> None:
    outcome = await recorder.record(telling(SCAN))
    assert outcome.refused is not None
    news = only(unplaced)
    assert (news.stream, news.message, news.body) == ("return:acme:R-1", "report_tracking", SCAN)
    assert (news.code, news.because) == ("unknown_return", "there is no return R-1 of acme")


async def test_a_repeat_is_the_same_news_and_another_word_is_other_news(
    recorder: Recorder, unplaced: MemoryUnplaced
) -> None:
    await recorder.record(telling(SCAN))
    await recorder.record(telling(SCAN))
    assert len(unplaced.kept) == 1
    await recorder.record(telling(SCAN | {"status": "delivered"}))
    assert len(unplaced.kept) == 2


@pytest.mark.parametrize(
    ("recording", "because"),
    [
        (telling(SCAN | {"status": "teleported"}), "status: "),
        (telling(SCAN | {"sur\x00prise": 1}), "sur\ufffdprise: "),
        (telling(SCAN, bodies=2), "body: expected one JSON object, got 2"),
        (telling(SCAN, name="report_weather"), "there is no signal report_weather"),
    ],
    ids=["field", "control sign", "two bodies", "name"],
)
async def test_what_makes_no_sense_is_kept_with_what_is_wrong_and_told_to_nobody(
    recorder: Recorder, unplaced: MemoryUnplaced, recording: Recording, because: str
) -> None:
    await recorder.record(recording)
    news = only(unplaced)
    assert news.body is None
    assert news.because.startswith(because)


async def test_what_somebody_asks_is_answered_and_not_kept(
    recorder: Recorder, unplaced: MemoryUnplaced
) -> None:
    asked = {"request_id": "q-1", "actor": {"kind": "staff", "id": "s-1"}}
    recording = telling(asked, name="cancel").model_copy(update={"kind": "ask"})
    outcome = await recorder.record(recording)
    assert outcome.refused is not None
    assert outcome.refused.code == "unknown_return"
    assert unplaced.kept == {}
