"""One cell: in this state somebody says what would make that move, and then."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from domain.returns import commands as c
from domain.returns.decider import Command
from domain.returns.evolve import evolve
from domain.returns.lifecycle import TABLES
from domain.returns.state import ReturnState
from tests.domain.returns.scenario import Scenario

Standing = Callable[[], Scenario]
Saying = Callable[[Scenario], Command]
NEVER_SAID = "a report that never was"
Looking = Callable[[ReturnState], StrEnum | None]


@dataclass(frozen=True)
class Cells:
    """One axis: returns that stand in each of its states, and who says what moves them.

    `instead` has the returns in which a state was come to by another way, where only so
    the move can be said; or is come to within the same decision. `otherwise` has who says
    it where that is somebody else. `names` is the field by which events name another unit
    than the first, which is the one that is looked at.
    """

    axis: str
    look: Looking
    standing: Mapping[StrEnum | None, Standing]
    sayings: Mapping[str, Saying]
    instead: Mapping[tuple[StrEnum | None, str], Standing] = field(default_factory=dict)
    names: str = ""
    otherwise: Mapping[tuple[StrEnum | None, str], Saying] = field(default_factory=dict)

    def known(self, state: StrEnum | None, move: str) -> Scenario:
        """A return that stands so."""
        return self._known[self.instead.get((state, move)) or self.standing[state]]

    def saying(self, state: StrEnum | None, move: str) -> Saying:
        """Who says what would make that move there."""
        return self.otherwise.get((state, move), self.sayings[move])

    @cached_property
    def _known(self) -> "_Once":
        return _Once()

    def all(self) -> Iterator[tuple[StrEnum | None, str]]:
        """Every cell: allowed, or refused. What only begins a thing begins another one."""
        table = TABLES[self.axis]
        later = {move for state, row in table.items() if state is not None for move in row}
        for state, row in table.items():
            for move in self.sayings:
                stands = state in self.standing or (state, move) in self.instead
                if stands and (move in row or (state is not None and move in later)):
                    yield state, move

    def moves(
        self, known: Scenario, after: Scenario
    ) -> list[tuple[StrEnum | None, str, StrEnum | None]]:
        """Every move that was made: from where it led on this axis, and to where."""
        state, told = known.state, []
        for event in after.news:
            before, state = state, evolve(state, event)
            if self.names and getattr(event, self.names, None) not in {
                None,
                next(iter(after.state.units), None),
            }:
                continue
            told.append((self.look(before), self._name(event.move), self.look(state)))
        return told

    def _name(self, move: str) -> str:
        """As the table names it: any scan uses a label, wherever it was made."""
        return move.partition("(")[0] if self.axis == "label" else move


class _Once(dict[Standing, Scenario]):
    """Each story is told once: a scenario never changes."""

    def __missing__(self, story: Standing) -> Scenario:
        self[story] = story()
        return self[story]


def of_another_box(known: Scenario) -> Command:
    """What was counted last had come in a box of another return."""
    return c.ReportReceipt(
        message_id="another-box", occurred_at=known.now, warehouse="hub-de", units=(),
        retracts=next(reversed(known.state.receipts), NEVER_SAID),
    )  # fmt: skip


def of_another_unit(known: Scenario) -> Command:
    """The first inspection of the first unit was of another one."""
    looks = next(iter(known.state.units.values())).looks
    return c.ReportInspection(
        message_id="of-another", occurred_at=known.now, warehouse="hub-de", inspector="i-1",
        return_id=known.return_id, retracts=looks[0].inspection_id if looks else NEVER_SAID,
    )  # fmt: skip
