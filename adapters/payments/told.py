"""What a provider told us and signed, where it cannot be asked."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from adapters.payments.adyen_words import State
from domain.money import Money


class Said(BaseModel):
    """One thing that they said of a payout, as their signature covers it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    instruction_id: str = ""  # where they hand it back; else it is the payment's reference
    payout_ref: str
    payment_ref: str = ""
    state: State
    reason: str = ""
    amount: Money


class Told(Protocol):
    """Remembers it, in whatever order and however often it came."""

    async def of_payout(
        self, provider: str, instruction_id: str, payout_ref: str
    ) -> Sequence[Said]:
        """Give what was said under either reference; an empty one says nothing."""


LATEST = ("pending", "succeeded", "cancelled", "failed")
"""What counts of all that was said: a failure is told after a success, and never taken back."""


def standing(said: Iterable[Said]) -> Said | None:
    """Say how a payout stands by all that was told of it, in any order, any number of times."""
    return max(said, key=lambda one: LATEST.index(one.state), default=None)
