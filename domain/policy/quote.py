"""What a policy answers with: verdicts, the rules that fired, the terms, and a price."""

from typing import Literal

from pydantic import Field

from domain.channels import MessageTerms
from domain.model import Id, Minor, Short, Text, Value
from domain.money import Currency
from domain.policy.collecting import CollectingTerms
from domain.policy.gathering import LotTerms
from domain.policy.inspecting import Checklist
from domain.policy.recovery import Exit
from domain.policy.resolving import ResolvingTerms
from domain.policy.serving import TAKE_BACK_DAYS, Hub, Needs, Slot
from domain.policy.units import MONEY
from domain.words import Disposition, Grade, Method, Reason, RefundTrigger, Resolution


class Transport(Value):
    """One carrier's service for a method, in the order in which they are to be tried."""

    method: Method
    carrier: Id
    service: Short
    account: Id | None = None  # by which it is bought; none: the one for most
    cost_minor: Minor | None = None  # by contract; none: not known
    landed_minor: Minor | None = None  # with handling, and what its record lets expect
    days: int | None = None  # from the hand-over to the dock
    take_back_days: int = TAKE_BACK_DAYS  # in which an unused label is given back in time
    parcels: int = 0  # of its record, where it counted; else 0
    exceptions: int = 0
    late: int = 0


class TurnedDown(Value):
    """A carrier's service that cannot carry this return, and why."""

    method: Method
    carrier: Id
    service: Short
    account: Id | None = None
    code: Id
    because: Text


OtherDestination = Literal["with_consent", "by_policy"]
"""Whether money may go another way than it was paid without the customer's yes."""


class Terms(Value):
    """The part of a policy that goes on to bind one return after it was judged.

    Recorded with the evaluation, so that a return keeps the terms it was promised, whatever
    the policy says tomorrow. Durations are whole days or hours, as the name says.
    """

    policy_id: Id
    policy_version: int
    refund_trigger: RefundTrigger
    ship_by_days: int
    reminder_days_before: int
    review_hours: int
    receipt_days: int  # from hand-over until somebody must explain where the parcel is
    lost_after_days: int  # without a scan, after hand-over
    silence_days: int | None = None  # without a scan, until the carrier is asked
    late_scan_days: int  # after expiry, in which a hand-over in time may still be reported
    missing_units_days: int  # after the first receipt, until what did not come is short
    inspection_days: int
    dispute_days: int
    stray_days: int  # until a decision on what nobody expected
    payout_days: int  # until a silent gateway is somebody's problem
    choose_payout_days: int
    replacement_hold_days: int
    customer_answer_days: int  # to an offer, or a question about a pickup
    pickup_attempts: int
    transports: tuple[Transport, ...]  # as chosen for this return, the first one first
    turned_down: tuple[TurnedDown, ...] = ()
    carrier_currency: Currency = "EUR"  # of what transports cost
    check_at_door: bool = False
    fallback_method: Method
    hub: Hub
    grade_share_bp: dict[Grade, int]  # basis points of the unit's value that go back
    disposition_by_grade: dict[Grade, Disposition]
    ways_out: dict[str, tuple[Exit, ...]] = Field(default_factory=dict)  # by line, if compared
    tender_order: tuple[str, ...]  # kinds of tender, first refunded first
    restocking_fee_bp: int  # of the net, where the customer is at fault
    # Where the category or the law says otherwise for a unit of this return.
    restocking_fee_bp_by_unit: dict[str, int] = Field(default_factory=dict)
    label_fee_minor: dict[Method, int]  # once per return, where the customer is at fault
    approval_from_minor: int | None = None  # two people let it go; of a payout, or its payment
    other_destination: OtherDestination = "with_consent"
    resolving: ResolvingTerms = ResolvingTerms()
    collecting: CollectingTerms = CollectingTerms()
    messages: MessageTerms = MessageTerms()
    checklists: dict[str, Checklist] = Field(default_factory=dict)  # by unit, where there is one
    lots: tuple[LotTerms, ...] = ()  # in which its units may leave the hub

    def account_of(self, carrier: str, service: str) -> str:
        """By which contract a service is bought; none: the one for most."""
        known: tuple[Transport | TurnedDown, ...] = (*self.transports, *self.turned_down)
        of_it = (one.account for one in known if (one.carrier, one.service) == (carrier, service))
        return next(of_it, None) or ""


class ExchangeQuote(Value):
    """What the article wanted instead of one unit costs, beside what the unit is worth.

    cost = price + tax - borne, and difference = cost - value: above zero the customer pays it
    before the article is sent, below zero it goes back to what the order was paid with.
    """

    sku: Short
    price_minor: Minor  # net of tax; none was named where the exchange is even
    tax_minor: Minor  # duty and import tax included
    borne_minor: Minor = 0  # by the merchant, who owes the same article again
    cost_minor: Minor
    value_minor: Minor
    difference_minor: int


