"""A bank takes back what was paid for a dearer article: held, let go, or at its end."""

from typing import Any

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


def test_what_is_promised_back_while_the_bank_has_it_waits_for_the_banks_word() -> None:
    known = paid()
    said: dict[str, Any] = {"payment_ref": bill_of(known).payment_ref, "amount_minor": BILLED}
    known = known.when(chargeback("opened", **said)).when(ask(c.Cancel))
    assert [payout.state for payout in known.state.payouts.values()] == [MoneyState.HELD]
    won = known.when(chargeback("won", **said)).settle()
    assert (refunded(won), won.headline) == (BILLED, "cancelled")
    lost = known.when(chargeback("lost", **said)).settle()
    assert (refunded(lost), promised_minor(lost.state), lost.headline) == (0, 0, "cancelled")


def refunded(known: Scenario) -> int:
    paid_back = (p for p in known.state.payouts.values() if p.state is MoneyState.SUCCEEDED)
    return sum(payout.amount_minor for payout in paid_back)
