"""One decision on a claim while it is being made."""

from dataclasses import dataclass
from typing import ClassVar

from domain.recoveries.events import RecoveryEvent
from domain.recoveries.lifecycle import allows
from domain.recoveries.state import RecoveryState, evolve
from domain.unfolded import Unfolded


@dataclass
class RecoveryUnfolding(Unfolded[RecoveryState, RecoveryEvent]):
    """The claim so far, and what has followed."""

    what: ClassVar[str] = "recovery"

    def allows(self, move: str) -> bool:
        return allows(self.state.life, move)

    def learn(self, event: RecoveryEvent) -> RecoveryState:
        return evolve(self.state, event)
