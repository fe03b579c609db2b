"""The derivation of a return's money, as it is told: to programs as it is, to people in lines."""

from domain.model import Moment, Value
from domain.money import Money
from domain.policy.quote import ExchangeQuote
from domain.returns.events import PayoutPart
from domain.returns.events.bills import BillPart


class Adjusted(Value):
    """A change of the promise, signed, with its reason."""

    amount_minor: int
    reason: str
    because: str


class UnitExplained(Value):
    """One unit: listed - discount = net; what was captured, less what is kept, is its refund.

    refund = net + tax + duty + import tax - refunded before - restocking fee + adjustments,
    never below zero, where the unit is answered in money; else its value is given in goods.
    """

    unit: str
    sku: str
    name: str
    resolution: str
    listed_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    duty_minor: int
    import_tax_minor: int
    refunded_before_minor: int
    restocking_fee_minor: int
    quoted_minor: int
    adjustments: tuple[Adjusted, ...]
    refund_minor: int
    exchange: ExchangeQuote | None = None
    borne_minor: int = 0  # by the merchant, of what a deduction made the article dearer


class CollectedExplained(Value):
    """What the customer was asked for, what it is for, and what of it goes back."""

    instruction_id: str
    provider: str
    state: str
    amount_minor: int
    parts: tuple[BillPart, ...]
    given_back: tuple[Adjusted, ...]
    given_back_minor: int


class PotExplained(Value):
    """The outbound shipping, or the return label's fee."""

    quoted_minor: int
    adjustments: tuple[Adjusted, ...]
    result_minor: int


class PayoutExplained(Value):
    """One instruction: where to, how it stands, and what of it is for which unit."""

    instruction_id: str
    destination: str
    tender_id: str
    provider: str
    state: str
    amount_minor: int
    counts: bool  # not cancelled, and not replaced by another instruction
    parts: tuple[PayoutPart, ...]
    reason: str = ""  # why it is held, or failed
    chosen_by: str = ""  # who said that it goes there; empty: the policy
    approved_by: tuple[str, ...] = ()
    exchange_loss: Money | None = None  # the merchant's, in their own currency


class CouponExplained(Value):
    """A coupon: what can be bought with it, and what of which unit it was given for."""

    instruction_id: str
    unit: str
    state: str
    face_minor: int
    value_minor: int
    valid_until: Moment | None = None


class Explained(Value):
    """A return's money. promised = the units' refunds + shipping - label fee, never below zero;
    and what goes back of what was collected for it.
    """

    return_id: str
    order_id: str
    currency: str
    units: tuple[UnitExplained, ...]
    shipping: PotExplained
    label_fee: PotExplained
    label_fee_taken_minor: int  # so far; it is taken from the first payouts
    promised_minor: int
    paid_minor: int
    payouts: tuple[PayoutExplained, ...]
    collected: tuple[CollectedExplained, ...] = ()
    collected_minor: int = 0
    coupons: tuple[CouponExplained, ...] = ()
