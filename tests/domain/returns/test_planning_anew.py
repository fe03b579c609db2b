"""What was planned and has not left is laid out anew with what comes; what has left stays."""

from collections import Counter

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.money.promising import fee_taken, paid_minor, standing
from domain.words import MoneyState
from tests.domain.returns import story
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import GIFT_CARD_MINOR, LABEL_FEE, PHONE_MINOR, SHIRT_MINOR
from tests.domain.returns.story import counted, inspection, receipt, seen, under_way, wish

RESTOCKING = 4_000
PHONE_BACK = PHONE_MINOR - RESTOCKING


def _goes(known: Scenario) -> dict[tuple[str, str], int]:
    """What goes to each tender, by unit."""
    found: Counter[tuple[str, str]] = Counter()
    for payout in standing(known.state):
        for part in payout.parts:
            found[part.key, payout.tender_id] += part.amount_minor
    return dict(found)


def _shirt_and_phone() -> Scenario:
    known = under_way(wish("1"), wish("2")).later(days=2)
    return known.when(receipt(known, [counted(), counted("PHONE", line_id="2")]))


SHIRT_FIRST = {
    ("1/1", "gift"): SHIRT_MINOR - LABEL_FEE,
    ("2/1", "gift"): GIFT_CARD_MINOR - (SHIRT_MINOR - LABEL_FEE),
    ("2/1", "card"): PHONE_BACK - (GIFT_CARD_MINOR - (SHIRT_MINOR - LABEL_FEE)),
}


def test_whichever_unit_is_decided_first_the_same_goes_to_each_tender() -> None:
    known = _shirt_and_phone()
    shirt, phone = inspection(known, seen("1/1")), inspection(known, seen("2/1"))
    for told in ([shirt, phone], [phone, shirt]):
        there = known.when(*told)
        assert _goes(there) == SHIRT_FIRST
        assert fee_taken(there.state) == LABEL_FEE


def test_what_has_left_stays_and_the_rest_goes_where_there_is_room() -> None:
    known = _shirt_and_phone()
    known = known.when(inspection(known, seen("2/1"))).settle()
    known = known.when(inspection(known, seen("1/1"))).settle()
    assert not known.count("PayoutCancelled")
    gone = PHONE_BACK - LABEL_FEE - GIFT_CARD_MINOR
    assert _goes(known) == {
        ("2/1", "gift"): GIFT_CARD_MINOR,
        ("2/1", "card"): gone,
        ("1/1", "card"): SHIRT_MINOR,
    }


def test_what_is_where_it_belongs_is_not_touched_by_what_comes() -> None:
    known = _shirt_and_phone()
    known = known.when(inspection(known, seen("1/1")))
    known = known.when(inspection(known, seen("2/1")))
    assert not known.count("PayoutCancelled")


def test_nothing_is_sent_in_place_of_a_payout_before_its_provider_was_asked() -> None:
    known = _shirt_and_phone()
    known = known.when(inspection(known, seen("2/1")))
    sending = {step.id for step in known.steps if step.action == "pay_out"}
    known = known.when(inspection(known, seen("1/1")))
    assert "pay_out" not in known.actions
    # under the same names, so that no attempt to send one is under way while it is asked for
    assert {step.id for step in known.steps if step.action == "look_up_payout"} <= sending
    known = known.settle()
    assert paid_minor(known.state) == SHIRT_MINOR + PHONE_BACK - LABEL_FEE
    assert _goes(known) == SHIRT_FIRST


def test_a_payout_that_was_on_its_way_stays_and_nothing_is_paid_twice() -> None:
    known = _shirt_and_phone()
    known = known.when(inspection(known, seen("2/1")))
    gift, card = (payout.instruction_id for payout in known.state.payouts.values())
    known = known.when(inspection(known, seen("1/1")))
    sent = (n.NotePayout(instruction_id=gift, state="succeeded"),
            n.NotePayout(instruction_id=card, state="pending"))  # fmt: skip
    known = known.when(*sent).settle()
    known = known.when(n.NotePayout(instruction_id=card, state="succeeded")).settle()
    assert paid_minor(known.state) == SHIRT_MINOR + PHONE_BACK - LABEL_FEE
    assert _goes(known)["2/1", "gift"] == GIFT_CARD_MINOR
    assert "settle_concern" not in known.actions


def test_a_lost_answer_leaves_the_question_open() -> None:
    known = _shirt_and_phone()
    known = known.when(inspection(known, seen("2/1")))
    gift = next(iter(known.state.payouts))
    known = known.when(inspection(known, seen("1/1")))
    known = known.when(n.NotePayout(instruction_id=gift, state="unknown"))
    assert gift in {step.subject for step in known.steps if step.action == "look_up_payout"}


def test_what_a_person_has_said_yes_to_is_not_laid_out_anew() -> None:
    known = under_way(wish("1"), wish("2"), rules={"approval": {"limit_minor": {"EUR": 30_000}}})
    known = known.later(days=2)
    known = known.when(receipt(known, [counted(), counted("PHONE", line_id="2")]))
    known = known.when(inspection(known, seen("2/1")))
    held = next(
        payout for payout in known.state.payouts.values() if payout.state is MoneyState.HELD
    )
    said = c.Who(kind="staff", id="one")
    yes = story.ask(c.ReleasePayout, instruction_id=held.instruction_id, because="fine")
    known = known.when(yes.model_copy(update={"actor": said}))
    known = known.when(inspection(known, seen("1/1")))
    assert known.state.payouts[held.instruction_id].state is MoneyState.HELD
