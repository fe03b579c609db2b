"""Who may let money go, where it may go, and how an amount that is stuck comes to its end."""

from typing import Any

import pytest

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import (
    OfferMade,
    PayoutApproved,
    PayoutHeld,
    PayoutPlanned,
    ReturnCompleted,
)
from domain.returns.money.promising import paid_minor
from domain.words import Actor, Headline, Method, Reason
from tests.domain.returns.scenario import CUSTOMER, Scenario
from tests.domain.returns.shop import (
    LABEL_FEE,
    SHIRT_MINOR,
)
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    counted_all,
    inspected,
    inspection,
    opened,
    opening,
    receipt,
    scan,
    seen,
    staff,
    the,
    wish,
)


def limit(minor: int, **rules: Any) -> dict[str, Any]:
    """Two people from this amount on."""
    return {"approval": {"limit_minor": {"EUR": minor}}, **rules}


def release(known: Scenario, who: c.Who, **fields: Any) -> Any:
    return ask(c.ReleasePayout, by=who, instruction_id=the(known, "held"), **fields)


# ── Two people ────────────────────────────────────────────────────────────────────────────


def test_an_amount_at_the_limit_waits_for_two_people_and_one_below_for_none() -> None:
    due = SHIRT_MINOR - LABEL_FEE
    assert the(inspected(rules=limit(due + 1)), "planned")
    known = inspected(rules=limit(due))
    assert known.last(PayoutHeld).reason == "needs_approval"
    step = known.step("release_payout")
    assert (step.actor, known.settle().actions) == (Actor.MERCHANT, ["release_payout"])
    known = known.when(release(known, staff(2))).then_moves("PayoutApproved")
    known = known.when(release(known, staff(3))).then_moves("PayoutApproved", "PayoutReleased")
    assert [e.by for e in known.events if isinstance(e, PayoutApproved)] == [
        "staff:s-2",
        "staff:s-3",
    ]
    assert known.settle().last(ReturnCompleted).paid_minor == due


def test_the_same_person_twice_is_one_person() -> None:
    known = inspected(rules=limit(1_000))
    known = known.when(release(known, staff(2)))
    known.refuses(release(known, staff(2)), "same_person_twice")
    assert the(known, "held")


@pytest.mark.parametrize("kind", ["customer", "service", "system"])
def test_only_people_of_the_merchant_count(kind: Any) -> None:
    known = inspected(rules=limit(1_000))
    known.refuses(release(known, c.Who(kind=kind, id="s-2")), "staff_only")


def test_whoever_asked_for_the_return_is_none_of_the_two() -> None:
    asked = opening().model_copy(update={"actor": staff(2)})
    known = opened(rules=limit(1_000))
    known = Scenario(known.policy).when(asked).settle().later(days=1)
    known = known.when(scan(known), receipt(known, counted_all(known.state))).settle()
    known = known.when(inspection(known)).settle()
    known.refuses(release(known, staff(2)), "not_independent")
    assert known.when(release(known, staff(3)), release(known, staff(4))).count("PayoutReleased")


def test_whoever_approved_the_return_or_decided_on_a_unit_is_none_of_the_two() -> None:
    known = opened(wish(reason=Reason.DEFECTIVE), method=Method.KEEP_ITEM, rules=limit(1_000))
    known = known.when(ask(c.Approve, by=staff(5), because="keep it")).settle()
    known.refuses(release(known, staff(5)), "not_independent")
    assert known.when(release(known, staff(2)), release(known, staff(3))).count("PayoutReleased")


def test_whoever_chose_the_destination_is_none_of_the_two_and_a_new_way_needs_two_anew() -> None:
    known = inspected(rules=limit(1_000))
    known = known.when(release(known, staff(2)), release(known, staff(3)))
    known = known.perform("pay_out", state="failed", reason="closed")
    failed = the(known, "failed")
    known = known.when(
        ask(c.ChoosePayout, by=staff(4), instruction_id=failed, destination="store_credit")
    )
    assert known.last(PayoutPlanned).chosen_by == "staff:s-4"
    known.refuses(release(known, staff(4)), "not_independent")
    known = known.when(release(known, staff(2)), release(known, staff(3))).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE


