from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.conclusion import conclude
from demo.journeys import Journey
from demo.run import load
from demo.stage import new_stack, stage_on
from demo.struck import CALLED, Blow, Program, Struck

JOURNEYS = {"plain", "gift-card-and-card", "two-parcels", "store-credit", "one-too-many"}


def some_journeys() -> tuple[Journey, ...]:
    everything = load(None, None, datetime.now(UTC))
    return tuple(journey for journey in everything if journey.journey in JOURNEYS)


@pytest.mark.parametrize(
    "blows",
    [["worker", "server", "database", "sandbox", "api"], ["everything"]],
    ids=["one after the other", "all at once"],
)
async def test_after_kill_9_in_the_middle_of_it_everything_goes_on_and_all_books_agree(
    state: Path, surroundings: dict[str, str], blows: Sequence[Program]
) -> None:
    journeys = some_journeys()
    async with new_stack(state, surroundings) as stack, stage_on(stack, "acme") as quiet:
        stories = quiet.stories_of(journeys)
        began = await quiet.outside.now()
        stage = quiet.struck([Blow(0, program) for program in blows], began, stories)
        await stage.outside.prepare(journeys)
        play = stage.play(journeys, stories, lambda _now, _doing: None)
        acting = await play.to_the_end(began)
        concluded = await conclude(journeys, stories, acting, stage)
    outside = stage.outside
    assert isinstance(outside, Struck)
    assert outside.killed == dict.fromkeys(CALLED.values(), 1)
    assert concluded.agrees, concluded
