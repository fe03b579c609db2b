"""The shop tells an order anew: its next version, unless it contradicts what was done on it."""

from typing import Any

import pytest

from domain.orders import commands as c
from domain.orders.events import PaymentCollected
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Order
from domain.orders.room import room
from tests.domain.orders.orders import DELIVERED, line, order, tender
from tests.domain.orders.test_decider import after, events, no, refund


def sold(**changes: Any) -> Order:
    return order(line("1", quantity=3, tax_minor=570), **changes)


def test_an_order_told_twice_is_one_order_and_a_changed_one_its_next_version() -> None:
    known = after(None, c.RecordOrder(order=sold()))
    assert events(known, c.RecordOrder(order=sold())) == ()
    told = sold(deliveries=())
    assert after(known, c.RecordOrder(order=told)).order == told


def test_an_order_for_which_less_was_captured_after_all_is_checked_against_what_went_back() -> None:
    known = after(Ledger(sold()), refund())
    less = sold(tenders=(tender("card", captured_minor=1_000),))
    known = after(known, c.RecordOrder(order=less))
    (concern,) = [one for one in known.open_concerns if one.what == "over_cap"]
    assert {over.cap: over.by_minor for over in concern.over} == {"order": 190, "tender card": 190}


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"currency": "USD"}, "currency: it was EUR"),
        ({"tenders": (tender("gift", captured_minor=3_570),)}, "tenders: money was taken from"),
    ],
)
def test_an_order_that_contradicts_what_was_done_on_it_is_refused(
    changes: dict[str, Any], because: str
) -> None:
    known = after(Ledger(sold()), refund())
    refused = no(known, c.RecordOrder(order=sold(**changes)))
    assert refused.code == "order_contradicts"
    assert refused.because.startswith(because)


def test_a_unit_that_money_went_back_for_cannot_be_taken_out_of_the_order() -> None:
    known = after(Ledger(sold()), refund(key="unit:1:3"))
    refused = no(known, c.RecordOrder(order=order(line("1", quantity=2, tax_minor=380))))
    assert refused.because == "lines: money went back for unit 3 of line 1"


def test_what_a_customer_paid_on_top_stays_when_the_order_is_told_anew() -> None:
    more = PaymentCollected(
        order_id="W-1",
        occurred_at=DELIVERED,
        collected_id="b1",
        return_id="r1",
        provider="stripe",
        payment_ref="pi_b1",
        amount_minor=700,
    )
    known = after(evolve(Ledger(sold()), more), refund(700, "collected:b1", tender_id="b1"))
    told = after(known, c.RecordOrder(order=sold(deliveries=())))
    assert (told.order.deliveries, room(told).parts["collected:b1"]) == ((), 0)