def test_money_paid_by_hand_is_let_go_by_two_before_it_is_paid() -> None:
    known = inspected(rules=limit(1_000))
    known = known.when(release(known, staff(2)), release(known, staff(3)))
    known = known.perform("pay_out", state="failed", reason="closed")
    failed = the(known, "failed")
    known = known.when(by_staff(c.ChoosePayout, instruction_id=failed, destination="manual"))
    assert known.step("release_payout")
    key = the(known, "held")
    known = known.when(release(known, staff(2), because="TX-7"))
    assert the(known, "held") == key
    known = known.when(release(known, staff(3), because="TX-7"))
    paid = ask(c.ReleasePayout, by=staff(3), instruction_id=key, because="TX-7")
    assert known.when(paid).settle().headline is Headline.COMPLETED


def test_the_limit_counts_all_that_leaves_one_payment_over_all_returns_of_the_order() -> None:
    """Each is below it; the second one reaches it together with what was released before."""
    rules = limit(2 * SHIRT_MINOR - 2 * LABEL_FEE)
    first = inspected(rules=rules).settle()
    assert first.headline is Headline.COMPLETED
    again = opening(request_id="open-2", at=first.now)
    second = Scenario(first.policy, ledger=first.ledger, now=first.now, return_id="r-2")
    second = second.when(again).settle().later(days=1)
    second = second.when(scan(second), receipt(second, counted_all(second.state))).settle()
    second = second.when(inspection(second, return_id="r-2"))
    assert second.last(PayoutHeld).reason == "needs_approval"


def test_small_amounts_to_one_payment_in_one_return_reach_the_limit_together() -> None:
    """The gift card takes the first two, and what it has left of the third."""
    known = arrived(wish("1", 3), rules=limit(2 * SHIRT_MINOR - LABEL_FEE))
    for unit in ("1/1", "1/2", "1/3"):
        known = known.when(inspection(known, seen(unit)))
    states = [(payout.tender_id, payout.state) for payout in known.state.payouts.values()]
    assert states == [("gift", "planned"), ("gift", "held"), ("gift", "held"), ("card", "planned")]


# ── Another destination ───────────────────────────────────────────────────────────────────

ASKED = {"other_destination": "with_consent"}


def _bounced(**rules: Any) -> Scenario:
    known = inspected(rules={**ASKED, **rules}).settle().later(days=9)
    key = next(iter(known.state.payouts))
    return known.when(n.NotePayout(instruction_id=key, state="failed", reason="closed"))


def _choose(known: Scenario, destination: str, by: c.Who = CUSTOMER, **fields: Any) -> Any:
    key = the(known, "reversed")
    return ask(c.ChoosePayout, by=by, instruction_id=key, destination=destination, **fields)


def test_another_way_is_offered_to_the_customer_and_goes_when_they_accept() -> None:
    known = _bounced()
    known = known.when(_choose(known, "store_credit", staff(4)))
    assert (known.count("PayoutPlanned"), known.step("answer_offer").actor) == (1, Actor.CUSTOMER)
    offer = known.last(OfferMade).offer_id
    known.refuses(by_staff(c.AcceptOffer, offer_id=offer), "customer_only")
    known = known.when(ask(c.AcceptOffer, offer_id=offer))
    planned = known.last(PayoutPlanned)
    assert (planned.destination, planned.consent, planned.chosen_by) == (
        "store_credit",
        "customer",
        "staff:s-4",
    )
    assert known.settle().headline is Headline.COMPLETED


def test_silence_is_no_consent_and_puts_it_back_to_the_merchant() -> None:
    known = _bounced()
    known = known.when(_choose(known, "manual", staff(4))).settle()
    known = known.wait(until=known.step("answer_offer").due_at)
    assert known.count("OfferLapsed") == 1
    assert (known.step("choose_payout").actor, known.count("PayoutPlanned")) == (Actor.MERCHANT, 1)


def test_a_no_to_another_way_leaves_the_money_owed_and_a_person_told() -> None:
    known = _bounced()
    known = known.when(_choose(known, "store_credit", staff(4)))
    known = known.when(ask(c.DeclineOffer, offer_id=known.last(OfferMade).offer_id))
    assert {"choose_payout", "settle_concern"} <= set(known.actions)


def test_the_customers_own_choice_needs_no_offer() -> None:
    known = _bounced()
    known = known.when(_choose(known, "gift_card")).settle()
    planned = known.last(PayoutPlanned)
    assert (planned.destination, planned.consent) == ("gift_card", "customer")
    assert planned.payment_ref == "card:r-1:2"
    assert next(reversed(known.state.payouts.values())).code == "SC-1"


