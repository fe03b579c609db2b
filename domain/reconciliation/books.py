"""The two books that are compared: what our streams say of money, and what a provider lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from domain.money import Money
from domain.words import MoneyState

SLACK = timedelta(hours=4)
"""How long an answer, a webhook or two clocks may be late before that means anything."""

PayoutWord = Literal["submitted", "pending", "requires_action", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a provider's list, as it stands now."""

    kind: Literal["payout", "chargeback"]
    ref: str  # theirs
    instruction_id: str  # ours, where they keep it
    payment_ref: str
    amount: Money
    state: str  # of a payout a `PayoutWord`; of a chargeback open, won or lost
    at: datetime  # when it was made over there


@dataclass(frozen=True, slots=True)
class OurPayout:
    """One instruction to this provider; or one refund that people made there and told us of."""

    return_id: str  # none: of an order without a return
    order_id: str
    instruction_id: str
    payment_ref: str
    payout_ref: str
    amount: Money
    state: MoneyState
    askable_at: datetime  # planned, or last released: they cannot have had it before
    answered_at: datetime | None = None  # they had it by then; none: we never heard that they do
    by_hand: bool = False  # told to us by people: only what their list has of it is compared
    can_ask: bool = True  # whether its return can ask the provider for the truth
    names: tuple[str, ...] = ()  # other references that it is known by

    @property
    def refs(self) -> frozenset[str]:
        """All references that may stand for it in their list."""
        return frozenset({self.payout_ref, *self.names} - {""})

    @property
    def whose(self) -> str:
        """What it belongs to, in words."""
        return f"return {self.return_id}" if self.return_id else f"order {self.order_id}"


@dataclass(frozen=True, slots=True)
class OurChargeback:
    """What an order's ledger says that a bank took from one of its payments."""

    order_id: str
    payment_ref: str
    amount: Money
    state: Literal["open", "won", "lost"]
    opened_at: datetime
    chargeback_id: str = ""
    named: bool = True  # by the provider's own id


@dataclass(frozen=True, slots=True)
class OurBooks:
    """All of ours that the list may be about: of its window, and whatever it names besides."""

    payouts: tuple[OurPayout, ...] = ()
    chargebacks: tuple[OurChargeback, ...] = ()
    orders: Mapping[str, str] = field(default_factory=dict)  # by payment
    foreign: frozenset[str] = frozenset()  # their refs that another merchant's books explain


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends in it.

    Raises:
        ValueError: An end has no offset, or it ends before it begins.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("since, until: expected times with their offset")
        if self.since > self.until:
            raise ValueError("since: expected a time before until")

    def covers(self, other: "Span") -> bool:
        """Whether all of the other lies in it."""
        return self.since <= other.since and other.until <= self.until


@dataclass(frozen=True, slots=True)
class BooksKey:
    """Whose books, and with whom."""

    tenant: str
    provider: str

    @property
    def stream(self) -> str:
        """The stream of what was found."""
        return f"reconciliation:{self.tenant}:{self.provider}"

    @classmethod
    def of_stream(cls, stream_id: str) -> "BooksKey | None":
        """Read it from the name of a stream; none for a stream of another kind."""
        kind, _, rest = stream_id.partition(":")
        tenant, _, provider = rest.partition(":")
        return cls(tenant, provider) if kind == "reconciliation" and tenant and provider else None
