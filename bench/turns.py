"""Blocks of several sides in turn, and the ratios of those that ran in the same round."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

Block = Callable[[], Awaitable[float]]
"""Does a piece of work and gives its pace, in whatever the comparison counts."""


@dataclass
class Turns:
    """What each side came to, by round."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    def middle(self, side: str) -> float:
        """The median, so that one disturbed block does not decide."""
        return median(self.figures[side])

    def ratios(self, one: str, other: str) -> list[float]:
        """By round: what slows the machine down for a while slows both down."""
        pairs = zip(self.figures[one], self.figures[other], strict=True)
        return [mine / theirs for mine, theirs in pairs]

    def ratio(self, one: str, other: str) -> float:
        """The median of the ratios."""
        return median(self.ratios(one, other))


async def in_turn(sides: Mapping[str, Block], *, rounds: int) -> Turns:
    """Let each side do its block in every round; the next round goes the other way round."""
    turns = Turns({side: [] for side in sides})
    order = list(sides.items())
    for _ in range(rounds):
        for side, block in order:
            turns.figures[side].append(await block())
        order.reverse()
    return turns


def spread(values: list[float]) -> str:
    """The median, and from where to where it went."""
    return f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
