"""An order told anew is the one that was recorded, or the first field that is not is named."""

from datetime import timedelta
from typing import Any

import pytest

from domain.orders.differing import difference
from domain.orders.order import Order, Shipping
from tests.domain.returns import shop

RECORDED = shop.order().order()


def _told(**changes: Any) -> Order:
    return RECORDED.model_copy(update=changes)


def _lines(**changes: Any) -> dict[str, Any]:
    first, *rest = RECORDED.lines
    return {"lines": (first.model_copy(update=changes), *rest)}


def _tenders(**changes: Any) -> dict[str, Any]:
    first, second = RECORDED.tenders
    return {"tenders": (first, second.model_copy(update=changes))}


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"currency": "USD"}, "order.currency: EUR was recorded"),
        ({"order_discount_minor": 100}, "order.order_discount_minor: 0 was recorded"),
        ({"shipping": Shipping(net_minor=0, tax_minor=95)},
         "order.shipping.net_minor: 500 was recorded"),
        ({"shipping": Shipping(net_minor=500, tax_minor=95, standard_net_minor=300)},
         "order.shipping.standard_net_minor: nothing was recorded"),
        (_lines(unit_price_minor=1), "order.lines.0.unit_price_minor: 4000 was recorded"),
        (_lines(line_discount_minor=1), "order.lines.0.line_discount_minor: 0 was recorded"),
        (_lines(final_sale=True), "order.lines.0.final_sale: False was recorded"),
        (_lines(serials=("SN-7",)), "order.lines.0.serials: is not what was recorded"),
        ({"lines": RECORDED.lines[:2]}, "order.lines: 3 were recorded, 2 are told of"),
        (_tenders(captured_minor=1), "order.tenders.1.captured_minor: 59615 was recorded"),
        (_tenders(payment_ref="pi_x"), "order.tenders.1.payment_ref: is not what was recorded"),
        ({"tenders": RECORDED.tenders[:1]}, "order.tenders: 2 were recorded, 1 are told of"),
    ],
)  # fmt: skip
def test_the_first_field_that_differs_is_named_with_what_was_recorded(
    changes: dict[str, Any], because: str
) -> None:
    assert difference(RECORDED, _told(**changes)) == because


def test_when_a_payment_was_captured_makes_no_difference() -> None:
    later = RECORDED.tenders[1].captured_at + timedelta(minutes=3)
    assert difference(RECORDED, _told(**_tenders(captured_at=later))) is None


def test_what_became_known_later_makes_no_difference() -> None:
    assert difference(RECORDED, _told(deliveries=(), locale="fr")) is None
