"""What is explained is what plain sums over the raw events come to, whatever happened."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import Money
from domain.returns.events import PayoutApproved, QuoteAdjusted, QuoteIssued
from domain.returns.events.resolving import CouponIssued, CouponPlanned
from domain.returns.money.explaining import Explanation, explain
from tests.domain.returns.collected import Collected
from tests.domain.returns.finishing import finish
from tests.domain.returns.holding import Books
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import inspected, wish
from tests.domain.returns.wandering import Wanderer
from tests.domain.returns.wishing import any_opening

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def _any(seed: int, length: int, *, to_the_end: bool) -> Scenario:
    pick = Random(seed).choice
    wanderer = Wanderer(any_opening(pick), pick)
    for _ in range(length):
        wanderer.step()
    return finish(wanderer.known) if to_the_end else wanderer.known


@settings(max_examples=150)
@given(seed=SEEDS, length=st.integers(min_value=1, max_value=40), ends=st.sampled_from((0, 1)))
def test_an_explanation_is_what_the_raw_events_add_up_to(seed: int, length: int, ends: int) -> None:
    known = _any(seed, length, to_the_end=bool(ends))
    if not any(isinstance(event, QuoteIssued) for event in known.events):
        return
    told, books = explain(known.state), Books.of(known.events)
    assert told.paid_minor == books.paid_minor
    if any(unit.approved for unit in known.state.units.values()):
        back = Collected.of(known.events).promised_back_minor
        assert told.promised_minor == max(0, books.quoted + books.adjusted) + back
    _adjustments_are_told(known, told)
    _coupons_are_told(known, told)
    approvals = Counter(
        event.instruction_id
        for event in known.events
        if isinstance(event, PayoutApproved) and event.what == "release"
    )
    assert {
        one.instruction_id: len(one.approved_by) for one in told.payouts if one.approved_by
    } == (dict(approvals))


def _adjustments_are_told(known: Scenario, told: Explanation) -> None:
    """Each change of the promise is told where it belongs, with its sign."""
    said: Counter[str] = Counter()
    for event in known.events:
        if isinstance(event, QuoteAdjusted):
            said[event.key] += event.amount_minor
    for unit in told.units:
        assert sum(one.amount_minor for one in unit.adjustments) == said[unit.unit]
    assert sum(one.amount_minor for one in told.shipping.adjustments) == said["shipping"]


def _coupons_are_told(known: Scenario, told: Explanation) -> None:
    faces = {e.instruction_id: e.amount.amount_minor for e in known.events
             if isinstance(e, CouponPlanned)}  # fmt: skip
    issued = {event.instruction_id for event in known.events if isinstance(event, CouponIssued)}
    assert {one.instruction_id: one.face_minor for one in told.coupons} == faces
    assert {one.instruction_id for one in told.coupons if one.state == "issued"} == issued


def test_a_unit_and_a_payout_are_explained_alone_in_the_same_numbers() -> None:
    known = inspected(wish("1"), wish("3")).settle()
    told = explain(known.state)
    alone = told.of_unit("3/1")
    assert alone is not None
    assert [unit.unit for unit in alone.units] == ["3/1"]
    assert alone.units[0] == next(unit for unit in told.units if unit.unit == "3/1")
    first = told.payouts[0]
    paid = told.of_payout(first.instruction_id[:8])
    assert paid is not None
    assert (paid.payouts, paid.promised_minor) == ((first,), told.promised_minor)
    assert told.of_unit("9/9") is None
    assert told.of_payout("nobody") is None
    assert told.of_payout("") is None


def test_amounts_are_written_as_whoever_reads_it_wants_them() -> None:
    known = inspected().settle()

    def shout(amount: Money) -> str:
        return f"<{amount.amount_minor}>"

    told = explain(known.state)
    assert "<4270>" in told.as_text(shout)
    assert "42.70 EUR" in told.as_text()
