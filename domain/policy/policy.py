"""A merchant's policy as one versioned document. What it means is in `evaluate`.

Days are whole days of 24 hours unless the name says otherwise; basis points (`_bp`) are
hundredths of a per cent; amounts are minor units per currency.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Country, Id, Moment, Short, Text, Value
from domain.money import WHOLE_BASIS_POINTS, Currency
from domain.policy.collecting import CollectingTerms
from domain.policy.conditions import Amounts, Condition, parts_of
from domain.policy.gathering import LONGEST_HUB, LotRule
from domain.policy.hubs import HubWay
from domain.policy.inspecting import Inspecting
from domain.policy.messages import Messages
from domain.policy.quote import OtherDestination
from domain.policy.recovery import WayOut
from domain.policy.resolving import Resolving
from domain.policy.serving import Hub, PickupHours, Place, Region, Routing, Served
from domain.words import Disposition, Fault, Grade, Hazard, Method, Reason, RefundTrigger

Days = Annotated[int, Field(ge=0, le=3_660)]
BasisPoints = Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)]
Payer = Literal["customer", "merchant"]
TenderKind = Literal["card", "wallet", "bank", "gift_card", "store_credit", "cash", "invoice"]
ShippingRefund = Literal["none", "standard_if_whole_order", "all_if_whole_order"]

NOT_THE_CUSTOMER = (Fault.MERCHANT, Fault.CARRIER)


class Window(Value):
    """How long units of a kind may come back. What it does not name, it does not ask about.

    Of the windows that fit, the one that names most of reasons (or faults), categories,
    countries and groups counts; of equals the first in the document.
    """

    rule: Id
    days: Days
    reasons: tuple[Reason, ...] = ()
    faults: tuple[Fault, ...] = ()
    categories: tuple[Short, ...] = ()
    countries: tuple[Country, ...] = ()
    groups: tuple[Short, ...] = ()

    @property
    def named(self) -> int:
        """How much the window asks about: the more, the more specific."""
        about = (self.reasons, self.faults, self.categories, self.countries, self.groups)
        return sum(bool(part) for part in about)


class Exclusion(Value):
    """Goods that do not come back for a reason of the customer's own.

    Either everything sold as final, or named categories. `faults` says whose fault it has to
    be for the exclusion to speak: broken goods come back all the same.
    """

    rule: Id
    final_sale: bool = False
    categories: tuple[Short, ...] = ()
    faults: Annotated[tuple[Fault, ...], Field(min_length=1)] = (Fault.CUSTOMER, Fault.UNKNOWN)
    because: Text

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.final_sale == bool(self.categories):
            raise ValueError("expected either `final_sale: true` or `categories`")
        return self


class Rule(Value):
    """What is to happen with a unit when the condition holds; the first that holds counts."""

    rule: Id
    outcome: Literal["approve", "review", "decline"]
    when: Condition
    because: Text


class KeepItem(Value):
    """Goods that are not worth their way back: the whole return costs at most this."""

    rule: Id
    faults: Annotated[tuple[Fault, ...], Field(min_length=1)]
    at_most: Amounts
    not_categories: tuple[Short, ...] = ()


class Fees(Value):
    """What the customer pays where the way back is theirs to pay."""

    label: dict[Method, Amounts]  # once per return, never per parcel
    restocking_bp: dict[Short, BasisPoints]  # of the net, by category; * for every other


class GradeTerms(Value):
    """What an inspector's grade means for the money and for the goods."""

    share_bp: BasisPoints
    disposition: Disposition


