"""Value that goes to an account: back to a gift card what it paid, or issued anew."""

import pytest

from demo.audit import audit
from tests.demo.tale import Tale, completed


def credited(account: str, *, paid_minor: int | None) -> Tale:
    """A return whose refund went to an account instead, which had paid so much, if anything."""
    tale = completed()
    tale.payments[-1] |= {"kind": "credit", "payment_ref": account, "status": "succeeded"}
    if paid_minor is not None:
        paid = {"payment_ref": account, "amount_minor": paid_minor}
        tale.payments.insert(1, {**tale.payments[0], **paid})
    return tale


def over_what_was_paid(tale: Tale) -> set[str]:
    """The payments to which more came back than was taken."""
    differences = audit(tale.streams, tale.books, drained=True)
    return {each.subject for each in differences if each.invariant == "M1"}


@pytest.mark.parametrize("paid_minor", [None, 1])
def test_a_gift_card_that_gets_more_than_it_paid_is_named(paid_minor: int | None) -> None:
    assert over_what_was_paid(credited("gc_1", paid_minor=paid_minor)) == {"gc_1"}


def test_a_gift_card_gets_back_what_it_paid() -> None:
    assert over_what_was_paid(credited("gc_1", paid_minor=1_000_000)) == set()


def test_store_credit_is_issued_without_a_payment() -> None:
    assert over_what_was_paid(credited("customer:c-101", paid_minor=None)) == set()
