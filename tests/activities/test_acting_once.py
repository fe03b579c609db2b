"""Every activity of the worker, asked often: done once, whatever happens in between."""

import pytest

from tests.activities.deeds import ONCE, Deed
from tests.activities.journey import Journey
from tests.activities.proofs import PROOFS
from tests.activities.stage import Stage

LOSSES = [(name, fault) for name, proof in PROOFS.items() for fault in proof.faults]

AT_LEAST_ONCE = {"deliver_events", "tell_owner"}
"""What is not recorded may come twice to a merchant: receivers know a second message by its
`webhook-id`, mailboxes a second letter by its `Message-ID`."""


@pytest.fixture
async def deed(request: pytest.FixtureRequest, journey: Journey) -> Deed:
    return await PROOFS[request.param].ready(journey)


def test_every_activity_that_the_worker_registers_is_proven(stage: Stage) -> None:
    proven = {proof.activity for proof in PROOFS.values()}
    assert proven == set(stage.first.activities) - AT_LEAST_ONCE


@pytest.mark.parametrize("deed", PROOFS, indirect=True)
async def test_asked_twice_it_is_done_once_and_answered_alike(deed: Deed, stage: Stage) -> None:
    by = (stage.second, stage.second, stage.first, stage.first)
    answers = [await deed.by(worker) for worker in by]
    assert await deed.times() == ONCE
    assert answers == [answers[0]] * len(by)


@pytest.mark.parametrize("deed", PROOFS, indirect=True)
async def test_done_by_a_worker_that_died_before_it_was_recorded_it_is_found_by_the_next(
    deed: Deed, stage: Stage
) -> None:
    await deed.dies_before_it_is_recorded(stage.first)
    assert (await deed.times())[0] == 1
    await deed.must_not_be_asked_for_again()
    await deed.by(stage.second, nth=2)
    assert await deed.times() == ONCE


@pytest.mark.parametrize("deed", sorted(PROOFS), indirect=True)
async def test_at_once_by_two_workers_it_is_done_once(deed: Deed, stage: Stage) -> None:
    first, second = await deed.at_once(stage.first, stage.second)
    assert await deed.times() == ONCE
    assert first == second


@pytest.mark.parametrize("deed", PROOFS, indirect=True)
async def test_at_once_by_one_worker_it_is_done_once(deed: Deed, stage: Stage) -> None:
    first, second = await deed.at_once(stage.first, stage.first)
    assert await deed.times() == ONCE
    assert first == second


@pytest.mark.parametrize(("deed", "fault"), LOSSES, indirect=["deed"])
async def test_done_without_an_answer_it_is_looked_for_and_not_done_again(
    deed: Deed, fault: str, stage: Stage
) -> None:
    asks = stage.hasty if fault == "silence_after" else stage.first
    await deed.answer_is_lost(asks, fault)
    assert (await deed.times())[0] == 1
    await deed.must_not_be_asked_for_again()
    await deed.by(stage.first, nth=2)
    assert await deed.times() == ONCE
