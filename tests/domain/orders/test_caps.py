"""No order of claims, payouts, bounces and chargebacks takes more from an order than a cap."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.orders.caps import check_claim, check_reservation, claimable, room
from domain.orders.events import (
    SHIPPING,
    ChargebackClosed,
    ChargebackOpened,
    ClaimedUnit,
    FundsPaid,
    FundsPart,
    FundsReleased,
    FundsReserved,
    LedgerEvent,
    UnitsClaimed,
    UnitsReleased,
    unit_key,
)
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Order, Shipping
from domain.orders.values import shipping_value, unit_values
from tests.domain.orders.orders import DELIVERED, ledger, line, orders, tender

THREE = ledger(line("1", quantity=3, tax_minor=570), shipping=Shipping(net_minor=500))  # 40.70


def part(key: str, amount: int) -> FundsPart:
    return FundsPart(key=key, amount_minor=amount)


def reserve(known: Ledger, instruction_id: str, tender_id: str | None, *parts: FundsPart) -> Ledger:
    event = FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id=instruction_id,
        return_id="r1",
        tender_id=tender_id,
        amount_minor=sum(one.amount_minor for one in parts),
        parts=parts,
    )
    return evolve(known, event)


def test_an_amount_within_every_cap_is_let_through() -> None:
    parts = (part("unit:1:1", 1_190), part(SHIPPING, 500))
    assert check_reservation(THREE, "card", 1_690, parts) is None


@pytest.mark.parametrize(
    ("key", "amount", "code", "cap"),
    [
        ("unit:1:1", 1_191, "over_unit_cap", "unit 1 1, 1190"),
        (SHIPPING, 501, "over_shipping_cap", "shipping, 500"),
    ],
)
def test_a_refused_amount_says_which_cap_and_what_is_still_available(
    key: str, amount: int, code: str, cap: str
) -> None:
    refused = check_reservation(THREE, "card", amount, (part(key, amount),))
    assert refused is not None
    assert refused.code == code
    assert refused.because == f"{amount} EUR minor units asked of the {cap} still available"


def test_the_same_unit_is_not_paid_twice_by_way_of_goods_and_money() -> None:
    exchanged = reserve(THREE, "goods", None, part("unit:1:1", 1_190))
    refused = check_reservation(exchanged, "card", 1, (part("unit:1:1", 1),))
    assert refused is not None
    assert refused.code == "over_unit_cap"


def test_value_given_in_goods_leaves_the_tender_alone_and_takes_from_the_order() -> None:
    left = room(reserve(THREE, "goods", None, part("unit:1:1", 1_190)))
    assert (left.tenders["card"], left.order_minor) == (4_070, 2_880)


def test_after_a_chargeback_the_order_has_less_than_its_units() -> None:
    event = ChargebackOpened(
        order_id="W-1",
        occurred_at=DELIVERED,
        chargeback_id="d1",
        tender_id="card",
        amount_minor=4_000,
    )
    refused = check_reservation(evolve(THREE, event), "card", 1_190, (part("unit:1:1", 1_190),))
    assert refused is not None
    assert (refused.code, "70 still available" in refused.because) == ("over_order_cap", True)


def test_a_tender_gives_back_no_more_than_it_paid() -> None:
    tenders = (tender("card", captured_minor=1_000), tender("gift", captured_minor=190))
    refused = check_reservation(ledger(tenders=tenders), "gift", 191, (part("unit:1:1", 191),))
    assert refused is not None
    assert refused.code == "over_tender_cap"


@pytest.mark.parametrize("key", ["unit:9:1", "unit:1:4"])
def test_a_part_that_was_never_sold_is_refused(key: str) -> None:
    refused = check_reservation(THREE, "card", 1, (part(key, 1),))
    assert refused is not None
    assert refused.code == "unknown_part"


def test_a_tender_the_order_was_not_paid_with_is_refused() -> None:
    refused = check_reservation(THREE, "other", 1, (part("unit:1:1", 1),))
    assert refused is not None
    assert refused.because == "the order has no tender other"


@pytest.mark.parametrize("amount", [0, 5, -1])
def test_an_amount_has_to_be_the_sum_of_its_parts_and_more_than_nothing(amount: int) -> None:
    refused = check_reservation(THREE, "card", amount, (part("unit:1:1", 0),))
    assert refused is not None
    assert refused.code == "parts_do_not_add_up"


def test_one_unit_named_twice_in_an_amount_is_counted_twice() -> None:
    parts = (part("unit:1:1", 1_000), part("unit:1:1", 1_000))
    refused = check_reservation(THREE, "card", 2_000, parts)
    assert refused is not None
    assert refused.code == "over_unit_cap"


class AnyLife(RuleBasedStateMachine):
    """An order's ledger beside the simplest books that can be kept of it."""

    def __init__(self) -> None:
        super().__init__()
        self.holders: dict[tuple[str, int], str] = {}
        self.books: dict[str, tuple[str | None, dict[str, int]]] = {}  # live instructions
        self.away: dict[str, tuple[str, int]] = {}  # chargebacks that are open or lost
        self.open: set[str] = set()
        self.made = 0

    @initialize(sold=orders())
    def sell(self, sold: Order) -> None:
        self.ledger = Ledger(sold)
        self.sold = sold

    @rule(return_id=st.sampled_from(["r1", "r2", "r3"]), data=st.data())
    def claim(self, return_id: str, data: st.DataObject) -> None:
        line_id = data.draw(st.sampled_from([known.line_id for known in self.sold.lines]))
        ordinals = claimable(self.ledger, line_id, data.draw(st.integers(1, 3)))
        assert all((line_id, ordinal) not in self.holders for ordinal in ordinals)
        if ordinals:
            self._claim(return_id, line_id, ordinals)

    @rule(return_id=st.sampled_from(["r1", "r2", "r3"]), data=st.data())
    def claim_what_may_be_taken(self, return_id: str, data: st.DataObject) -> None:
        line_id, ordinal = data.draw(st.sampled_from(sorted(unit_values(self.sold))))
        units = (ClaimedUnit(line_id=line_id, ordinal=ordinal),)
        holder = self.holders.get((line_id, ordinal), return_id)
        refused = check_claim(self.ledger, return_id, units)
        assert (refused is None) == (holder == return_id)
        if refused is None:
            self._claim(return_id, line_id, (ordinal,))

    @rule(return_id=st.sampled_from(["r1", "r2", "r3"]), data=st.data())
    def release_units(self, return_id: str, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(sorted(unit_values(self.sold))))
        units = (ClaimedUnit(line_id=unit[0], ordinal=unit[1]),)
        self._happens(UnitsReleased, return_id=return_id, units=units)
        if self.holders.get(unit) == return_id:
            del self.holders[unit]

    @rule(data=st.data())
    def reserve(self, data: st.DataObject) -> None:
        """Ask for anything, within the caps or not; only what is let through happens."""
        keys = [unit_key(*unit) for unit in unit_values(self.sold)] + [SHIPPING]
        wanted = data.draw(
            st.dictionaries(st.sampled_from(keys), st.integers(1, 9_000), min_size=1, max_size=3)
        )
        tender_ids: list[str | None] = [known.tender_id for known in self.sold.tenders]
        tender_id = data.draw(st.sampled_from([*tender_ids, None]))
        parts = tuple(part(key, amount) for key, amount in wanted.items())
        amount = sum(wanted.values())
        refused = check_reservation(self.ledger, tender_id, amount, parts)
        assert (refused is None) == self._fits(tender_id, wanted)
        if refused is None:
            self.made += 1
            name = f"p{self.made}"
            self._happens(
                FundsReserved,
                instruction_id=name,
                return_id="r1",
                tender_id=tender_id,
                amount_minor=amount,
                parts=parts,
            )
            self.books[name] = (tender_id, wanted)

    @precondition(lambda self: self.books)
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        self._happens(FundsPaid, instruction_id=data.draw(st.sampled_from(sorted(self.books))))

    @precondition(lambda self: self.books)
    @rule(data=st.data())
    def bounce_or_give_up(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.books)))
        self._happens(FundsReleased, instruction_id=name, because="bounced")
        del self.books[name]

    @rule(data=st.data())
    def charge_back(self, data: st.DataObject) -> None:
        """A bank asks nobody: it may take what was refunded already."""
        known = data.draw(st.sampled_from(self.sold.tenders))
        amount = data.draw(st.integers(0, known.captured_minor))
        self.made += 1
        name = f"d{self.made}"
        self._happens(
            ChargebackOpened, chargeback_id=name, tender_id=known.tender_id, amount_minor=amount
        )
        self.away[name] = (known.tender_id, amount)
        self.open.add(name)

    @precondition(lambda self: self.open)
    @rule(won=st.booleans(), data=st.data())
    def decide_chargeback(self, won: bool, data: st.DataObject) -> None:  # noqa: FBT001 - hypothesis names it
        name = data.draw(st.sampled_from(sorted(self.open)))
        self.open.remove(name)
        self._happens(ChargebackClosed, chargeback_id=name, won=won)
        if won:
            del self.away[name]

    @invariant()
    def claims_are_in_the_books(self) -> None:
        assert dict(self.ledger.claims) == self.holders

    @invariant()
    def what_is_left_is_what_the_books_say(self) -> None:
        """And with that, what was taken is within every cap, chargebacks aside."""
        left, taken = room(self.ledger), self._taken()
        for unit, value in unit_values(self.sold).items():
            assert taken[unit_key(*unit)] <= value.total_minor
            assert left.parts[unit_key(*unit)] == value.total_minor - taken[unit_key(*unit)]
        assert left.shipping_minor == shipping_value(self.sold) - taken[SHIPPING]
        paid_out = sum(sum(wanted.values()) for _, wanted in self.books.values())
        lost = sum(amount for _, amount in self.away.values())
        assert paid_out <= self.sold.captured_minor
        assert left.order_minor == max(0, self.sold.captured_minor - paid_out - lost)
        for known in self.sold.tenders:
            assert self._of_tender(known.tender_id) <= known.captured_minor
            assert left.tenders[known.tender_id] == self._tender_left(known.tender_id)

    def _taken(self) -> Counter[str]:
        taken: Counter[str] = Counter()
        for _, wanted in self.books.values():
            taken.update(wanted)
        return taken

    def _of_tender(self, tender_id: str) -> int:
        return sum(
            sum(wanted.values()) for held, wanted in self.books.values() if held == tender_id
        )

    def _tender_left(self, tender_id: str) -> int:
        captured = next(
            known.captured_minor for known in self.sold.tenders if known.tender_id == tender_id
        )
        lost = sum(amount for held, amount in self.away.values() if held == tender_id)
        return max(0, captured - self._of_tender(tender_id) - lost)

    def _fits(self, tender_id: str | None, wanted: dict[str, int]) -> bool:
        taken, amount = self._taken(), sum(wanted.values())
        caps = {
            unit_key(*unit): value.total_minor for unit, value in unit_values(self.sold).items()
        }
        caps[SHIPPING] = shipping_value(self.sold)
        paid_out = sum(sum(parts.values()) for _, parts in self.books.values())
        lost = sum(away for _, away in self.away.values())
        return (
            all(taken[key] + asked <= caps[key] for key, asked in wanted.items())
            and paid_out + lost + amount <= self.sold.captured_minor
            and (tender_id is None or amount <= self._tender_left(tender_id))
        )

    def _claim(self, return_id: str, line_id: str, ordinals: tuple[int, ...]) -> None:
        units = tuple(ClaimedUnit(line_id=line_id, ordinal=ordinal) for ordinal in ordinals)
        self._happens(UnitsClaimed, return_id=return_id, units=units)
        self.holders |= {(line_id, ordinal): return_id for ordinal in ordinals}

    def _happens(self, event: type[LedgerEvent], **fields: Any) -> None:
        happened = event(order_id="W-1", occurred_at=DELIVERED, **fields)
        self.ledger = evolve(self.ledger, happened)


TestAnyLife = AnyLife.TestCase
