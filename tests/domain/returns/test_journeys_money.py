"""Where the money goes, and what becomes of it when it does not arrive."""

from typing import Any

import pytest

from domain.money import Money
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import PayoutHeld, PayoutPlanned, ReturnCompleted, StoreCreditIssued
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Actor, Headline, MoneyState, Reason, Resolution
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import (
    GIFT_CARD_MINOR,
    LABEL_FEE,
    LAMP_MINOR,
    PHONE_MINOR,
    SHIPPING_MINOR,
    SHIRT_MINOR,
    TOTAL_MINOR,
    order,
    tender,
)
from tests.domain.returns.story import arrived, by_staff, chargeback, hint, inspection, seen, wish

DUE = SHIRT_MINOR - LABEL_FEE


def _inspected(*wishes: Any, **how: Any) -> Scenario:
    known = arrived(*wishes, **how)
    return known.when(inspection(known))


def _payout(known: Scenario, number: int = 0) -> str:
    return list(known.state.payouts)[number]


def _states(known: Scenario) -> list[MoneyState]:
    return [payout.state for payout in known.state.payouts.values()]


def test_a_gift_card_is_filled_before_the_card_and_the_split_is_exact() -> None:
    known = _inspected(wish("3"), wish("1"))
    planned = [(e.tender_id, e.amount_minor) for e in known.events if isinstance(e, PayoutPlanned)]
    due = LAMP_MINOR + SHIRT_MINOR - LABEL_FEE
    assert planned == [("gift", GIFT_CARD_MINOR), ("card", due - GIFT_CARD_MINOR)]
    assert known.settle().last(ReturnCompleted).paid_minor == due


def test_a_whole_order_that_is_our_fault_brings_the_shipping_back_to_the_last_cent() -> None:
    faulty: dict[str, Any] = {"reason": Reason.DEFECTIVE}
    known = _inspected(wish("1", 3, **faulty), wish("2", **faulty), wish("3", **faulty)).settle()
    assert SHIPPING_MINOR == TOTAL_MINOR - 3 * SHIRT_MINOR - PHONE_MINOR - LAMP_MINOR
    assert known.last(ReturnCompleted).paid_minor == TOTAL_MINOR


def test_store_credit_is_issued_with_its_code() -> None:
    known = _inspected(wish(resolution=Resolution.STORE_CREDIT))
    assert known.last(PayoutPlanned).destination == "store_credit"
    known = known.settle()
    assert known.last(StoreCreditIssued).amount.amount_minor == DUE
    assert known.last(StoreCreditIssued).code == "SC-1"
    assert known.headline is Headline.COMPLETED


def test_credit_for_one_unit_and_money_for_another_take_one_label_fee() -> None:
    known = _inspected(wish("1"), wish("3", resolution=Resolution.STORE_CREDIT)).settle()
    paid = {payout.destination: payout.amount_minor for payout in known.state.payouts.values()}
    assert paid == {"tender": DUE, "store_credit": LAMP_MINOR}


def test_a_payout_whose_answer_is_lost_is_looked_up_and_paid_once() -> None:
    known = _inspected().perform("pay_out", state="unknown")
    assert _states(known) == [MoneyState.UNKNOWN]
    step = known.step("pay_out")
    known = known.when(hint(_payout(known))).perform("look_up_payout")
    assert step.id == f"payout:{_payout(known)}"
    assert (_states(known), known.count("PayoutPlanned")) == ([MoneyState.SUCCEEDED], 1)
    assert known.settle().last(ReturnCompleted).paid_minor == DUE


def test_a_refund_that_bounces_after_nine_days_reopens_and_is_paid_as_store_credit() -> None:
    known = _inspected().settle().later(days=9)
    bounced = n.NotePayout(instruction_id=_payout(known), state="failed", reason="closed_account")
    known = known.when(hint(_payout(known)), bounced)
    assert (_states(known), paid_minor(known.state)) == ([MoneyState.REVERSED], 0)
    assert (known.headline, known.step("choose_payout").actor) == ("resolving", Actor.MERCHANT)
    choose = by_staff(c.ChoosePayout, instruction_id=_payout(known), destination="store_credit")
    known = known.when(choose).settle()
    assert known.last(StoreCreditIssued).amount.amount_minor == DUE
    assert (known.headline, known.count("ReturnCompleted")) == ("completed", 2)
    known.refuses(choose, "payout_not_stuck")


def test_a_refund_that_bounces_is_paid_by_hand_under_a_reference() -> None:
    known = _inspected().settle().later(days=9)
    known = known.when(n.NotePayout(instruction_id=_payout(known), state="failed", reason="gone"))
    choose = by_staff(c.ChoosePayout, instruction_id=_payout(known), destination="manual")
    known = known.when(choose).settle()
    assert known.step("pay_by_hand").actor is Actor.MERCHANT
    key = _payout(known, 1)
    known.refuses(by_staff(c.ReleasePayout, instruction_id=key), "reference_missing")
    known = known.when(by_staff(c.ReleasePayout, instruction_id=key, because="TX-7")).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", DUE)


