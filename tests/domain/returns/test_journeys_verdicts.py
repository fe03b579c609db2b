"""Yes, no and in between: what a unit is worth, who says so, and what they may say to it."""

from datetime import timedelta

from domain.returns import commands as c
from domain.returns.events import PayoutPlanned, QuoteAdjusted, ReturnCompleted, ReturnDeclined
from domain.returns.money.promising import paid_minor, promised_minor
from domain.words import Actor, Authorisation, Disposition, Grade, Headline, Method, Reason
from tests.domain.returns.scenario import A_SECOND, Scenario
from tests.domain.returns.shop import LABEL_FEE, LAMP_MINOR, PHONE_MINOR, SHIRT_MINOR, order
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    counted,
    counted_all,
    inspection,
    labelled,
    opened,
    receipt,
    scan,
    seen,
    under_way,
    wish,
)

USED_SHIRT = 3_332  # 70 % of 47.60
RESTOCKING = 4_000
ON_FINAL_SALE = tuple(
    line.model_copy(update={"final_sale": line.line_id == "3"}) for line in order().lines
)
REVIEW = {
    "rule": "review_electronics",
    "outcome": "review",
    "when": {"fact": "category", "eq": "electronics"},
    "because": "a person looks at phones",
}


def _deducted() -> Scenario:
    known = arrived()
    return known.when(inspection(known, seen(grade=Grade.USED))).settle()


def test_a_deduction_is_paid_disputed_upheld_and_only_the_difference_paid_once() -> None:
    known = _deducted()
    assert (known.headline, paid_minor(known.state)) == ("completed", USED_SHIRT - LABEL_FEE)
    known = known.when(ask(c.Dispute, unit="1/1", because="it is as new"))
    assert (known.headline, known.step("resolve_dispute").actor) == ("disputed", Actor.MERCHANT)
    upheld = by_staff(c.ResolveDispute, unit="1/1", outcome="upheld", because="so it is")
    known = known.when(upheld)
    assert known.last(PayoutPlanned).amount_minor == SHIRT_MINOR - USED_SHIRT
    known = known.settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR - LABEL_FEE
    known.refuses(upheld, "no_dispute")
    known.refuses(ask(c.Dispute, unit="1/1", because="more"), "nothing_to_dispute")


def test_a_dispute_that_is_denied_pays_nothing_and_closes() -> None:
    known = _deducted().when(ask(c.Dispute, unit="1/1", because="it is as new"))
    denied = by_staff(c.ResolveDispute, unit="1/1", outcome="denied", because="it is worn")
    known = known.when(denied).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", USED_SHIRT - LABEL_FEE)


def test_a_decision_can_be_disputed_until_the_last_second_of_its_days() -> None:
    known = _deducted()
    end = known.state.units["1/1"].decided_at
    assert end is not None
    end += timedelta(days=14)
    no = ask(c.Dispute, unit="1/1", because="no")
    assert known.at(end - A_SECOND).when(no).headline is Headline.DISPUTED
    known.at(end).refuses(no, "too_late_to_dispute")


def test_a_reason_recoded_to_our_fault_takes_every_fee_back() -> None:
    known = arrived(wish("2"))
    known = known.when(inspection(known, seen("2/1", Grade.USED, found_reason=Reason.DEFECTIVE)))
    assert known.settle().last(ReturnCompleted).paid_minor == PHONE_MINOR


def test_a_reason_recoded_after_the_first_payout_gives_the_label_fee_back() -> None:
    known = arrived(wish("1", 2))
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert paid_minor(known.state) == SHIRT_MINOR - LABEL_FEE
    known = known.when(inspection(known, seen("1/2", found_reason=Reason.DEFECTIVE))).settle()
    assert known.last(ReturnCompleted).paid_minor == 2 * SHIRT_MINOR


def test_a_reason_recoded_to_the_customers_own_brings_the_fees() -> None:
    known = arrived(wish("2", reason=Reason.DEFECTIVE))
    assert promised_minor(known.state) == PHONE_MINOR
    known = known.when(inspection(known, seen("2/1", found_reason=Reason.CHANGED_MIND))).settle()
    assert known.last(ReturnCompleted).paid_minor == PHONE_MINOR - RESTOCKING - LABEL_FEE


def test_a_recoded_reason_never_takes_back_what_is_paid() -> None:
    """Both were ours; the first is paid whole, the second is found the customer's and worn out."""
    known = arrived(wish("1", reason=Reason.DEFECTIVE), wish("3", reason=Reason.DEFECTIVE))
    known = known.when(inspection(known, seen("1/1", found_reason=Reason.CHANGED_MIND))).settle()
    assert paid_minor(known.state) == SHIRT_MINOR
    worn = seen("3/1", Grade.UNSALVAGEABLE, found_reason=Reason.CHANGED_MIND)
    known = known.when(inspection(known, worn)).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR


def test_a_low_fault_of_ours_is_refunded_and_kept() -> None:
    keep = [{"rule": "keep", "faults": ["merchant"], "at_most": {"EUR": SHIRT_MINOR}}]
    known = opened(wish(reason=Reason.DEFECTIVE), rules={"keep_item": keep})
    assert (known.state.keep_item, known.state.parcels) == (True, {})
    known = known.settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR)


