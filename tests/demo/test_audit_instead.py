"""What was given instead of money is known on both sides; what is not is said."""

from typing import Any

import pytest

from demo.audit.instead import instead
from tests.demo.tale import RETURN, STREAM, Tale, completed, moved


def _recorded(tale: Tale, event_type: str, **data: Any) -> None:
    last = [row for row in tale.rows if row.stream_id == STREAM][-1]
    after = moved(last, version=last.version + 1, position=len(tale.rows) + 9)
    told = {"type": event_type, "occurred_at": last["occurred_at"], "unit": "1/1", **data}
    tale.rows.append(moved(after, type=event_type, data=told))


def _booked(entries: list[dict[str, Any]], kind: str, **entry: Any) -> None:
    entries.append({"seq": len(entries) + 1, "kind": kind, "return_id": RETURN, **entry})


def _found(tale: Tale) -> list[str]:
    return [f"{each.invariant} {each.because}" for each in instead(tale.streams, tale.books)]


def with_a_coupon(here: int = 6_589, there: int = 6_589) -> Tale:
    tale = completed()
    amount = {"amount_minor": here, "currency": "EUR"}
    _recorded(tale, "CouponIssued", instruction_id="coupon-1", amount=amount)
    booked = {"amount_minor": there, "currency": "EUR", "refund_id": "cr_1"}
    _booked(tale.payments, "coupon", idempotency_key="coupon-1", **booked)
    return tale


def with_work(event_type: str, kind: str) -> Tale:
    tale = completed()
    _recorded(tale, event_type)
    _booked(tale.warehouse, kind, reference="1", sku="SHOE-RUN-42")
    return tale


WORK = pytest.mark.parametrize(
    ("event_type", "kind", "name"),
    [("RepairStarted", "repair", "repair"), ("GoodsSentBack", "sent_back", "sending back")],
)


def test_a_coupon_that_both_sides_know_is_no_difference() -> None:
    assert _found(with_a_coupon()) == []


def test_a_coupon_of_another_amount_is_found_on_both_sides() -> None:
    assert _found(with_a_coupon(here=6_589, there=6_590)) == [
        "R1 the coupon of 6589 EUR: 1 times here, 0 there",
        "R1 the coupon of 6590 EUR: 0 times here, 1 there",
    ]


def test_a_coupon_that_was_issued_twice_is_found() -> None:
    tale = with_a_coupon()
    tale.payments.append(tale.payments[-1])
    assert _found(tale) == ["R1 the coupon of 6589 EUR: 1 times here, 2 there"]


@WORK
def test_work_that_both_sides_know_is_no_difference(event_type: str, kind: str, name: str) -> None:
    assert _found(with_work(event_type, kind)) == []


@WORK
def test_work_that_the_warehouse_did_twice_is_found(event_type: str, kind: str, name: str) -> None:
    tale = with_work(event_type, kind)
    tale.warehouse.append(tale.warehouse[-1])
    assert _found(tale) == [f"R1 {name}: 1 times here, 2 there"]


@WORK
def test_work_of_which_the_warehouse_knows_nothing_is_found(
    event_type: str, kind: str, name: str
) -> None:
    tale = with_work(event_type, kind)
    tale.warehouse.pop()
    assert _found(tale) == [f"R1 {name}: 1 times here, 0 there"]
