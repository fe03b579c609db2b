"""What is asked of payment providers: money back, money asked for, money kept ready."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

from activities.ports.base import Capabilities, Value
from domain.money import Money


class PayoutOrder(Value):
    """Money back to one tender, or value issued. `instruction_id` is the provider's key."""

    instruction_id: str
    payment_ref: str  # what was paid there; for issued store credit: the customer's account
    amount: Money
    reference: str  # the return's id, for their books
    maybe_sent_for: timedelta = timedelta(0)  # since it may first have been sent, at the longest
    payout_ref: str = ""  # theirs, where they have answered before
    valid_until: datetime | None = None  # of a coupon: issued value that ends


class PayoutAnswer(Value):
    """Where the money is, by the provider's own word.

    `failed` covers the provider's no (`reason` says which) and a later bounce.
    `code` is what a guest can claim issued value with. `cost` and `worth` are said where the
    merchant is settled in another currency than the customer pays in.
    """

    state: Literal["submitted", "pending", "requires_action", "succeeded", "failed", "cancelled"]
    payout_ref: str = ""
    reason: str = ""
    code: str = ""
    valid_until: datetime | None = None  # of issued value that ends, as they say it
    amount: Money | None = None
    cost: Money | None = None  # what it took of the merchant's balance, in its currency
    worth: Money | None = None  # what the same part of the payment had brought there


class Booked(Value):
    """One movement in a provider's own list: what they say they gave back, or lost."""

    kind: Literal["payout", "chargeback"]
    ref: str  # theirs
    instruction_id: str  # ours, where they keep it; empty for what somebody else made
    payment_ref: str
    amount: Money
    state: str  # of `PayoutAnswer`; of a chargeback: open, won or lost
    at: datetime


class PaymentGateway(Protocol):
    """Pays out once per instruction and says later what came of it."""

    capabilities: Capabilities

    async def find_payout(self, order: PayoutOrder) -> PayoutAnswer | None: ...
    async def pay_out(self, order: PayoutOrder) -> PayoutAnswer: ...


class Bookkeeper(Protocol):
    """Lists what moved at a provider, for reconciliation: each movement as it stands now."""

    late: timedelta  # how long it may be until what moved is listed

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]: ...


class Bill(Value):
    """Money that a customer is asked for, by a link. `instruction_id` is the provider's key."""

    instruction_id: str
    amount: Money
    reference: str  # the return's id, for their books
    because: str  # one line that the customer reads; no personal data
    expires_at: datetime


class BillAnswer(Value):
    """Where a customer's payment is, by the provider's own word."""

    state: Literal["open", "paid", "expired", "cancelled"]
    bill_ref: str
    url: str = ""
    payment_ref: str = ""  # once paid: what a later refund goes back to
    amount: Money | None = None


class HoldOrder(Value):
    """Keep an amount ready on what the order was paid with, without taking it."""

    instruction_id: str
    payment_ref: str
    amount: Money
    reference: str


class HoldAnswer(Value):
    """What became of it. `taken` is money that we have now, under `payment_ref`."""

    state: Literal["held", "taken", "released", "refused", "requires_action"]
    hold_ref: str = ""
    payment_ref: str = ""
    reason: str = ""
    amount: Money | None = None


class Collector(Protocol):
    """Takes money from customers: a difference in price, or the value of goods never returned."""

    capabilities: Capabilities

    async def find_bill(self, bill: Bill) -> BillAnswer | None: ...
    async def send_bill(self, bill: Bill) -> BillAnswer: ...
    async def cancel_bill(self, bill: Bill) -> BillAnswer: ...
    async def find_hold(self, order: HoldOrder) -> HoldAnswer | None: ...
    async def place_hold(self, order: HoldOrder) -> HoldAnswer: ...
    async def take_hold(self, order: HoldOrder) -> HoldAnswer: ...
    async def release_hold(self, order: HoldOrder) -> HoldAnswer: ...