def test_back_to_the_same_payment_needs_nobodys_consent() -> None:
    known = _bounced()
    known = known.when(_choose(known, "tender", staff(4)))
    assert known.last(PayoutPlanned).consent == ""


def test_another_payment_of_the_order_is_another_way() -> None:
    known = _bounced()
    known = known.when(_choose(known, "tender", staff(4), tender_id="card"))
    assert known.last(OfferMade).tender_id == "card"
    known = known.when(ask(c.AcceptOffer, offer_id=known.last(OfferMade).offer_id))
    assert known.last(PayoutPlanned).tender_id == "card"


def test_a_policy_may_say_that_staff_send_it_elsewhere() -> None:
    known = _bounced(other_destination="by_policy")
    known = known.when(_choose(known, "store_credit", staff(4)))
    assert known.last(PayoutPlanned).consent == "policy"


def test_an_offer_for_money_that_arrives_after_all_is_withdrawn() -> None:
    known = inspected(rules=ASKED).perform("pay_out", state="failed", reason="closed")
    failed = the(known, "failed")
    choose = by_staff(c.ChoosePayout, instruction_id=failed, destination="store_credit")
    known = known.when(choose, n.NotePayout(instruction_id=failed, state="succeeded"))
    assert known.count("OfferLapsed") == 1
    assert known.settle().headline is Headline.COMPLETED


# ── The rest of a payout's life ───────────────────────────────────────────────────────────


def test_a_payout_that_needs_the_customer_is_theirs_to_act_on_and_a_persons_when_late() -> None:
    known = inspected().perform("pay_out", state="requires_action").settle()
    step = known.step("act_on_payout")
    assert step.actor is Actor.CUSTOMER
    assert any(notice.template == "refund_action" for notice in known.state.notices.values())
    known = known.wait(until=step.due_at)
    assert known.step("settle_concern").actor is Actor.MERCHANT
    known = known.when(n.NotePayout(instruction_id=step.subject, state="succeeded"))
    assert known.settle().headline is Headline.COMPLETED


# ── What waits for people is not walked around ────────────────────────────────────────────


def _held_by_the_sum() -> Scenario:
    """Each shirt is below the limit; the second brings their payment to it."""
    known = arrived(wish("1", 3), rules=limit(2 * SHIRT_MINOR - LABEL_FEE))
    for unit in known.state.units:
        known = known.when(inspection(known, seen(unit)))
    assert known.last(PayoutHeld).reason == "needs_approval"
    return known


def test_a_customer_takes_nothing_past_the_two_people_it_waits_for() -> None:
    known = _held_by_the_sum()
    key = known.last(PayoutHeld).instruction_id
    past = ask(c.ChoosePayout, by=CUSTOMER, instruction_id=key, destination="gift_card")
    known.refuses(past, "staff_only")


def test_another_way_for_what_waits_for_two_people_waits_for_two_as_well() -> None:
    known = _held_by_the_sum()
    key = known.last(PayoutHeld).instruction_id
    choose = by_staff(c.ChoosePayout, instruction_id=key, destination="store_credit")
    known = known.when(choose)
    instead = list(known.state.payouts.values())[-1]
    assert (instead.state, instead.reason) == ("held", "needs_approval")


def test_what_may_have_been_sent_stays_counted_until_a_person_has_looked() -> None:
    known = inspected().perform("pay_out", state="failed", reason="may_have_been_sent")
    (payout,) = known.state.payouts.values()
    assert known.ledger is not None
    assert known.ledger.reservations[payout.instruction_id].live
    told = [notice.template for notice in known.state.notices.values()]
    assert "refund_failed" not in told
    choose = {"instruction_id": payout.instruction_id, "destination": "gift_card"}
    known.refuses(ask(c.ChoosePayout, by=CUSTOMER, **choose), "staff_only")
    known = known.when(by_staff(c.ChoosePayout, **choose)).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    assert known.ledger is not None
    assert not known.ledger.reservations[payout.instruction_id].live


def test_what_was_taken_for_lost_and_is_there_after_all_counts_once() -> None:
    known = inspected().perform("pay_out", state="failed", reason="may_have_been_sent")
    (payout,) = known.state.payouts.values()
    found = n.NotePayout(instruction_id=payout.instruction_id, state="succeeded")
    known = known.when(found).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR - LABEL_FEE)
