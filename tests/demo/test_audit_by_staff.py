"""Money that staff give back without a return: known on both sides, once, and under every cap."""

from typing import Any

import pytest

from demo.audit import Row, audit
from tests.demo.tale import LEDGER, Tale, completed, moved

AMOUNT = 300
UNIT = "unit:2:1"


def _said(tale: Tale, event_type: str, **data: Any) -> None:
    last = [row for row in tale.rows if row.stream_id == LEDGER][-1]
    told = {
        "type": event_type,
        "schema_version": 1,
        "order_id": last["order_id"],
        "occurred_at": last["occurred_at"],
        "instruction_id": "goodwill",
        **data,
    }
    place = len(tale.rows) + 1
    row: Row = moved(last, version=last.version + 1, position=place, event_id=f"e-{place}")
    tale.rows.append(moved(row, type=event_type, data=told, causation_id=f"said:{place}"))


def given(amount_minor: int = AMOUNT, *, told: bool = True) -> Tale:
    """A return that is completed, and some money that staff gave for a unit of the order besides."""
    tale = completed()
    capture = tale.payments[0]
    tender = next(row for row in tale.rows if row.stream_id == LEDGER)["order"]["tenders"][0]
    if told:
        parts = [{"key": UNIT, "amount_minor": AMOUNT}]
        _said(tale, "FundsReserved", tender_id=tender["tender_id"], amount_minor=AMOUNT,
              parts=parts, because="late", return_id=None)  # fmt: skip
        _said(tale, "StaffRefundPlanned", by="staff:s-1", destination="tender",
              provider=tender["provider"], payment_ref=capture["payment_ref"])  # fmt: skip
        _said(tale, "FundsPaid", payout_ref="re_goodwill")
    refund = {
        **capture,
        "seq": len(tale.payments) + 1,
        "kind": "refund",
        "refund_id": "re_goodwill",
        "idempotency_key": "goodwill",
        "amount_minor": amount_minor,
        "status": "succeeded",
    }
    tale.payments.append(refund)
    return tale


def found(tale: Tale) -> set[str]:
    return {difference.invariant for difference in audit(tale.streams, tale.books, drained=True)}


def test_money_that_staff_gave_and_the_provider_paid_is_no_difference() -> None:
    tale = given()
    assert audit(tale.streams, tale.books, drained=True) == []


def test_money_that_nobody_asked_for_is_found() -> None:
    assert found(given(told=False)) == {"M2", "M4"}


@pytest.mark.parametrize("amount_minor", [AMOUNT - 1, AMOUNT + 1])
def test_another_amount_than_was_asked_for_is_found(amount_minor: int) -> None:
    assert found(given(amount_minor)) == {"M2"}


def test_money_that_is_paid_here_and_bounced_there_is_found() -> None:
    tale = given()
    tale.payments.append({**tale.payments[-1], "kind": "refund_failed", "status": "failed"})
    assert found(tale) == {"M4"}


def test_money_above_what_a_unit_had_cost_is_found() -> None:
    tale = given()
    [reserved] = [row for row in tale.rows if row.type == "FundsReserved" and not row["return_id"]]
    parts = [{"key": "unit:9:1", "amount_minor": AMOUNT}]
    tale.change(reserved, parts=parts)
    assert "M7" in found(tale)
