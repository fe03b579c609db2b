"""The order as it was sold: what was paid for what, and how."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Country, Id, Minor, Moment, Quantity, Short, Text, Value
from domain.money import Currency
from domain.words import Hazard


class PostalAddress(Value):
    """Where a customer lives. Personal: kept apart under the person's own key."""

    line1: Short
    line2: Short = ""
    city: Short
    postcode: Short = ""
    region: Short = ""
    country: Country


class Customer(Value):
    """The person. Never part of an event; see `Order.customer_id` for the pointer."""

    customer_id: Id
    name: Short
    email: Short = ""
    phone: Short = ""
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}([-_][A-Za-z]{2,4})?$")] = "en"
    address: PostalAddress


class OrderLine(Value):
    """A line as sold; money is for the whole line unless the name says unit."""

    line_id: Id
    sku: Short
    name: Short
    category: Short = ""
    quantity: Quantity
    unit_price_minor: Minor  # net of tax, before discounts
    line_discount_minor: Minor = 0
    tax_minor: Minor = 0  # as charged, after discounts
    duty_minor: Minor = 0
    import_tax_minor: Minor = 0
    weight_grams: Annotated[int, Field(ge=0, le=10**7)] = 0
    longest_mm: Annotated[int, Field(ge=0, le=10**5)] = 0  # of one, packed; 0: not known
    hazards: tuple[Hazard, ...] = ()
    hs_code: Short = ""
    origin_country: Country | None = None
    serials: tuple[Short, ...] = ()
    final_sale: bool = False

    @property
    def listed_minor(self) -> int:
        """The line before any discount, net of tax."""
        return self.unit_price_minor * self.quantity

    @model_validator(mode="after")
    def _discount_fits(self) -> Self:
        if self.line_discount_minor > self.listed_minor:
            raise ValueError("line_discount_minor is more than the line cost")
        return self


class Shipping(Value):
    """The way out: what was paid, and what the cheapest standard way would have cost."""

    net_minor: Minor = 0
    tax_minor: Minor = 0
    standard_net_minor: Minor | None = None  # none: the standard way was the one paid


BY_HAND = frozenset({"bank_transfer", "cash"})
"""Providers behind which there is no machine: a person hands the money over, and says so."""


class Tender(Value):
    """One of the means the order was paid with."""

    tender_id: Id
    kind: Literal["card", "wallet", "bank", "gift_card", "store_credit", "cash", "invoice"]
    provider: Id
    payment_ref: Short
    captured_minor: Minor
    captured_at: Moment


class DeliveredLine(Value):
    """How much of a line one delivery held."""

    line_id: Id
    quantity: Quantity


class Delivery(Value):
    """Goods that reached the customer.

    `declared_at` is when customs there took the declaration of them, where anybody knows: from then
    on the law counts the days in which duties are given back.
    """

    delivered_at: Moment
    declared_at: Moment | None = None
    lines: tuple[DeliveredLine, ...]


class Order(Value):
    """The order without the person; complete enough to judge and to pay by."""

    order_id: Id
    tenant: Id
    placed_at: Moment
    currency: Currency
    ship_from: Country
    ship_to: Country
    customer_id: Id
    customer_group: Short = ""
    locale: str = "en"
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=500)]
    order_discount_minor: Minor = 0
    shipping: Shipping = Shipping()
    tenders: Annotated[tuple[Tender, ...], Field(min_length=1, max_length=20)]
    deliveries: tuple[Delivery, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        ids = [line.line_id for line in self.lines]
        if len(set(ids)) != len(ids):
            raise ValueError("lines: line_id is given twice")
        tenders = [tender.tender_id for tender in self.tenders]
        if len(set(tenders)) != len(tenders):
            raise ValueError("tenders: tender_id is given twice")
        if self.order_discount_minor > sum(line.listed_minor for line in self.lines):
            raise ValueError("order_discount_minor is more than the lines cost")
        sold = {line.line_id: line.quantity for line in self.lines}
        for delivery in self.deliveries:
            for delivered in delivery.lines:
                if delivered.line_id not in sold:
                    raise ValueError(f"deliveries: there is no line {delivered.line_id}")
                sold[delivered.line_id] -= delivered.quantity
        if min(sold.values()) < 0:
            raise ValueError("deliveries: more was delivered than sold")
        if any(each.declared_at and each.declared_at < self.placed_at for each in self.deliveries):
            raise ValueError("deliveries: declared_at is before placed_at")
        return self

    @property
    def captured_minor(self) -> int:
        """All that was ever paid for this order."""
        return sum(tender.captured_minor for tender in self.tenders)

    def declared_at(self, line_ids: Collection[str]) -> datetime:
        """When goods of these lines were declared for import, at the earliest.

        Where a delivery does not tell: when they were ordered. No duties were taken earlier.
        """
        held = (
            delivery
            for delivery in self.deliveries
            if any(line.line_id in line_ids for line in delivery.lines)
        )
        told = (delivery.declared_at or self.placed_at for delivery in held)
        return min(told, default=self.placed_at)

    def line(self, line_id: str) -> OrderLine | None:
        """The line of that id, if the order has it."""
        return next((line for line in self.lines if line.line_id == line_id), None)


class OrderSnapshot(Value):
    """The order as a shop hands it over, person included; split before anything is kept."""

    order_id: Id
    tenant: Id
    placed_at: Moment
    currency: Currency
    ship_from: Country
    ship_to: Country
    customer: Customer
    customer_group: Short = ""
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=500)]
    order_discount_minor: Minor = 0
    shipping: Shipping = Shipping()
    tenders: Annotated[tuple[Tender, ...], Field(min_length=1, max_length=20)]
    deliveries: tuple[Delivery, ...] = ()
    note: Text = ""

    @model_validator(mode="after")
    def _is_an_order(self) -> Self:
        self.order()
        return self

    def order(self) -> Order:
        """The order without the person."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        customer: Customer = fields.pop("customer")
        fields.pop("note")
        return Order(**fields, customer_id=customer.customer_id, locale=customer.locale)
