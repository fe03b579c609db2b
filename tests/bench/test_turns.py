"""The ruler: sides measured in turn, and ratios of what ran side by side."""

from bench.promises import Promise, broken
from bench.turns import Turns, in_turn, spread


async def test_every_round_has_each_side_once_and_goes_the_other_way_round() -> None:
    played: list[str] = []

    async def one() -> float:
        played.append("one")
        return 2.0

    async def other() -> float:
        played.append("other")
        return 1.0

    turns = await in_turn({"one": one, "other": other}, rounds=2)
    assert played == ["one", "other", "other", "one"]
    assert turns.ratios("one", "other") == [2.0, 2.0]


def test_a_ratio_is_of_the_blocks_of_one_round() -> None:
    turns = Turns({"one": [10.0, 100.0, 30.0], "other": [5.0, 50.0, 30.0]})
    assert turns.ratios("one", "other") == [2.0, 2.0, 1.0]
    assert turns.ratio("one", "other") == 2.0
    assert spread(turns.ratios("one", "other")) == "2.00 (1.00-2.00)"


def test_a_promise_is_kept_by_the_figure_itself_and_broken_just_beyond_it() -> None:
    kept = [Promise("faster", 2.0, least=2.0), Promise("slower", 5.0, most=5.0)]
    assert broken(kept) == []
    missed = [Promise("faster", 1.99, least=2.0), Promise("slower", 5.01, most=5.0)]
    assert broken(missed) == [
        "faster: 1.99, at least 2.00 is promised",
        "slower: 5.01, at most 5.00 is promised",
    ]
