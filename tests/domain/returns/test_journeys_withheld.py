"""Money that waits for a person, or for a bank, stays where it is whatever is heard of it."""

from domain.returns import notes as n
from domain.words import MoneyState
from tests.domain.returns.shop import TOTAL_MINOR, order, tender
from tests.domain.returns.story import chargeback, hint, inspected, the

TWO_PEOPLE = {"approval": {"limit_minor": {"EUR": 1_000}}}


def test_a_rumour_of_money_that_waits_for_two_people_is_looked_into_and_sends_nothing() -> None:
    """The provider knows nothing of it: that is no reason to send what nobody let go."""
    known = inspected(rules=TWO_PEOPLE)
    key = the(known, "held")
    known = known.when(hint(key))
    assert "look_up_payout" in known.actions
    known = known.perform("look_up_payout", state="unknown").settle()
    assert the(known, "held") == key
    assert known.actions == ["release_payout"]


def test_an_answer_that_is_lost_while_a_bank_disputes_is_looked_for_and_not_sent_again() -> None:
    """It was on its way when it was withheld; to send it again takes a person's word."""
    by_card = order(tenders=(tender("card", "card", TOTAL_MINOR),))
    known = inspected(snapshot=by_card).when(chargeback())
    key = the(known, "held")
    known = known.when(n.NotePayout(instruction_id=key, state="unknown"))
    assert "pay_out" not in known.actions
    found = known.perform("look_up_payout", state="succeeded")
    assert found.state.payouts[key].state is MoneyState.SUCCEEDED
    lost = known.perform("look_up_payout", state="unknown")
    assert lost.state.payouts[key].state is MoneyState.HELD
    assert "pay_out" not in lost.actions
