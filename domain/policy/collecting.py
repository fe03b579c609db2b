"""How money is collected from customers, and what is kept ready where goods are sent first.

A part of the policy that goes on to bind a return: the terms hold it as it is.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Value
from domain.words import Resolution

Days = Annotated[int, Field(ge=1, le=90)]


class CollectingTerms(Value):
    """Terms of bills and holds; without a word in the policy, these."""

    provider: Id = "stripe"  # whose link the customer pays by
    pay_within_days: Days = 7  # from the bill until the exchange is off
    instead: Literal["refund_original", "store_credit"] = "refund_original"
    """What is offered where the exchange comes to nothing; unanswered, it holds."""
    hold_days: Days = 7  # for which a bank keeps an amount ready
    hand_over_days: Days = 14  # from the approval, where the new goods are sent first
    object_days: Days = 3  # to object to a rejection before the hold is taken
    rejected_bp: Annotated[int, Field(ge=0, le=10_000)] = 10_000
    """Of the value of a unit that is rejected after its replacement was sent."""

    @property
    def resolution_instead(self) -> Resolution:
        """The same as a resolution."""
        return Resolution(self.instead)
