"""A bank takes back what was paid for a dearer article: held, let go, or at its end."""

from domain.returns import commands as c
from domain.returns.events import QuoteAdjusted
from domain.returns.money.promising import promised_minor
from domain.words import MoneyState
from tests.domain.returns.exchanges import BILLED, here, paid
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import ask, bill_of, chargeback, inspection


def _going_back() -> tuple[Scenario, str, str]:
    """All of a bill goes back, because the article is gone; not sent yet."""
    known = here(paid())
    known = known.when(inspection(known)).perform("order_replacement", order_ref="")
    bill = bill_of(known)
    [key] = [
        p.instruction_id for p in known.state.payouts.values() if p.tender_id == bill.instruction_id
    ]
    return known, key, bill.payment_ref


def test_what_goes_back_to_a_bill_waits_for_the_bank_that_disputes_it_and_then_goes() -> None:
    known, key, payment = _going_back()
    known = known.when(chargeback("opened", payment_ref=payment, amount_minor=BILLED))
    assert (known.state.payouts[key].state, known.state.payouts[key].reason) == (
        MoneyState.HELD, "chargeback",
    )  # fmt: skip
    known = known.when(chargeback("won", payment_ref=payment, amount_minor=BILLED))
    assert known.state.payouts[key].state is MoneyState.PLANNED


def test_what_the_bank_gave_of_a_bill_is_not_given_again() -> None:
    known, key, payment = _going_back()
    known = known.when(chargeback("lost", payment_ref=payment, amount_minor=BILLED))
    assert known.state.payouts[key].state is MoneyState.CANCELLED
    changed = [e for e in known.events if isinstance(e, QuoteAdjusted)]
    ended = [e.amount_minor for e in changed if e.reason == "paid_by_the_bank"]
    assert sum(ended) == -BILLED
    assert known.settle().count("PayoutSucceeded") == 0


def test_what_is_planned_while_the_bank_disputes_the_bill_is_held_from_the_start() -> None:
    known = paid()
    payment = bill_of(known).payment_ref
    known = known.when(chargeback("opened", payment_ref=payment, amount_minor=BILLED))
    known = known.when(ask(c.Cancel))
    assert [payout.reason for payout in known.state.payouts.values()] == ["chargeback"]
    assert promised_minor(known.state) == BILLED
