"""One decision on a lot while it is being made."""

from dataclasses import dataclass
from typing import ClassVar

from domain.lots.events import LotEvent
from domain.lots.evolve import evolve
from domain.lots.lifecycle import allows
from domain.lots.state import LotState
from domain.unfolded import Unfolded


@dataclass
class LotUnfolding(Unfolded[LotState, LotEvent]):
    """The lot so far, and what has followed."""

    what: ClassVar[str] = "lot"

    def allows(self, move: str) -> bool:
        return allows(self.state.life, move)

    def learn(self, event: LotEvent) -> LotState:
        return evolve(self.state, event)
