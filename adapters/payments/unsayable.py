"""Payouts that are not sent, and the reasons by which a person chooses another way."""

from activities.failures import Misspoken
from domain.money import Money

REASON = "unsayable_amount"
"""The provider has no way to say the amount, though the currency has: nothing was sent."""

MAY_HAVE_BEEN_SENT = "may_have_been_sent"
"""It may have been sent under a key that is forgotten by now: looked up at the provider first.

Where it is there, it is chosen to be paid by hand and released under their reference.
"""


class Unsayable(Misspoken):
    """It has a part that they do not take; rounding money is not ours to do."""

    def __init__(self, provider: str, amount: Money) -> None:
        super().__init__(f"{provider}: {amount.plain()} has a part that they do not take")
