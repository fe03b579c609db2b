"""Two books that agree, and one way for each in which they can be made to differ."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.money import Money
from domain.reconciliation.books import BooksKey, Movement, OurBooks, OurChargeback, OurPayout, Span
from domain.words import MoneyState

KEY = BooksKey("acme", "stripe")
UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = Span(UNTIL - timedelta(days=45), UNTIL)
INSIDE = UNTIL - timedelta(days=10)
HOUR = timedelta(hours=1)

AGREEING = {  # ours, and what their list may have of it; none: no line at all
    MoneyState.SUCCEEDED: ("succeeded",),
    MoneyState.SUBMITTED: ("submitted", "pending"),
    MoneyState.PENDING: ("pending", "submitted"),
    MoneyState.REQUIRES_ACTION: ("requires_action",),
    MoneyState.FAILED: ("failed", "cancelled", None),
    MoneyState.REVERSED: ("failed",),
    MoneyState.CANCELLED: ("cancelled", None),
    MoneyState.UNKNOWN: (None,),
    MoneyState.PLANNED: (None,),
    MoneyState.HELD: (None,),
}
ANSWERED = {MoneyState.SUCCEEDED, MoneyState.SUBMITTED, MoneyState.PENDING,
            MoneyState.REQUIRES_ACTION, MoneyState.REVERSED}  # fmt: skip


def eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


def payout(
    number: int = 1,
    state: MoneyState = MoneyState.SUCCEEDED,
    *,
    asked_at: datetime = INSIDE,
    minor: int = 5000,
) -> OurPayout:
    return OurPayout(
        return_id=f"R-{number}",
        order_id=f"W-{number}",
        instruction_id=f"ins-{number}",
        payment_ref=f"pi_{number}",
        payout_ref=f"re_{number}" if state in ANSWERED else "",
        amount=eur(minor),
        state=state,
        askable_at=asked_at,
        answered_at=asked_at + timedelta(minutes=5) if state in ANSWERED else None,
    )


def line_of(ours: OurPayout, state: str = "succeeded", *, ref: str = "") -> Movement:
    """The provider's line of one of ours."""
    return Movement(
        kind="payout",
        ref=ref or ours.payout_ref or f"re_of_{ours.instruction_id}",
        instruction_id=ours.instruction_id,
        payment_ref=ours.payment_ref,
        amount=ours.amount,
        state=state,
        at=ours.askable_at + timedelta(minutes=2),
    )


def chargeback(number: int = 1) -> OurChargeback:
    return OurChargeback(
        f"W-{number}", f"pi_{number}", eur(7000), "open", INSIDE, f"dp_pi_{number}"
    )


def line_of_bank(ours: OurChargeback) -> Movement:
    return Movement(
        "chargeback", f"dp_{ours.payment_ref}", "", ours.payment_ref, ours.amount, ours.state,
        ours.opened_at,
    )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Our books and theirs."""

    ours: OurBooks
    theirs: tuple[Movement, ...]

    def with_ours(self, one: OurPayout) -> "Pair":
        changed = tuple(
            one if each.instruction_id == one.instruction_id else each for each in self.ours.payouts
        )
        return replace(self, ours=replace(self.ours, payouts=changed))

    def with_line(self, line: Movement, **changed: Any) -> "Pair":
        """The line changed as said."""
        changed_line = replace(line, **changed)
        theirs = tuple(changed_line if each.ref == line.ref else each for each in self.theirs)
        return replace(self, theirs=theirs)

    def without(self, line: Movement) -> "Pair":
        return replace(self, theirs=tuple(one for one in self.theirs if one.ref != line.ref))

    def plus(self, *lines: Movement) -> "Pair":
        return replace(self, theirs=(*self.theirs, *lines))


VICTIM = payout(0)
LINE = line_of(VICTIM)
BANK = chargeback(1_000)
BANK_LINE = line_of_bank(BANK)


@st.composite
def agreeing(draw: st.DrawFn) -> Pair:
    """Books of many payouts, some of them at the edges of the window or beyond it.

    `VICTIM` and `BANK` are among them, well inside: what is corrupted is corrupted there.
    """
    payouts, lines = [VICTIM], [LINE]
    ago = st.integers(5, 65 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
    for number in range(1, draw(st.integers(1, 8))):
        state = draw(st.sampled_from(sorted(AGREEING)))
        asked_at = UNTIL - draw(ago)
        ours = payout(number, state, asked_at=asked_at, minor=draw(st.integers(1, 10**6)))
        word = draw(st.sampled_from(AGREEING[state]))
        late = draw(st.sampled_from([timedelta(minutes=3), timedelta(days=3)]))
        if ours.answered_at is not None:
            ours = replace(ours, answered_at=asked_at + late)
        payouts.append(ours)
        if word is not None:
            line = line_of(ours, word)
            wait = draw(st.integers(0, int(late.total_seconds())))
            lines.append(replace(line, at=asked_at + timedelta(seconds=wait)))
    orders = {one.payment_ref: one.order_id for one in payouts} | {BANK.payment_ref: BANK.order_id}
    ours_books = OurBooks(tuple(payouts), (BANK,), orders)
    seen = [line for line in [*lines, BANK_LINE] if WINDOW.since <= line.at <= WINDOW.until]
    return Pair(ours_books, tuple(draw(st.permutations(seen))))
