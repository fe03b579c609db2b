"""An amount that a provider has no way to say, though the currency has."""

from activities.failures import Misspoken
from domain.money import Money

REASON = "unsayable_amount"
"""Why such a payout failed: nothing was sent, and a person chooses another way."""


class Unsayable(Misspoken):
    """It has a part that they do not take; rounding money is not ours to do."""

    def __init__(self, provider: str, amount: Money) -> None:
        super().__init__(f"{provider}: {amount.plain()} has a part that they do not take")
