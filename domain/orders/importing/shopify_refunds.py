"""Refunds that were made in Shopify: money that went back past us, and what it was for."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.model import Id
from domain.money import allocate, next_share
from domain.orders.commands import RecordOutsideRefund
from domain.orders.events import LineTaken, TenderTaken
from domain.orders.importing.reading import Document, Unread, moment, whole_number
from domain.orders.importing.shopify_money import Paid, objects, tender_of
from domain.orders.order import Order
from domain.orders.values import line_totals

_ID: TypeAdapter[str] = TypeAdapter(Id)
_OF_STRIPE = ("re_", "pyr_")


def refunds_of(order: Document, paid: Paid, ours: Order) -> tuple[RecordOutsideRefund, ...]:
    """Read every refund that moved money; one that only restocked goods is none."""
    transactions = list(objects(order, "transactions"))
    read = (_refund(each, order, paid, ours, transactions) for each in objects(order, "refunds"))
    return tuple(refund for refund in read if refund is not None)


def _refund(
    told: Mapping[str, Any],
    order: Document,
    paid: Paid,
    ours: Order,
    transactions: Sequence[Mapping[str, Any]],
) -> RecordOutsideRefund | None:
    moved = [
        each
        for each in objects(told, "transactions")
        if each.get("kind") == "refund" and each.get("status") == "success"
    ]
    amount = sum(paid.transaction(each) for each in moved)
    if not amount:
        return None
    shipping = _shipping(told, paid, taxes_included=bool(order.get("taxes_included")))
    lines = [
        _line(each, paid, ours, taxes_included=bool(order.get("taxes_included")))
        for each in objects(told, "refund_line_items")
    ]
    lines, shipping = _within(amount, lines, shipping)
    tenders = tuple(
        TenderTaken(tender_id=tender_of(each, transactions), amount_minor=paid.transaction(each))
        for each in moved
    )
    return RecordOutsideRefund(
        refund_ref=f"shopify.{whole_number(told.get('id'), 'refunds.id')}",
        also_known_as=tuple(dict.fromkeys(name for each in moved if (name := _their_name(each)))),
        made_in="shopify",
        occurred_at=moment(told.get("created_at"), "refunds.created_at"),
        tenders=tenders,
        lines=tuple(line for line in lines if line.amount_minor),
        shipping_minor=shipping,
    )


def _line(told: Mapping[str, Any], paid: Paid, ours: Order, *, taxes_included: bool) -> LineTaken:
    """What one line of a refund is worth: as it says, else its share of what was captured."""
    line_id = str(told.get("line_item_id"))
    sold = ours.line(line_id)
    if sold is None:
        raise Unread("refunds.refund_line_items.line_item_id", f"the order has no line {line_id}")
    quantity = whole_number(told.get("quantity"), "refunds.refund_line_items.quantity")
    if not 0 <= quantity <= sold.quantity:
        raise Unread("refunds.refund_line_items.quantity", f"line {line_id} has {sold.quantity}")
    subtotal = paid.said(told, "subtotal")
    if subtotal is None:
        amount = next_share(line_totals(ours)[line_id], sold.quantity, 0, quantity)
    else:
        amount = subtotal + (0 if taxes_included else paid.amount(told, "total_tax"))
    return LineTaken(line_id=line_id, quantity=quantity, amount_minor=max(0, amount))


def _shipping(told: Mapping[str, Any], paid: Paid, *, taxes_included: bool) -> int:
    """What went back of the shipping; told as an adjustment below zero, or as lines."""
    adjusted = 0
    for each in objects(told, "order_adjustments"):
        if each.get("kind") == "shipping_refund":
            adjusted -= paid.amount(each, "amount")
            adjusted -= 0 if taxes_included else paid.amount(each, "tax_amount")
    if adjusted:
        return max(0, adjusted)
    back = 0
    for each in objects(told, "refund_shipping_lines"):
        back += paid.amount(each, "subtotal_amount")
        if not taxes_included:
            back += sum(paid.amount(tax, "price") for tax in objects(each, "tax_lines"))
    return back


def _within(amount: int, lines: list[LineTaken], shipping: int) -> tuple[list[LineTaken], int]:
    """Less was paid than the goods are worth (a fee was kept): each bears its part of it."""
    weights = [*(line.amount_minor for line in lines), shipping]
    if sum(weights) <= amount:
        return lines, shipping
    *shares, of_shipping = allocate(amount, weights)
    reduced = [
        line.model_copy(update={"amount_minor": share})
        for line, share in zip(lines, shares, strict=True)
    ]
    return reduced, of_shipping


def _their_name(transaction: Mapping[str, Any]) -> str:
    """The gateway's own name of a refund, where it is surely one and not the payment's."""
    receipt = transaction.get("receipt")
    said = [transaction.get("authorization")]
    if isinstance(receipt, Mapping):
        said.append(receipt.get("id"))
    names = [name for name in said if isinstance(name, str) and name.startswith(_OF_STRIPE)]
    try:
        return _ID.validate_python(names[0]) if names else ""
    except ValidationError:
        return ""