class UnitQuote(Value):
    """What one unit brings back, and how that comes about. `refund_minor` is the result.

    refund_minor = net + tax + duty + import tax - restocking fee - what was given back for the
    unit before (a manual refund), never below zero.
    """

    unit: str  # "<line_id>/<n>", n = 1, 2 … within this return
    line_id: Id
    ordinal: int  # which unit of the order's line, 1 … quantity
    reason: Reason
    resolution: Resolution
    listed_minor: Minor  # before discounts, net
    discount_minor: Minor  # line discount and share of the order's
    net_minor: Minor
    tax_minor: Minor
    duty_minor: Minor
    import_tax_minor: Minor
    restocking_fee_minor: Minor
    already_refunded_minor: Minor = 0
    share_bp: int = 10_000  # of the rest, where the goods are kept and only a share is paid
    refund_minor: Minor
    exchange: ExchangeQuote | None = None  # where it is answered in goods

    @property
    def in_money(self) -> bool:
        """Whether the unit is answered in money, or store credit."""
        return self.resolution in MONEY

    @property
    def cash_minor(self) -> int:
        """What the customer gets back for it: its refund, or what a cheaper article leaves."""
        if self.in_money:
            return self.refund_minor
        return max(0, -self.exchange.difference_minor) if self.exchange else 0

    @property
    def owed_minor(self) -> int:
        """What the customer pays for the dearer article."""
        if self.in_money or self.exchange is None:
            return 0
        return max(0, self.exchange.difference_minor)


class TenderShare(Value):
    """Where money goes back to, in the order in which it is filled."""

    tender_id: Id
    amount_minor: Minor


class Quote(Value):
    """The price of returning, before the customer commits. What is paid must equal it.

    total = sum of the units' refunds + shipping - label fee, never below zero. For units
    that are exchanged, replaced or repaired the value is goods and not in the total, but for
    what a cheaper article leaves of it. What dearer ones cost more is `to_pay_minor`, with
    what of the label fee no refund can bear.
    """

    currency: Currency
    method: Method
    units: tuple[UnitQuote, ...]
    shipping_minor: Minor
    label_fee_minor: Minor
    total_minor: Minor
    billed_fee_minor: Minor = 0  # of the label, on top of `label_fee_minor`
    to_pay_minor: Minor = 0  # differences and billed fee: one bill
    tenders: tuple[TenderShare, ...]
    methods: tuple["MethodPrice", ...] = ()
    not_offered: tuple["NotOffered", ...] = ()
    label_fee_because: Short = ""
    choices: tuple["Choice", ...] = ()


class NearestPlace(Value):
    """Where to go; open to the public, and told to the customer."""

    place_id: Id
    name: Short
    line1: Short
    city: Short
    postcode: Short


class MethodPrice(Value):
    """What each way of handing over would cost the customer, and bring with it."""

    method: Method
    label_fee_minor: Minor
    carrier: str = ""
    total_minor: Minor = 0  # what comes back in all if the goods go this way
    days: int | None = None  # from the hand-over to the dock; none: not known
    needs: Needs = "nothing"
    place: NearestPlace | None = None
    onward: str = ""  # the warehouse to which a partner sends it on, together with others
    slots: tuple[Slot, ...] = ()  # in which the carrier comes
    checks_at_door: bool = False


class NotOffered(Value):
    """A way that cannot be had for this return."""

    method: Method
    code: Id
    because: Text


class Choice(Value):
    """What another resolution would bring for all units alike, by the method of the quote.

    By another method: `before_label_minor` less that method's fee, never below zero; where
    nothing comes back, or no money is paid, there is no fee. A coupon's total is what can be
    bought with it.
    """

    resolution: Resolution
    total_minor: Minor
    before_label_minor: Minor
    fee_minor: Minor
    fee_because: Short
    to: tuple[Short, ...]  # tenders, store_credit, coupon, goods
    units: dict[str, int] = Field(default_factory=dict)  # in money, where it differs
    after: Short  # what has to happen first
    days: int  # from then on, at the latest
    counted: Short  # the name of these days in the terms


class RuleFired(Value):
    """A rule that spoke, on the facts it saw; `source` names the law where it is one."""

    rule: Id
    outcome: Literal["approve", "review", "decline", "offer", "fee", "no_fee", "note"]
    because: Text
    units: tuple[str, ...] = ()
    facts: dict[str, str | int | bool] = Field(default_factory=dict)
    source: Short = ""


class UnitVerdict(Value):
    """May this unit come back?"""

    unit: str
    outcome: Literal["approve", "review", "decline"]
    code: Id
    because: Text


class Evaluation(Value):
    """A policy's whole answer to one request."""

    verdicts: tuple[UnitVerdict, ...]
    fired: tuple[RuleFired, ...]
    terms: Terms
    quote: Quote
    keep_item: bool = False  # the goods are not worth their way back: refunded, kept