class Deadlines(Value):
    """How long each wait may take before somebody is asked. See `Terms` for their meaning."""

    ship_by_days: Annotated[int, Field(ge=1, le=365)]
    reminder_days_before: Annotated[int, Field(ge=0, le=365)]
    review_hours: Annotated[int, Field(ge=1, le=720)]
    receipt_days: Annotated[int, Field(ge=1, le=365)]
    lost_after_days: Annotated[int, Field(ge=1, le=365)]
    silence_days: Annotated[int, Field(ge=1, le=365)] | None = None  # none: as receipt_days
    late_scan_days: Annotated[int, Field(ge=0, le=365)]
    missing_units_days: Annotated[int, Field(ge=0, le=365)]
    inspection_days: Annotated[int, Field(ge=1, le=90)]
    dispute_days: Annotated[int, Field(ge=1, le=365)]
    stray_days: Annotated[int, Field(ge=1, le=365)]
    payout_days: Annotated[int, Field(ge=1, le=90)]
    choose_payout_days: Annotated[int, Field(ge=1, le=365)]
    replacement_hold_days: Annotated[int, Field(ge=1, le=90)]
    customer_answer_days: Annotated[int, Field(ge=1, le=90)]

    @model_validator(mode="after")
    def _reminds_in_time(self) -> Self:
        if self.reminder_days_before >= self.ship_by_days:
            raise ValueError("reminder_days_before: is not before the ship-by date is set")
        return self


class Approval(Value):
    """From which amount on two different people have to let money go.

    It counts for one payout, and for all that leaves one payment of the order together.
    """

    limit_minor: Amounts


