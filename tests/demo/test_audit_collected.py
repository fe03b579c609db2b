"""What was collected of customers is known on both sides; what is not is said."""

from typing import Any

import pytest

from demo.audit import audit
from tests.demo.tale import LEDGER, Tale, completed, moved


def _booked(tale: Tale, kind: str, **entry: Any) -> None:
    told = {
        "payment_ref": "pi_more",
        "refund_id": None,
        "idempotency_key": "bill-1",
        "amount_minor": 1_680,
        "currency": "EUR",
        "status": "complete",
        **entry,
    }
    tale.payments.append({"seq": len(tale.payments) + 1, "kind": kind, **told})


def _recorded(tale: Tale, amount_minor: int) -> None:
    rows = [row for row in tale.rows if row.stream_id == LEDGER]
    last = rows[-1]
    data = {
        "type": "PaymentCollected",
        "schema_version": 1,
        "order_id": last["order_id"],
        "occurred_at": last["occurred_at"],
        "collected_id": "bill-1",
        "return_id": "R-1",
        "provider": "stripe",
        "payment_ref": "pi_more",
        "amount_minor": amount_minor,
    }
    after = moved(last, version=last.version + 1, position=len(tale.rows) + 9, event_id="e-9")
    tale.rows.append(moved(after, type="PaymentCollected", data=data))


def _found(tale: Tale) -> set[str]:
    differences = audit(tale.streams, tale.books, drained=True)
    return {each.invariant for each in differences if each.invariant.startswith("C")}


def test_a_payment_that_both_sides_know_is_no_difference() -> None:
    tale = completed()
    _booked(tale, "bill_paid")
    _recorded(tale, 1_680)
    assert _found(tale) == set()


@pytest.mark.parametrize("kind", ["bill_paid", "hold_taken"])
def test_a_payment_that_only_the_provider_knows_is_found(kind: str) -> None:
    tale = completed()
    _booked(tale, kind, hold_id="pi_more")
    assert _found(tale) == {"C1"}


def test_a_payment_of_another_amount_is_found() -> None:
    tale = completed()
    _booked(tale, "bill_paid")
    _recorded(tale, 1_600)
    assert _found(tale) == {"C1"}


def test_an_amount_that_is_kept_ready_for_ever_is_found() -> None:
    tale = completed()
    _booked(tale, "hold", hold_id="pi_hold", status="requires_capture")
    assert _found(tale) == {"C2"}
    _booked(tale, "hold_released", hold_id="pi_hold", status="canceled")
    assert _found(tale) == set()
