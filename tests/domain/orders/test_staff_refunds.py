"""A refund by staff: who may let it go, what the provider says, and whose turn it is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.orders import commands as c
from domain.orders.decider import OrderDecision, decide
from domain.orders.events import FundsPart
from domain.orders.ledger import Ledger
from domain.orders.refunds.agenda import RefundStep, next_step
from domain.orders.refunds.standing import StaffRefund
from domain.orders.refunds.text import explained
from domain.orders.room import room
from domain.refusal import Refused
from domain.who import Who
from domain.words import Actor, MoneyState
from tests.domain.orders.orders import A_DAY, DELIVERED, ledger, line, tender

LIMIT = 1_000
BOOKS = ledger(line("1", quantity=3, tax_minor=570))  # 35.70, three units of 11.90
CASH = ledger(line("1"), tenders=(tender("till", kind="cash", provider="cash"),))


def staff(name: str) -> Who:
    return Who(kind="staff", id=name)


def ask(
    amount: int = 1_190, key: str = "s1", by: Who | None = None, **more: Any
) -> c.RefundByStaff:
    part = FundsPart(key=more.pop("part", "unit:1:1"), amount_minor=amount)
    who = by or staff("anna")
    said = {"instruction_id": key, "actor": who, "request_id": "r1", "because": "stained"}
    return c.RefundByStaff.model_validate({**said, "parts": (part,), **more})


def yes(by: str, request_id: str = "") -> c.ApproveStaffRefund:
    return c.ApproveStaffRefund(
        instruction_id="s1", actor=staff(by), request_id=request_id or f"yes-{by}"
    )


def no_thanks(by: str = "carla") -> c.DeclineStaffRefund:
    return c.DeclineStaffRefund(
        instruction_id="s1", actor=staff(by), request_id="no", because="not ours"
    )


def says(state: Any, **more: Any) -> c.NoteStaffRefund:
    return c.NoteStaffRefund(instruction_id="s1", state=state, **more)


def bank(status: Any, amount: int = 100) -> c.ChargebackNews:
    return c.ChargebackNews(
        chargeback_id="dp_1", tender_id="card", amount_minor=amount, status=status,
        occurred_at=DELIVERED,
    )  # fmt: skip


def after(books: Ledger, *commands: c.OrderCommand, at: datetime = DELIVERED) -> Ledger:
    for command in commands:
        decided = decide(books, command, at, LIMIT)
        assert isinstance(decided, OrderDecision), decided
        books = decided.ledger
    return books


def no(books: Ledger, command: c.OrderCommand) -> str:
    decided = decide(books, command, DELIVERED, LIMIT)
    assert isinstance(decided, Refused), decided
    return decided.code


def refund(books: Ledger) -> StaffRefund:
    found = books.refund("s1")
    assert found is not None
    return found


def turn(books: Ledger) -> RefundStep:
    step = next_step(books, "s1")
    assert step is not None
    return step


# ── Two people ────────────────────────────────────────────────────────────────────────────


def test_below_the_limit_it_is_ours_to_send_at_once() -> None:
    books = after(BOOKS, ask(999))
    assert (turn(books).actor, turn(books).performs) == (Actor.SYSTEM, "pay_refund")
    assert refund(books).destination == "tender"


def test_from_the_limit_on_it_waits_for_two_who_did_not_ask_for_it() -> None:
    books = after(BOOKS, ask(1_000))
    assert (turn(books).actor, turn(books).action) == (Actor.MERCHANT, "approve_refund")
    assert [raised.what for raised in books.open_concerns] == ["refund_held"]
    assert no(books, yes("anna")) == "not_independent"
    books = after(books, yes("bert"))
    assert turn(books).summary == "10.00 EUR wait for 1 more to say yes: refund-approve"
    assert no(books, yes("bert", "another session")) == "same_person_twice"
    books = after(books, yes("carla"))
    assert turn(books).performs == "pay_refund"
    assert refund(books).approved_by == ("staff:bert", "staff:carla")
    assert books.open_concerns == ()


def test_the_sum_that_leaves_one_payment_counts_whoever_asked_for_it() -> None:
    books = after(BOOKS, ask(600, "s0", part="unit:1:2"), ask(400))
    assert refund(books).reason == "needs_approval"
    assert books.reservations["s0"].refund is not None
    assert books.reservations["s0"].refund.state is MoneyState.PLANNED


def test_the_same_yes_told_again_after_a_lost_answer_is_one_yes() -> None:
    books = after(BOOKS, ask(), yes("bert"), yes("bert"))
    assert refund(books).approved_by == ("staff:bert",)


@pytest.mark.parametrize("kind", ["customer", "service", "system"])
def test_nobody_but_staff_asks_for_money_or_lets_it_go(kind: Any) -> None:
    other = Who(kind=kind, id="x")
    assert no(BOOKS, ask(by=other)) == "staff_only"
    books = after(BOOKS, ask())
    assert no(books, yes("x").model_copy(update={"actor": other})) == "staff_only"
    assert no(books, no_thanks().model_copy(update={"actor": other})) == "staff_only"


def test_where_nobody_knows_the_policy_it_takes_two() -> None:
    decided = decide(BOOKS, ask(1), DELIVERED)
    assert isinstance(decided, OrderDecision)
    assert refund(decided.ledger).reason == "needs_approval"


def test_who_declines_it_sets_the_money_free() -> None:
    books = after(BOOKS, ask(), yes("bert"), no_thanks())
    assert (refund(books).state, next_step(books, "s1")) == (MoneyState.CANCELLED, None)
    assert room(books) == room(BOOKS)
    assert books.open_concerns == ()
    assert no(books, yes("carla")) == "not_held"


# ── Banks and caps ────────────────────────────────────────────────────────────────────────


def test_a_payment_that_a_bank_disputes_gives_nothing_back_before_the_bank_has_decided() -> None:
    books = after(BOOKS, bank("opened"), ask(500))
    assert (refund(books).reason, turn(books).action) == ("disputed", "decide_refund")
    assert no(books, yes("bert")) == "payment_disputed"
    books = after(books, bank("won"), yes("bert"))
    assert turn(books).performs == "pay_refund"


def test_what_a_bank_took_before_it_was_sent_is_held_and_not_sent() -> None:
    books = after(
        BOOKS, ask(500), bank("opened", 3_570), c.NoteStaffRefundShort(instruction_id="s1")
    )
    assert refund(books).state is MoneyState.HELD
    assert no(books, yes("bert")) == "payment_disputed"


# ── What the provider says ────────────────────────────────────────────────────────────────


def test_what_is_paid_is_paid_under_their_reference() -> None:
    books = after(BOOKS, ask(500), says("succeeded", payout_ref="re_1"))
    assert (refund(books).state, refund(books).payout_ref) == (MoneyState.SUCCEEDED, "re_1")
    assert next_step(books, "s1") is None
    assert books.reservations["s1"].state == "paid"


def test_an_answer_that_was_lost_is_looked_for_by_us() -> None:
    books = after(BOOKS, ask(500), says("unknown"))
    assert (turn(books).actor, turn(books).performs) == (Actor.SYSTEM, "pay_refund")


def test_what_is_under_way_is_the_providers_turn_and_nobody_takes_it_back() -> None:
    books = after(BOOKS, ask(500), says("pending", payout_ref="re_1"))
    assert (turn(books).actor, turn(books).action) == (Actor.GATEWAY, "settle_refund")
    assert no(books, no_thanks()) == "under_way"


def test_money_that_comes_back_later_is_free_again_and_before_a_person() -> None:
    books = after(BOOKS, ask(500), says("succeeded"), says("failed", reason="card_closed"))
    assert refund(books).state is MoneyState.REVERSED
    assert room(books) == room(BOOKS)
    [raised] = books.open_concerns
    assert raised.because == (
        "refund s1 came back after it was paid (card_closed): give it back otherwise, "
        "or tell them no"
    )


def test_an_amount_that_nobody_asked_for_is_not_believed() -> None:
    other = BOOKS.order.currency
    books = after(BOOKS, ask(500), says("succeeded", amount={"amount_minor": 5, "currency": other}))
    assert refund(books).state is MoneyState.PLANNED
    assert [raised.what for raised in books.open_concerns] == ["refund_stuck"]


# ── By hand, and late ─────────────────────────────────────────────────────────────────────


def paid(ref: str = "till 7") -> c.StaffRefundPaid:
    return c.StaffRefundPaid(
        instruction_id="s1", actor=staff("anna"), request_id="p", payout_ref=ref
    )


def test_cash_is_handed_over_by_a_person_once_it_was_let_go() -> None:
    books = after(CASH, ask(1_000))
    assert no(books, paid()) == "still_held"
    books = after(books, yes("bert"), yes("carla"))
    assert turn(books).summary == "pay 10.00 EUR by cash, then refund-paid with its reference"
    books = after(books, paid())
    assert refund(books).state is MoneyState.SUCCEEDED
    assert refund(after(books, no_thanks())).state is MoneyState.REVERSED


def test_nobody_says_that_they_paid_what_the_provider_pays() -> None:
    assert no(after(BOOKS, ask(500)), paid()) == "paid_by_provider"


def test_who_is_late_is_told_of_once_at_or_after_the_time_and_never_before() -> None:
    books, late = after(BOOKS, ask()), c.NoteStaffRefundLate(instruction_id="s1")
    due = turn(books).due_at
    assert after(books, late, at=due - timedelta(seconds=1)) == books
    books = after(books, late, late, at=due + A_DAY)
    assert [raised.what for raised in books.open_concerns] == ["refund_held", "refund_late"]


def test_it_is_explained_to_the_minor_unit_with_everybody_who_had_a_hand_in_it() -> None:
    books = after(BOOKS, ask(), yes("bert"), yes("carla"), says("succeeded", payout_ref="re_1"))
    assert list(explained(books, books.reservations["s1"])) == [
        "11.90 EUR of unit 1 1",
        "11.90 EUR in all, back to card (stripe): stained",
        "asked for by staff:anna",
        "let go by staff:bert",
        "let go by staff:carla",
        "it is succeeded, re_1 at stripe",
    ]
