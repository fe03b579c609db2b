"""One amount against the caps of its order."""

import pytest

from domain.orders.caps import check_reservation, room
from domain.orders.events import (
    SHIPPING,
    ChargebackOpened,
    FundsPart,
    FundsReserved,
)
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Shipping
from tests.domain.orders.orders import DELIVERED, ledger, line, tender

THREE = ledger(line("1", quantity=3, tax_minor=570), shipping=Shipping(net_minor=500))  # 40.70


def part(key: str, amount: int) -> FundsPart:
    return FundsPart(key=key, amount_minor=amount)


def reserve(known: Ledger, instruction_id: str, tender_id: str | None, *parts: FundsPart) -> Ledger:
    event = FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id=instruction_id,
        return_id="r1",
        tender_id=tender_id,
        amount_minor=sum(one.amount_minor for one in parts),
        parts=parts,
    )
    return evolve(known, event)


def test_an_amount_within_every_cap_is_let_through() -> None:
    parts = (part("unit:1:1", 1_190), part(SHIPPING, 500))
    assert check_reservation(THREE, "card", 1_690, parts) is None


@pytest.mark.parametrize(
    ("key", "amount", "code", "cap"),
    [
        ("unit:1:1", 1_191, "over_unit_cap", "unit 1 1, 1190"),
        (SHIPPING, 501, "over_shipping_cap", "shipping, 500"),
    ],
)
def test_a_refused_amount_says_which_cap_and_what_is_still_available(
    key: str, amount: int, code: str, cap: str
) -> None:
    refused = check_reservation(THREE, "card", amount, (part(key, amount),))
    assert refused is not None
    assert refused.code == code
    assert refused.because == f"{amount} EUR minor units asked of the {cap} still available"


def test_the_same_unit_is_not_paid_twice_by_way_of_goods_and_money() -> None:
    exchanged = reserve(THREE, "goods", None, part("unit:1:1", 1_190))
    refused = check_reservation(exchanged, "card", 1, (part("unit:1:1", 1),))
    assert refused is not None
    assert refused.code == "over_unit_cap"


def test_value_given_in_goods_leaves_the_tender_alone_and_takes_from_the_order() -> None:
    left = room(reserve(THREE, "goods", None, part("unit:1:1", 1_190)))
    assert (left.tenders["card"], left.order_minor) == (4_070, 2_880)


def test_after_a_chargeback_the_order_has_less_than_its_units() -> None:
    event = ChargebackOpened(
        order_id="W-1",
        occurred_at=DELIVERED,
        chargeback_id="d1",
        tender_id="card",
        amount_minor=4_000,
    )
    refused = check_reservation(evolve(THREE, event), "card", 1_190, (part("unit:1:1", 1_190),))
    assert refused is not None
    assert (refused.code, "70 still available" in refused.because) == ("over_order_cap", True)


def test_a_tender_gives_back_no_more_than_it_paid() -> None:
    tenders = (tender("card", captured_minor=1_000), tender("gift", captured_minor=190))
    refused = check_reservation(ledger(tenders=tenders), "gift", 191, (part("unit:1:1", 191),))
    assert refused is not None
    assert refused.code == "over_tender_cap"


@pytest.mark.parametrize("key", ["unit:9:1", "unit:1:4"])
def test_a_part_that_was_never_sold_is_refused(key: str) -> None:
    refused = check_reservation(THREE, "card", 1, (part(key, 1),))
    assert refused is not None
    assert refused.code == "unknown_part"


def test_a_tender_the_order_was_not_paid_with_is_refused() -> None:
    refused = check_reservation(THREE, "other", 1, (part("unit:1:1", 1),))
    assert refused is not None
    assert refused.because == "the order has no tender other"


@pytest.mark.parametrize("amount", [0, 5, -1])
def test_an_amount_has_to_be_the_sum_of_its_parts_and_more_than_nothing(amount: int) -> None:
    refused = check_reservation(THREE, "card", amount, (part("unit:1:1", 0),))
    assert refused is not None
    assert refused.code == "parts_do_not_add_up"


def test_one_unit_named_twice_in_an_amount_is_counted_twice() -> None:
    parts = (part("unit:1:1", 1_000), part("unit:1:1", 1_000))
    refused = check_reservation(THREE, "card", 2_000, parts)
    assert refused is not None
    assert refused.code == "over_unit_cap"
