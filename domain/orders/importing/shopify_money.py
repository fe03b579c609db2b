"""What Shopify says of money: in the shop's currency, in the customer's, and what was paid how.

Source: the shapes of Shopify's REST Admin API (order, transaction), as its own client
library's fixtures have them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.orders.importing.reading import Document, Unread, minor_units

KINDS = {
    "gift_card": "gift_card",
    "shopify_store_credit": "store_credit",
    "cash": "cash",
    "cash_on_delivery": "cash",
    "bank_deposit": "bank",
    "money_order": "bank",
    "manual": "invoice",
    "paypal": "wallet",
    "amazon_payments": "wallet",
    "klarna": "invoice",
}
"""The kind of tender that a gateway of Shopify's stands for; any other is a card."""

CAPTURES = ("capture", "sale")

_NO_ID = re.compile(r"[^A-Za-z0-9._@+-]+")


@dataclass(frozen=True, slots=True)
class Shop:
    """What an order of Shopify's does not say itself."""

    tenant: str
    ship_from: str = ""  # a country, where the fulfilments do not tell
    providers: Mapping[str, str] = field(default_factory=dict)  # our adapter, by their gateway

    def provider(self, gateway: str) -> str:
        """Our adapter for a gateway of theirs; its own name, as an id, where nobody said."""
        named = self.providers.get(gateway) or _NO_ID.sub("-", gateway).strip("-")
        return named or "shopify"


@dataclass(frozen=True, slots=True)
class Paid:
    """The currency that the customer paid in, beside the shop's own."""

    currency: str
    shop_currency: str

    @classmethod
    def of(cls, order: Document) -> "Paid":
        """Read both. The customer gets back the currency that was paid."""
        shop = str(order.get("currency") or "")
        return cls(str(order.get("presentment_currency") or shop), shop)

    def amount(self, of: Mapping[str, Any], name: str, path: str = "") -> int:
        """Read an amount in the currency that was paid; nothing said is nothing.

        Raises:
            Unread: It is there in another currency only, or is no amount.
        """
        told = of.get(f"{name}_set")
        if isinstance(told, Mapping):
            return self._from_set(told, f"{path}{name}_set")
        value = of.get(name)
        if value is None or value == "":
            return 0
        if self.currency != self.shop_currency:
            raise Unread(f"{path}{name}_set", f"expected an amount in {self.currency}")
        return minor_units(value, self.currency, f"{path}{name}")

    def said(self, of: Mapping[str, Any], name: str) -> int | None:
        """The same where it matters whether anything is said."""
        if of.get(name) is None and of.get(f"{name}_set") is None:
            return None
        return self.amount(of, name)

    def _from_set(self, told: Mapping[str, Any], path: str) -> int:
        for side in ("presentment_money", "shop_money"):
            money = told.get(side)
            if isinstance(money, Mapping) and money.get("currency_code") == self.currency:
                return minor_units(money.get("amount"), self.currency, path)
        raise Unread(path, f"expected an amount in {self.currency}")

    def transaction(self, of: Mapping[str, Any]) -> int:
        """Read what a payment moved; it names its own currency.

        Raises:
            Unread: That is another one than the order's.
        """
        currency = str(of.get("currency") or self.currency)
        if currency != self.currency:
            raise Unread("transactions.currency", f"expected {self.currency}, which was paid")
        return minor_units(of.get("amount"), currency, "transactions.amount")


def objects(of: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, where there is one.

    Raises:
        Unread: Something else stands there.
    """
    listed = of.get(name)
    if listed is None:
        return
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise Unread(name, "expected a list of objects")
    yield from listed


def tenders(order: Document, paid: Paid, shop: Shop) -> list[dict[str, Any]]:
    """Each successful capture as a tender of its own; an authorisation alone moved nothing."""
    return [
        {
            "tender_id": f"t{each.get('id')}",
            "kind": KINDS.get(_gateway(each), "card"),
            "provider": shop.provider(_gateway(each)),
            "payment_ref": str(each.get("authorization") or each.get("id")),
            "captured_minor": paid.transaction(each),
            "captured_at": str(each.get("processed_at") or each.get("created_at") or ""),
        }
        for each in objects(order, "transactions")
        if each.get("kind") in CAPTURES and each.get("status") == "success"
    ]


def tender_of(transaction: Mapping[str, Any], of_order: Sequence[Mapping[str, Any]]) -> str | None:
    """The tender that a refund went back to; none where its parent is not told.

    Its parent is the capture, or the authorisation that was captured.
    """
    parent = transaction.get("parent_id")
    if parent is None:
        captures = [each for each in of_order if each.get("kind") in CAPTURES]
        same = [each for each in captures if _gateway(each) == _gateway(transaction)]
        return f"t{same[0].get('id')}" if len(same) == 1 else None
    for each in of_order:
        moved = each.get("kind") in CAPTURES and each.get("status") == "success"
        if moved and parent in {each.get("id"), each.get("parent_id")}:
            return f"t{each.get('id')}"
    return None


def _gateway(transaction: Mapping[str, Any]) -> str:
    return str(transaction.get("gateway") or "")
