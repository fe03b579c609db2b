from collections import Counter

from demo.struck import CALLED
from tests.faults.__main__ import CONTROLS, HERE, STORMS, Storm


def test_every_safety_that_is_taken_off_has_something_that_must_be_found() -> None:
    assert {folder.name for folder in (HERE / "unsafe").iterdir()} == set(CONTROLS)
    assert all(set(storm.controls) <= set(CONTROLS) for storm in STORMS.values())
    assert all(storm.controls for storm in STORMS.values())


def test_every_program_is_killed_in_every_storm() -> None:
    for storm in STORMS.values():
        assert min(storm.killed(program) for program in CALLED.values()) >= 12


def test_kills_of_programs_and_of_everything_are_mixed_evenly() -> None:
    storm = Storm(1, 1, kill={"worker": 2, "everything": 4}, lost=0, controls=())
    assert Counter(storm.blows) == storm.kill
    assert Counter(storm.blows[:3]) == {"worker": 1, "everything": 2}
    assert storm.killed("worker") == 6
    assert storm.killed("api") == 4
