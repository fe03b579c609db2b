"""What staff, shops, gateways and banks may tell an order's ledger outside of any return."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.orders import commands as c
from domain.orders.caps import available, check_reservation, room
from domain.orders.decider import OrderDecision, decide
from domain.orders.events import (
    FundsPart,
    LedgerEvent,
    LineTaken,
    OutsideRefundRecorded,
    TenderTaken,
)
from domain.orders.ledger import Ledger
from domain.orders.order import Shipping
from domain.refusal import Refused
from tests.domain.orders.orders import DELIVERED, STAFF, ledger, line, tender

A_DAY = timedelta(days=1)
THREE = ledger(line("1", quantity=3, tax_minor=570), shipping=Shipping(net_minor=500))  # 40.70


def after(known: Ledger | None, *commands: c.OrderCommand) -> Ledger:
    for command in commands:
        decided = decide(known, command, DELIVERED)
        assert isinstance(decided, OrderDecision), decided
        known = decided.ledger
    assert known is not None
    return known


def events(known: Ledger | None, command: c.OrderCommand) -> tuple[LedgerEvent, ...]:
    decided = decide(known, command, DELIVERED)
    assert isinstance(decided, OrderDecision), decided
    return decided.events


def no(known: Ledger | None, command: c.OrderCommand) -> Refused:
    decided = decide(known, command, DELIVERED)
    assert isinstance(decided, Refused)
    return decided


def refund(amount: int = 1_190, key: str = "unit:1:1", **changes: Any) -> c.RefundByStaff:
    part = FundsPart(key=key, amount_minor=amount)
    fields = {"instruction_id": "s1", "actor": STAFF, "request_id": "r1", "parts": (part,)}
    return c.RefundByStaff.model_validate({**fields, "because": "stained", **changes})


def outside(
    amount: int, *lines: LineTaken, tender_id: str | None = "card", **changes: Any
) -> c.RecordOutsideRefund:
    fields = {"refund_ref": "re_out", "made_in": "shopify", "occurred_at": DELIVERED, **changes}
    taken = (TenderTaken(tender_id=tender_id, amount_minor=amount),)
    return c.RecordOutsideRefund(tenders=taken, lines=lines, **fields)


def of_line(amount: int, quantity: int = 1, line_id: str = "1") -> LineTaken:
    return LineTaken(line_id=line_id, quantity=quantity, amount_minor=amount)


def dispute(status: Any, amount: int = 1_000, **changes: Any) -> c.ChargebackNews:
    fields = {"chargeback_id": "d1", "tender_id": "card", "occurred_at": DELIVERED, **changes}
    return c.ChargebackNews(status=status, amount_minor=amount, **fields)


# ── Staff ─────────────────────────────────────────────────────────────────────────────────


def test_a_refund_by_staff_goes_through_the_caps_that_returns_have() -> None:
    known = after(THREE, refund())
    assert room(known).parts["unit:1:1"] == 0
    refused = check_reservation(
        known, "card", 1_190, (FundsPart(key="unit:1:1", amount_minor=1_190),)
    )
    assert refused is not None
    assert refused.because.endswith("0 still available")


def test_a_refused_refund_says_what_would_be_taken() -> None:
    parts = (
        FundsPart(key="unit:1:1", amount_minor=2_000),
        FundsPart(key="shipping", amount_minor=900),
    )
    assert no(THREE, refund(parts=parts)) == Refused(
        code="over_shipping_cap",
        because="900 EUR minor units asked of the shipping, 500 still available; "
        "of all that is asked, 1690 would be taken",
    )
    assert available(THREE, "card", parts) == 1_690


def test_the_same_ask_is_one_refund_and_another_under_its_id_is_refused() -> None:
    known = after(THREE, refund())
    assert events(known, refund()) == ()
    assert no(known, refund(5)).code == "instruction_taken"


def test_an_order_paid_in_two_ways_asks_from_which_one() -> None:
    known = ledger(tenders=(tender("card", captured_minor=1_000), tender("gift")))
    assert no(known, refund(5)).because == "tender_id: choose one of card, gift"


def test_a_refund_that_was_dropped_is_free_again_and_counts_if_it_was_paid_after_all() -> None:
    dropped = c.NoteStaffRefund(instruction_id="s1", state="failed", reason="bounced")
    known = after(THREE, refund(), dropped)
    assert room(known) == room(THREE)
    known = after(known, refund(instruction_id="s2"), paid())
    over = [concern.because for concern in known.open_concerns if concern.over]
    assert over == [
        "payout s1, paid after it was given up, is over a cap: unit 1 1 by 1190 EUR minor units"
    ]


def paid() -> c.NoteStaffRefund:
    return c.NoteStaffRefund(instruction_id="s1", state="succeeded", payout_ref="re_9")


def test_what_staff_never_made_is_neither_paid_nor_dropped() -> None:
    assert no(THREE, paid()).code == "unknown_refund"
    declined = c.DeclineStaffRefund(instruction_id="s1", because="no", actor=STAFF, request_id="r2")
    assert no(THREE, declined).code == "unknown_refund"


def test_duties_are_given_back_once_and_not_beyond_their_unit() -> None:
    known = ledger(line("1", tax_minor=190, duty_minor=100, import_tax_minor=30))
    known = after(known, refund(130, "duties:1:1"))
    assert no(known, refund(1, "duties:1:1", instruction_id="s2")).code == "over_duties_cap"
    left = no(known, refund(1_320, "unit:1:1", instruction_id="s3"))
    assert left.because == "1320 EUR minor units asked of the unit 1 1, 1190 still available"


# ── Past us ───────────────────────────────────────────────────────────────────────────────


def test_a_refund_past_us_is_laid_on_the_last_unit_that_no_return_holds() -> None:
    (told,) = events(THREE, outside(1_190, of_line(1_190)))
    assert isinstance(told, OutsideRefundRecorded)
    assert told.parts == (FundsPart(key="unit:1:3", amount_minor=1_190),)


def test_a_refund_past_us_counts_against_line_order_and_tender() -> None:
    left = room(after(THREE, outside(1_300, of_line(1_190), shipping_minor=60)))
    assert (left.lines["1"], left.shipping_minor) == (2_380, 440)
    assert (left.order_minor, left.tenders["card"]) == (2_770, 2_770)


def test_a_refund_past_us_over_a_cap_is_recorded_and_given_to_a_person() -> None:
    known = after(THREE, outside(4_100, of_line(3_600, quantity=3), shipping_minor=500))
    (concern,) = known.open_concerns
    assert {over.cap: over.by_minor for over in concern.over} == {
        "unit 1 3": 30,
        "line 1": 30,
        "order": 30,
        "tender card": 30,
    }
    assert concern.due_at == DELIVERED + 2 * A_DAY
    known = after(known, c.SettleConcern(concern_id=concern.concern_id, because="goodwill"))
    assert known.open_concerns == ()


def test_two_refunds_stay_two_though_one_party_gives_them_the_same_further_name() -> None:
    one = outside(500, also_known_as=("auth",))
    known = after(THREE, one, outside(500, also_known_as=("auth",), refund_ref="re_2"))
    assert room(known).order_minor == 3_070


def test_what_a_refund_was_for_is_learnt_from_whoever_knows_and_not_forgotten() -> None:
    by_gateway = outside(1_190, refund_ref="re_2", made_in="stripe")
    by_shop = outside(1_190, of_line(1_190), also_known_as=("re_2",))
    known = after(THREE, by_gateway, by_shop)
    assert (room(known).lines["1"], room(known).order_minor) == (2_380, 2_880)
    assert events(known, by_gateway) == ()


@pytest.mark.parametrize("ref", ["re_out", "shop.7"])
def test_a_refund_past_us_is_the_same_under_each_of_its_names(ref: str) -> None:
    known = after(THREE, outside(500, also_known_as=("shop.7",)))
    assert events(known, outside(500, refund_ref=ref)) == ()


def test_a_refund_past_us_told_otherwise_is_laid_anew() -> None:
    known = after(THREE, outside(1_190, of_line(1_190)), outside(500))
    assert room(known).parts["unit:1:3"] == 1_190
    assert room(known).order_minor == 3_570


def test_a_refund_of_our_own_is_none_past_us() -> None:
    known = after(THREE, refund(), paid())
    assert events(known, outside(1_190, refund_ref="re_9")) == ()
    assert events(known, outside(1_190, refund_ref="s1")) == ()


def test_a_refund_past_us_that_comes_back_is_free_again_for_good() -> None:
    back = c.OutsideRefundCameBack(refund_ref="re_out", occurred_at=DELIVERED)
    known = after(THREE, outside(500), back)
    assert room(known) == room(THREE)
    assert events(known, back) == ()
    assert events(known, outside(500)) == ()
    assert no(THREE, back).code == "unknown_refund"


def test_a_refund_from_a_tender_nobody_knows_counts_against_the_order() -> None:
    left = room(after(THREE, outside(70, tender_id=None)))
    assert (left.order_minor, left.tenders["card"]) == (4_000, 4_070)


def test_a_refund_explains_no_more_than_was_paid() -> None:
    with pytest.raises(ValidationError, match="more than the tenders add up to"):
        outside(500, of_line(501))


# ── Banks ─────────────────────────────────────────────────────────────────────────────────


def test_a_dispute_that_is_heard_of_when_it_is_lost_takes_its_money() -> None:
    known = after(THREE, dispute("lost"), dispute("opened"))
    assert known.chargebacks["d1"].state == "lost"
    assert room(known).order_minor == 3_070


def test_a_dispute_that_is_heard_of_when_it_is_won_takes_nothing_and_worries_nobody() -> None:
    known = after(THREE, outside(4_000), dispute("won", 4_000), dispute("opened", 4_000))
    assert room(known).order_minor == 70
    assert known.open_concerns == ()


def test_several_disputes_of_one_payment_add_up() -> None:
    known = after(THREE, dispute("opened"), dispute("lost", 500, chargeback_id="d2"))
    assert room(known).tenders["card"] == 2_570


def test_a_bank_that_opens_again_and_loses_is_followed() -> None:
    later = DELIVERED + A_DAY
    known = after(THREE, dispute("won"), dispute("lost", occurred_at=later))
    assert known.chargebacks["d1"].state == "lost"
    assert events(known, dispute("won")) == ()


def test_a_dispute_over_what_was_refunded_already_is_given_to_a_person() -> None:
    known = after(THREE, outside(4_000), dispute("opened", 1_000))
    (concern,) = known.open_concerns
    assert concern.because == (
        "chargeback d1 is over a cap: order by 930, tender card by 930 EUR minor units"
    )


def test_a_dispute_of_a_tender_that_the_order_has_not_is_refused() -> None:
    assert no(THREE, dispute("opened", tender_id="other")).code == "unknown_payment"


def test_what_is_asked_of_an_order_that_nobody_knows_is_refused() -> None:
    assert no(None, refund()).code == "unknown_order"