@pytest.mark.parametrize(
    ("provider", "kind", "how"),
    [("bank_transfer", "bank", "by bank transfer"), ("cash", "cash", "by cash")],
)
def test_what_was_paid_without_a_machine_is_paid_back_by_a_person(
    provider: str, kind: str, how: str
) -> None:
    paid = tender("till", kind, TOTAL_MINOR).model_copy(update={"provider": provider})
    known = _inspected(snapshot=order(tenders=(paid,))).settle()
    step = known.step("pay_by_hand")
    assert (step.actor, step.performs) == (Actor.MERCHANT, "")
    assert how in step.summary
    key = _payout(known)
    known = known.when(hint(key)).then_moves()
    known = known.when(by_staff(c.ReleasePayout, instruction_id=key, because="TX-7")).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", DUE)
    assert known.state.payouts[key].payout_ref == "TX-7"
    known.when(hint(key)).then_moves()


def test_an_answer_with_another_amount_is_never_believed() -> None:
    known = _inspected()
    other = Money(amount_minor=DUE + 1, currency="EUR")
    known = known.perform("pay_out", amount=other)
    assert _states(known) == [MoneyState.PLANNED]
    assert known.step("settle_concern").actor is Actor.MERCHANT


def test_a_chargeback_holds_a_planned_payout_and_lets_it_go_when_it_is_won() -> None:
    known = _inspected(wish("2"))
    card = next(p for p in known.state.payouts.values() if p.tender_id == "card")
    known = known.when(chargeback("opened"))
    assert known.last(PayoutHeld).reason == "chargeback"
    assert known.state.payouts[card.instruction_id].state is MoneyState.HELD
    known = known.when(chargeback("won")).then_moves("PayoutReleased")
    known = known.when(chargeback("opened")).then_moves()
    known = known.settle()
    assert known.last(ReturnCompleted).paid_minor == PHONE_MINOR - 4_000 - LABEL_FEE


def test_a_payout_is_not_released_over_what_a_chargeback_has_left() -> None:
    known = _inspected(wish("2"))
    card = next(p for p in known.state.payouts.values() if p.tender_id == "card")
    taken = TOTAL_MINOR - GIFT_CARD_MINOR - card.amount_minor + 1
    known = known.when(chargeback("opened", amount_minor=taken))
    release = by_staff(c.ReleasePayout, instruction_id=card.instruction_id)
    known.refuses(release, "over_order_cap")


def test_a_payout_that_a_chargeback_holds_can_go_as_store_credit_instead() -> None:
    known = _inspected(wish("2"))
    card = next(p for p in known.state.payouts.values() if p.tender_id == "card")
    known = known.when(chargeback("opened"))
    choose = by_staff(
        c.ChoosePayout, instruction_id=card.instruction_id, destination="store_credit"
    )
    known = known.when(choose).settle()
    assert known.last(StoreCreditIssued).amount.amount_minor == card.amount_minor
    assert known.headline is Headline.COMPLETED


def test_a_payout_that_was_replaced_and_paid_all_the_same_is_told_and_counted() -> None:
    known = _inspected().perform("pay_out", state="failed", reason="closed")
    first = _payout(known)
    choose = by_staff(c.ChoosePayout, instruction_id=first, destination="store_credit")
    known = known.when(choose).settle()
    known = known.when(n.NotePayout(instruction_id=first, state="succeeded"))
    assert known.step("settle_concern").subject == f"paid_twice:{first}"
    assert paid_minor(known.state) == 2 * DUE
    concern = known.step("settle_concern").subject
    known = known.when(by_staff(c.Override, settles=concern, because="booked as a loss")).settle()
    assert (known.headline, known.actions) == ("completed", [])


def test_a_silent_gateway_is_asked_and_the_merchant_told() -> None:
    known = _inspected().perform("pay_out", state="pending").settle()
    due = known.step("settle_payout").due_at
    known = known.wait(until=due)
    assert {"look_up_payout", "settle_concern"} <= set(known.actions)
    assert known.settle().headline is Headline.COMPLETED


def test_money_goes_at_the_dock_where_the_policy_says_received() -> None:
    known = arrived(rules={"refund_trigger": "received"})
    assert paid_minor(known.state) == DUE
    assert known.headline is Headline.RESOLVING
    known = known.when(inspection(known, seen())).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", DUE)


def test_two_payouts_of_one_return_take_the_label_fee_once() -> None:
    known = arrived(wish("1", 2))
    known = known.when(inspection(known, seen("1/1"))).settle()
    known = known.when(inspection(known, seen("1/2"))).settle()
    planned = [event for event in known.events if isinstance(event, PayoutPlanned)]
    assert [event.amount_minor for event in planned] == [SHIRT_MINOR - LABEL_FEE, SHIRT_MINOR]
    assert [part.label_fee_minor for event in planned for part in event.parts] == [LABEL_FEE, 0]
    assert (known.headline, paid_minor(known.state)) == ("completed", 2 * SHIRT_MINOR - LABEL_FEE)


def test_a_worse_finding_after_the_money_has_gone_does_not_lower_the_promise() -> None:
    """Nobody is asked to give back what was paid: what was found late is the merchant's loss."""
    faulty = wish("2", reason=Reason.DEFECTIVE)
    known = arrived(faulty, rules={"refund_trigger": "received"}).settle()
    assert paid_minor(known.state) == PHONE_MINOR
    worse = seen("2/1", found_reason=Reason.CHANGED_MIND)  # which a restocking fee is for
    known = known.when(inspection(known, worse)).settle()
    assert (promised_minor(known.state), paid_minor(known.state)) == (PHONE_MINOR, PHONE_MINOR)
    assert known.headline is Headline.COMPLETED