class Policy(Value):
    """One version of a merchant's policy; an order is judged by the one it was bought under."""

    policy_id: Id
    version: Annotated[int, Field(ge=1)]
    in_force_from: Moment
    currencies: Annotated[tuple[Currency, ...], Field(min_length=1)]
    business_groups: tuple[Short, ...] = ()  # customers whom consumer law does not protect
    windows: Annotated[tuple[Window, ...], Field(min_length=1)]
    exclusions: tuple[Exclusion, ...] = ()
    way_back_paid_by: dict[Fault, Payer]
    methods: dict[Region, Annotated[tuple[Method, ...], Field(min_length=1)]]
    fallback_method: Method
    transports: tuple[Served, ...]
    routing: Routing = Routing()
    hazards: dict[Short, tuple[Hazard, ...]] = Field(default_factory=dict)  # by category
    places: tuple[Place, ...] = ()
    pickup_hours: dict[Region, PickupHours] = Field(default_factory=dict)
    check_at_door: Condition | None = None  # for which units a carrier looks into the box
    fees: Fees
    shipping_refund: dict[Fault, ShippingRefund]
    rules: tuple[Rule, ...] = ()
    otherwise: Literal["approve", "review"]
    refund_trigger: RefundTrigger
    keep_item: tuple[KeepItem, ...] = ()
    grades: dict[Grade, GradeTerms]
    ways_out: tuple[WayOut, ...] = ()  # compared by what they bring; none: by grade alone
    lots: tuple[LotRule, ...] = ()  # what leaves a hub together; the first rule that fits counts
    hubs: Annotated[tuple[Hub, ...], Field(min_length=1)]
    restock_hub: dict[Region, Id]
    hub_ways: dict[Region, tuple[HubWay, ...]] = Field(default_factory=dict)  # compared by cost
    deadlines: Deadlines
    pickup_attempts: Annotated[int, Field(ge=1, le=10)]
    tender_order: Annotated[tuple[TenderKind, ...], Field(min_length=1)]
    approval: Approval | None = None
    other_destination: OtherDestination = "with_consent"
    collecting: CollectingTerms = CollectingTerms()
    messages: Messages = Messages()
    resolving: Resolving = Resolving()
    inspecting: Inspecting = Inspecting()
    tolerance: Amounts  # by how much the captured total may differ from its parts unexamined

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = [*_gaps(self), *_unpriced(self), *_contradictions(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def in_force(versions: Iterable[Policy], at: datetime) -> Policy:
    """Pick the version an order placed at `at` is judged by.

    The one that came into force last, at or before that instant. An order older than every
    version is judged by the oldest: it was promised nothing else that is known.

    Raises:
        ValueError: There is no version at all.
    """
    known = sorted(versions, key=lambda policy: (policy.in_force_from, policy.version))
    if not known:
        raise ValueError("there is no policy")
    return next((policy for policy in reversed(known) if policy.in_force_from <= at), known[0])


def _gaps(policy: Policy) -> Iterator[str]:
    """Say where a table has no answer for something that will be asked."""
    missing: tuple[tuple[str, list[str]], ...] = (
        ("way_back_paid_by", [fault for fault in Fault if fault not in policy.way_back_paid_by]),
        ("shipping_refund", [fault for fault in Fault if fault not in policy.shipping_refund]),
        ("grades", [grade for grade in Grade if grade not in policy.grades]),
    )
    for name, words in missing:
        if words:
            yield f"{name}: says nothing of {', '.join(words)}"
    for name, regions in (
        ("methods", policy.methods),
        ("restock_hub", policy.restock_hub),
        ("fees.restocking_bp", policy.fees.restocking_bp),
    ):
        if "*" not in regions:
            yield f"{name}: needs an entry * for everything it does not name"
    if all(window.named for window in policy.windows):
        yield "windows: needs one that names nothing, for everything else"


def _unpriced(policy: Policy) -> Iterator[str]:
    """Say which amounts are missing a currency the policy takes."""
    tables = [("tolerance", policy.tolerance)]
    tables += [("approval.limit_minor", policy.approval.limit_minor)] if policy.approval else []
    tables += [(f"fees.label.{method}", fee) for method, fee in policy.fees.label.items()]
    tables += [
        (f"keep_item[{index}].at_most", keep.at_most) for index, keep in enumerate(policy.keep_item)
    ]
    tables += [(f"ways_out.{way.way}.handling", way.handling) for way in policy.ways_out]
    for index, rule in enumerate(policy.rules):
        for part in parts_of(rule.when):
            tables += [
                (f"rules[{index}].when: {part.fact}", limit)
                for limit in (part.gte, part.lte)
                if isinstance(limit, dict)
            ]
    for path, amounts in tables:
        missing = [currency for currency in policy.currencies if currency not in amounts]
        if missing:
            yield f"{path}: has no amount in {', '.join(missing)}"


def _contradictions(policy: Policy) -> Iterator[str]:
    """Say what cannot be meant."""
    for fault in NOT_THE_CUSTOMER:
        if policy.way_back_paid_by.get(fault) == "customer":
            yield (
                f"way_back_paid_by.{fault}: expected merchant; "
                "no customer pays for what others did wrong"
            )
    yield from _unknown_hubs(policy)
    yield from _unknown_lots(policy, {hub.warehouse for hub in policy.hubs})
    ids = [place.place_id for place in policy.places]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"places: {twice} is given twice"
    named = [window.rule for window in policy.windows]
    named += [exclusion.rule for exclusion in policy.exclusions]
    named += [rule.rule for rule in policy.rules]
    named += [keep.rule for keep in policy.keep_item]
    named += [checklist.rule for checklist in policy.inspecting.checklists]
    for twice in sorted({name for name in named if named.count(name) > 1}):
        yield f"rule {twice}: is given twice"


def _unknown_hubs(policy: Policy) -> Iterator[str]:
    """Say which hubs are named and not described."""
    known = {hub.warehouse for hub in policy.hubs}
    for region, warehouse in policy.restock_hub.items():
        if warehouse not in known:
            yield f"restock_hub.{region}: there is no hub {warehouse}"
    for region, ways in policy.hub_ways.items():
        for way in ways:
            if way.warehouse not in known:
                yield f"hub_ways.{region}: there is no hub {way.warehouse}"
    for index, place in enumerate(policy.places):
        if place.onward is not None and place.onward not in known:
            yield f"places[{index}].onward: there is no hub {place.onward}"


def _unknown_lots(policy: Policy, known: set[str]) -> Iterator[str]:
    """Say which of the hubs that lots begin or end at are not described, or too long a name."""
    for index, rule in enumerate(policy.lots):
        for warehouse in {*rule.hubs, *([rule.to] if rule.to else [])} - known:
            yield f"lots[{index}]: there is no hub {warehouse}"
    for warehouse in known if policy.lots else ():
        if len(warehouse) > LONGEST_HUB:
            yield f"hubs: {warehouse} is longer than {LONGEST_HUB}, and a part of a lot's id"
