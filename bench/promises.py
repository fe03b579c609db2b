"""A figure that was measured, and what was promised of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """At least so much, or at most so much; both may be said."""

    what: str
    figure: float
    least: float = float("-inf")
    most: float = float("inf")

    def broken(self) -> str:
        """Say by how much it is missed; empty, if it is kept."""
        if self.figure < self.least:
            return f"{self.what}: {self.figure:.2f}, at least {self.least:.2f} is promised"
        if self.figure > self.most:
            return f"{self.what}: {self.figure:.2f}, at most {self.most:.2f} is promised"
        return ""


def broken(promises: Iterable[Promise]) -> list[str]:
    """Name those that do not hold."""
    return [said for promise in promises if (said := promise.broken())]
