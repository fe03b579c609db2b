"""Money goes back past us while a payout is about to be sent: it waits, by name, for a person."""

from dataclasses import replace

from domain.orders import commands as o
from domain.orders.decider import OrderDecision
from domain.orders.decider import decide as decide_order
from domain.orders.events import TenderTaken
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import PayoutHeld, ReturnCompleted
from domain.words import MoneyState
from tests.domain.returns.scenario import MONDAY, Scenario
from tests.domain.returns.shop import GIFT_CARD_MINOR, TOTAL_MINOR
from tests.domain.returns.story import arrived, by_staff, inspection, wish

CARD_MINOR = TOTAL_MINOR - GIFT_CARD_MINOR


def _planned() -> Scenario:
    """The shirt goes back to the gift card, and nothing was sent yet."""
    known = arrived(wish("1"))
    return known.when(inspection(known))


def _past_us(known: Scenario, *commands: o.OrderCommand) -> Scenario:
    for command in commands:
        assert known.ledger is not None
        decided = decide_order(known.ledger, command, known.now)
        assert isinstance(decided, OrderDecision)
        known = replace(known, ledger=decided.ledger)
    return known


def _refund(tender_id: str, amount: int, ref: str = "re_out") -> o.RecordOutsideRefund:
    taken = (TenderTaken(tender_id=tender_id, amount_minor=amount),)
    return o.RecordOutsideRefund(
        refund_ref=ref, made_in="stripe", occurred_at=MONDAY, tenders=taken
    )


def _short(known: Scenario) -> n.NotePayoutUncovered:
    (payout,) = known.state.payouts.values()
    return n.NotePayoutUncovered(instruction_id=payout.instruction_id)


def test_a_payout_that_has_nothing_left_behind_it_is_held_and_says_so() -> None:
    known = _past_us(_planned(), _refund("gift", GIFT_CARD_MINOR))
    known = known.when(_short(known)).then_moves("PayoutHeld")
    held = known.last(PayoutHeld)
    assert (held.reason, held.because.endswith("tender gift, 0 still available")) == (
        "shortfall",
        True,
    )
    (payout,) = known.state.payouts.values()
    release = by_staff(c.ReleasePayout, instruction_id=payout.instruction_id)
    known.refuses(release, "over_tender_cap")


def test_a_way_whose_money_has_no_room_is_not_even_offered() -> None:
    known = arrived(wish("1"), rules={"other_destination": "with_consent"})
    known = _past_us(known.when(inspection(known)), _refund("gift", GIFT_CARD_MINOR))
    known = known.when(_short(known))
    (payout,) = known.state.payouts.values()
    for destination, code in (("manual", "over_tender_cap"), ("store_credit", None)):
        choose = by_staff(
            c.ChoosePayout, instruction_id=payout.instruction_id, destination=destination
        )
        if code is not None:
            known.refuses(choose, code)
        else:
            assert known.when(choose).step("answer_offer").summary.startswith("accept or decline")


def test_it_goes_when_the_refund_past_us_has_come_back() -> None:
    known = _past_us(_planned(), _refund("gift", GIFT_CARD_MINOR))
    known = known.when(_short(known))
    back = o.OutsideRefundCameBack(refund_ref="re_out", occurred_at=MONDAY)
    (payout,) = known.state.payouts.values()
    release = by_staff(c.ReleasePayout, instruction_id=payout.instruction_id)
    known = _past_us(known, back).when(release).settle()
    assert known.last(ReturnCompleted).paid_minor == payout.amount_minor


def test_it_can_go_from_another_tender_that_has_enough() -> None:
    known = _past_us(_planned(), _refund("gift", GIFT_CARD_MINOR))
    known = known.when(_short(known))
    (payout,) = known.state.payouts.values()
    choose = by_staff(
        c.ChoosePayout, instruction_id=payout.instruction_id, destination="store_credit"
    )
    known = known.when(choose).settle()
    assert known.last(ReturnCompleted).paid_minor == payout.amount_minor


def test_where_there_is_room_nothing_is_held() -> None:
    known = _past_us(_planned(), _refund("card", CARD_MINOR))
    known.when(_short(known)).then_moves()


def test_what_was_sent_already_is_not_held() -> None:
    known = _planned().perform("pay_out", state="unknown")
    known = _past_us(known, _refund("gift", GIFT_CARD_MINOR))
    known = known.when(_short(known)).then_moves()
    (payout,) = known.state.payouts.values()
    assert payout.state is MoneyState.UNKNOWN
