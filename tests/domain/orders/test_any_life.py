"""Whatever happens to an order, in whatever order: nothing that asks gets more than there is.

An order's ledger beside the plainest books. Claims, reservations, payments, bounces, refunds
by staff and past us, disputes of banks and snapshots of the shop come as they like.
"""

from datetime import timedelta
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.orders import commands as c
from domain.orders.caps import available, check_claim, check_reservation, claimable
from domain.orders.concerns import escalations
from domain.orders.decider import OrderDecision, decide
from domain.orders.events import (
    ClaimedUnit,
    FundsPaid,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    OrderEscalated,
    OutsideRefundRecorded,
    PaymentCollected,
    UnitsClaimed,
    UnitsReleased,
)
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Order
from domain.orders.room import room
from domain.orders.telling_anew import contradiction
from domain.refusal import Refused
from tests.domain.orders.happenings import (
    as_parts,
    laid_on_lines,
    outside_refunds,
    refund_by_staff,
    told_anew,
    told_of_lines,
    wishes,
)
from tests.domain.orders.orders import DELIVERED, orders
from tests.domain.orders.plain_books import Entry, Parts, PlainBooks

RETURNS = st.sampled_from(["r1", "r2", "r3"])


class AnyLife(RuleBasedStateMachine):
    """The ledger, and the books that it must agree with."""

    def __init__(self) -> None:
        super().__init__()
        self.holders: dict[tuple[str, int], str] = {}
        self.disputes: dict[str, list[c.ChargebackNews]] = {}
        self.made = 0

    @initialize(sold=orders())
    def sell(self, sold: Order) -> None:
        self.ledger, self.books = Ledger(sold), PlainBooks(sold)

    # ── Units ─────────────────────────────────────────────────────────────────────────────

    @rule(return_id=RETURNS, data=st.data())
    def claim(self, return_id: str, data: st.DataObject) -> None:
        line_id = data.draw(st.sampled_from([known.line_id for known in self.books.sold.lines]))
        for ordinal in claimable(self.ledger, line_id, data.draw(st.integers(1, 3))):
            assert (line_id, ordinal) not in self.holders
            units = (ClaimedUnit(line_id=line_id, ordinal=ordinal),)
            self._happens(UnitsClaimed, return_id=return_id, units=units)
            self.holders[line_id, ordinal] = return_id

    @rule(return_id=RETURNS, data=st.data())
    def claim_or_let_go(self, return_id: str, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(self._units()))
        units = (ClaimedUnit(line_id=unit[0], ordinal=unit[1]),)
        refused = check_claim(self.ledger, return_id, units)
        assert (refused is None) == (self.holders.get(unit, return_id) == return_id)
        self._happens(UnitsReleased, return_id=return_id, units=units)
        if self.holders.get(unit) == return_id:
            del self.holders[unit]

    # ── Money that asks ───────────────────────────────────────────────────────────────────

    @rule(data=st.data())
    def a_return_reserves(self, data: st.DataObject) -> None:
        tender_id, wanted = data.draw(wishes(self.books, none=True))
        parts = as_parts(wanted)
        refused = check_reservation(self.ledger, tender_id, sum(wanted.values()), parts)
        self._was_right(refused, tender_id, wanted)
        if refused is None:
            self._happens(
                FundsReserved,
                instruction_id=self._name("p"),
                return_id="r1",
                tender_id=tender_id,
                amount_minor=sum(wanted.values()),
                parts=parts,
            )
            self.books.entries[f"p{self.made}"] = Entry({tender_id: sum(wanted.values())}, wanted)

    @rule(data=st.data())
    def staff_refund(self, data: st.DataObject) -> None:
        tender_id, wanted = data.draw(wishes(self.books, none=False))
        ask = refund_by_staff(self._name("s"), tender_id, as_parts(wanted))
        refused = self._decides(ask)
        self._was_right(refused, tender_id, wanted)
        if refused is None:
            self.books.entries[ask.instruction_id] = Entry(
                {tender_id: sum(wanted.values())}, wanted
            )
            assert self._decides(ask) is None  # the same ask again is the same refund

    @rule(amount=st.integers(1, 5_000))
    def a_customer_pays_more(self, amount: int) -> None:
        name = self._name("b")
        paid = {"collected_id": name, "return_id": "r1", "amount_minor": amount}
        self._happens(PaymentCollected, provider="stripe", payment_ref=f"pi_{name}", **paid)
        self.books.collected[name] = amount

    @precondition(lambda self: self._named("p", "s"))
    @rule(paid=st.booleans(), data=st.data())
    def it_is_paid_or_bounces(self, paid: bool, data: st.DataObject) -> None:  # noqa: FBT001 - hypothesis names it
        """In any order, and also again: a payout may arrive after it was given up."""
        name = data.draw(st.sampled_from(self._named("p", "s")))
        before = self.books.over()
        events = self._moves(name, paid=paid)
        self.books.entries[name].counts = paid
        self._named_what_is_over(before, events)

    # ── Money that asks nobody ────────────────────────────────────────────────────────────

    @rule(data=st.data())
    def money_goes_back_past_us(self, data: st.DataObject) -> None:
        """The first time, or told again as it was, or otherwise."""
        ref = data.draw(st.sampled_from([*self._named("o"), self._name("o")]))
        told = data.draw(outside_refunds(self.books.sold, ref))
        before, known = self.books.over(), self.ledger.outside.get(ref)
        events = self._decided(told)
        if known is not None and not known.live:
            assert events == ()
            return
        for event in events:
            if isinstance(event, OutsideRefundRecorded):
                assert laid_on_lines(event) == told_of_lines(told)
                parts: Parts = {}
                for part in event.parts:
                    parts[part.key] = parts.get(part.key, 0) + part.amount_minor
                tenders: dict[str | None, int] = {}
                for of in told.tenders:
                    tenders[of.tender_id] = tenders.get(of.tender_id, 0) + of.amount_minor
                self.books.entries[ref] = Entry(tenders, parts)
        self._named_what_is_over(before, events)
        assert self._decided(told) == ()

    @precondition(lambda self: self._named("o"))
    @rule(data=st.data())
    def an_outside_refund_comes_back(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self._named("o")))
        self._decided(c.OutsideRefundCameBack(refund_ref=name, occurred_at=DELIVERED))
        self.books.entries[name].counts = False

    @rule(data=st.data())
    def a_bank_speaks(self, data: st.DataObject) -> None:
        """Of a new dispute or a known one, of its beginning or its end, early or late."""
        name = data.draw(st.sampled_from([*self._named("d"), self._name("d")]))
        tender = data.draw(st.sampled_from(self.books.sold.tenders))
        known = self.ledger.chargebacks.get(name)
        news = c.ChargebackNews(
            chargeback_id=name,
            tender_id=known.tender_id if known else tender.tender_id,
            amount_minor=data.draw(st.integers(0, tender.captured_minor)),
            status=data.draw(st.sampled_from(["opened", "won", "lost"])),
            occurred_at=DELIVERED + timedelta(hours=data.draw(st.integers(0, 5))),
        )
        before = self.books.over()
        events = self._decided(news)
        self.disputes.setdefault(name, []).append(news)
        after = self.ledger.chargebacks[name]
        self.books.entries[name] = Entry(
            {after.tender_id: after.amount_minor}, {}, counts=after.state != "won"
        )
        self._is_decided_by_the_last_word(name)
        self._named_what_is_over(before, events)

    @rule(data=st.data())
    def the_shop_tells_the_order_anew(self, data: st.DataObject) -> None:
        """Other captures, prices and quantities; a contradiction is refused and changes nothing."""
        told = told_anew(self.books.sold, data.draw)
        expected = contradiction(self.ledger, told)
        before, was = self.books.over(), self.ledger
        events = self._decided(c.RecordOrder(order=told))
        if expected is not None:
            assert events == ()
            assert self.ledger == was
            return
        self.books.sold = told
        self._named_what_is_over(before, events)
        assert self._decided(c.RecordOrder(order=told)) == ()

    # ── What must always hold ─────────────────────────────────────────────────────────────

    @invariant()
    def claims_are_in_the_books(self) -> None:
        assert dict(self.ledger.claims) == self.holders

    @invariant()
    def what_is_left_is_what_the_books_say(self) -> None:
        left = room(self.ledger)
        said = {key.replace(":", " "): amount for key, amount in left.parts.items()}
        said |= {f"line {line_id}": amount for line_id, amount in left.lines.items()}
        said |= {f"tender {tender}": amount for tender, amount in left.tenders.items()}
        assert {**said, "order": left.order_minor} == self.books.left()

    def _was_right(self, refused: Refused | None, tender_id: str | None, wanted: Parts) -> None:
        """A no is a no that the books give too, and what it offers instead is what is taken."""
        assert (refused is None) == self.books.fits(tender_id, wanted)
        if refused is None:
            return
        most = self.books.most(tender_id, wanted)
        offered = available(self.ledger, tender_id, as_parts(wanted))
        assert offered == sum(most.values())
        if len(wanted) == 1:
            assert f", {offered} still available" in refused.because
        else:
            assert f", {offered} would be taken" in refused.because
        fitting = {key: amount for key, amount in most.items() if amount}
        if fitting:
            assert self._check(tender_id, fitting) is None
        key = next(key for key in wanted if most[key] < wanted[key])
        assert self._check(tender_id, {**fitting, key: most[key] + 1}) is not None

    def _named_what_is_over(self, before: dict[str, int], events: tuple[LedgerEvent, ...]) -> None:
        now = self.books.over()
        news = {cap: by for cap, by in now.items() if by > before.get(cap, 0)}
        raised = [event for event in events if isinstance(event, OrderEscalated)]
        assert {over.cap: over.by_minor for event in raised for over in event.over} == news

    def _is_decided_by_the_last_word(self, name: str) -> None:
        decided = [news for news in self.disputes[name] if news.status != "opened"]
        state = self.ledger.chargebacks[name].state
        if not decided:
            assert state == "open"
        else:
            last = max(news.occurred_at for news in decided)
            assert state in {news.status for news in decided if news.occurred_at == last}

    def _check(self, tender_id: str | None, wanted: Parts) -> Refused | None:
        return check_reservation(self.ledger, tender_id, sum(wanted.values()), as_parts(wanted))

    def _moves(self, name: str, *, paid: bool) -> tuple[LedgerEvent, ...]:
        if name.startswith("s"):
            word: Literal["succeeded", "failed"] = "succeeded" if paid else "failed"
            return self._decided(c.NoteStaffRefund(instruction_id=name, state=word))
        if paid:
            return self._happens(FundsPaid, instruction_id=name)
        return self._happens(FundsReleased, instruction_id=name, because="bounced")

    def _decides(self, command: c.OrderCommand) -> Refused | None:
        decided = decide(self.ledger, command, DELIVERED)
        if isinstance(decided, OrderDecision):
            self.ledger = decided.ledger
            return None
        return decided

    def _decided(self, command: c.OrderCommand) -> tuple[LedgerEvent, ...]:
        decided = decide(self.ledger, command, DELIVERED)
        if isinstance(decided, Refused):
            return ()
        self.ledger = decided.ledger
        return decided.events

    def _happens(self, event: type[LedgerEvent], **fields: Any) -> tuple[LedgerEvent, ...]:
        happened = event(order_id="W-1", occurred_at=DELIVERED, **fields)
        before, self.ledger = self.ledger, evolve(self.ledger, happened)
        raised = escalations(before, self.ledger, [happened], DELIVERED)
        for concern in raised:
            self.ledger = evolve(self.ledger, concern)
        return (happened, *raised)

    def _name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def _named(self, *kinds: str) -> list[str]:
        return sorted(name for name in self.books.entries if name[0] in kinds)

    def _units(self) -> list[tuple[str, int]]:
        lines = self.books.sold.lines
        return [(line.line_id, n) for line in lines for n in range(1, line.quantity + 1)]


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=50, stateful_step_count=30)