def test_a_wish_to_keep_that_no_rule_grants_is_a_persons_to_grant() -> None:
    known = opened(wish(reason=Reason.DEFECTIVE), method=Method.KEEP_ITEM)
    assert known.headline is Headline.IN_REVIEW
    known = known.when(by_staff(c.Approve, because="keep it")).settle()
    assert (known.headline, known.state.parcels) == ("completed", {})
    assert paid_minor(known.state) == SHIRT_MINOR


def test_declined_by_policy_and_let_in_by_staff_with_a_reason() -> None:
    known = opened(wish("3"), snapshot=order(lines=ON_FINAL_SALE))
    assert (known.headline, known.last(ReturnDeclined).code) == ("declined", "final_sale")
    assert known.ledger is not None
    assert known.ledger.claims == {}
    known.refuses(by_staff(c.Approve), "declined_by_policy")
    known = known.when(by_staff(c.Override, because="a good customer")).settle().later(days=1)
    known = known.when(scan(known), receipt(known, counted_all(known.state))).settle()
    known = known.when(inspection(known)).settle()
    assert known.last(ReturnCompleted).paid_minor == LAMP_MINOR - LABEL_FEE


def test_a_partly_approved_return_pays_what_was_welcome_and_sends_the_rest_back() -> None:
    known = under_way(wish("1"), wish("3"), snapshot=order(lines=ON_FINAL_SALE)).later(days=2)
    assert known.state.authorisation is Authorisation.PARTIALLY_APPROVED
    known.refuses(ask(c.Dispute, unit="3/1", because="no"), "declined_by_policy")
    known = known.when(receipt(known, [counted(), counted("LAMP")])).settle()
    assert known.state.units["3/1"].disposition is Disposition.RETURN_TO_CUSTOMER
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert (known.headline, paid_minor(known.state)) == ("completed", SHIRT_MINOR - LABEL_FEE)


def test_an_override_after_the_rest_was_paid_adds_a_parcel_and_pays_the_rest() -> None:
    known = arrived(wish("1"), wish("3"), snapshot=order(lines=ON_FINAL_SALE))
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert known.headline is Headline.COMPLETED
    known = known.when(by_staff(c.Override, because="goodwill")).settle()
    assert known.state.units["1/1"].decision == "accepted"
    assert (known.state.authorisation, list(known.state.parcels)) == ("approved", ["P1", "P2"])
    known = known.later(days=1)
    known = known.when(scan(known, "P2"), receipt(known, [counted("LAMP")], "P2")).settle()
    known = known.when(inspection(known, seen("3/1"))).settle()
    assert paid_minor(known.state) == SHIRT_MINOR + LAMP_MINOR - LABEL_FEE
    assert known.headline is Headline.COMPLETED


def test_a_review_is_a_persons_and_ends_either_way() -> None:
    known = opened(wish("2"), rules={"rules": [REVIEW]})
    assert (known.headline, known.step("review").actor) == ("in_review", Actor.MERCHANT)
    known.refuses(by_staff(c.Override, because="now"), "in_review")
    assert known.when(by_staff(c.Decline, because="no")).headline is Headline.DECLINED
    assert known.when(by_staff(c.Approve)).headline is Headline.APPROVED


def test_goods_that_come_before_the_review_go_back_when_it_says_no() -> None:
    known = opened(wish("2"), rules={"rules": [REVIEW]})
    known = known.when(receipt(known, [counted("PHONE")])).settle()
    known = known.when(by_staff(c.Decline, because="no")).settle()
    assert (known.headline, known.actions) == ("declined", [])
    assert known.state.units["2/1"].disposition is Disposition.RETURN_TO_CUSTOMER


def test_what_is_quoted_and_adjusted_adds_up_to_what_is_paid() -> None:
    known = _deducted()
    quoted = known.state.quote
    adjusted = [e.amount_minor for e in known.events if isinstance(e, QuoteAdjusted)]
    assert quoted is not None
    assert (quoted.total_minor, adjusted) == (4_270, [USED_SHIRT - SHIRT_MINOR])
    assert paid_minor(known.state) == quoted.total_minor + sum(adjusted)


def test_a_method_that_is_not_offered_is_replaced_by_the_one_quoted() -> None:
    known = labelled(method=Method.LOCAL_HUB)
    assert known.state.parcels["P1"].method is Method.DROP_OFF_LABEL
    assert "label:P1:1" in known.state.labels


def test_a_fee_that_comes_up_when_nothing_is_left_to_take_it_from_is_forgiven() -> None:
    """The lamp turns out to be the customer's own wish, and the second shirt never comes."""
    lamp = wish("3", reason=Reason.DEFECTIVE)
    known = under_way(wish("1", 2), lamp, rules={"refund_trigger": "received"}).later(days=2)
    known = known.when(receipt(known, [counted(), counted("LAMP")])).settle()
    own = seen("3/1", found_reason=Reason.CHANGED_MIND)
    known = known.when(inspection(known, seen("1/1"), own)).settle()
    assert promised_minor(known.state) == 2 * SHIRT_MINOR + LAMP_MINOR - LABEL_FEE
    known = known.wait(until=known.step("explain_missing").due_at).settle()
    assert known.last(ReturnCompleted).paid_minor == SHIRT_MINOR + LAMP_MINOR
