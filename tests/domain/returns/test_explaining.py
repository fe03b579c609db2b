"""Every minor unit has a line, and the lines add up, at every moment of every story."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.orders.order import OrderSnapshot
from domain.orders.values import expected_total
from domain.policy.units import MONEY
from domain.returns import commands as c
from domain.returns.money.explaining import Explanation, UnitExplained, explain
from domain.returns.notes import NotePayout
from domain.returns.state import ReturnState
from domain.words import Grade, Headline, Method, Reason, Resolution
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.shop import LABEL_FEE, SHIRT_MINOR, line, order, tender
from tests.domain.returns.story import (
    arrived,
    ask,
    by_staff,
    exchange,
    inspection,
    labelled,
    opened,
    seen,
    under_way,
    wish,
)


def rough(order_discount_minor: int = 1_999) -> OrderSnapshot:
    """An order whose amounts divide by nothing, paid to the cent with two tenders."""
    changes: dict[str, Any] = {
        "lines": (
            line("1", "SHIRT", "Shirt", 3, 3_333, line_discount_minor=1_000, duty_minor=401),
            line("2", "PHONE", "Phone", 1, 40_000, category="electronics", import_tax_minor=977),
            line("3", "LAMP", "Lamp", 2, 6_001),
        ),
        "order_discount_minor": order_discount_minor,
    }
    total = expected_total(order(**changes).order())
    tenders = (tender("gift", "gift_card", 7_777), tender("card", "card", total - 7_777))
    return order(**changes, tenders=tenders)


def judged(*lines: Any, grade: Grade = Grade.LIKE_NEW, **how: Any) -> Scenario:
    """All of it was received and found in that state."""
    known = arrived(*lines, **how)
    units = [seen(unit.id, grade) for unit in known.state.live_units]
    return known.when(inspection(known, *units))


def _disputed() -> Scenario:
    known = judged(wish("3"), grade=Grade.DAMAGED).settle()
    known = known.when(ask(c.Dispute, unit="3/1", because="it was whole"))
    upheld = by_staff(c.ResolveDispute, unit="3/1", outcome="upheld", because="the box was torn")
    return known.when(upheld).settle()


def _bounced() -> Scenario:
    known = judged(wish("3")).settle(but=["pay_out"])
    key = next(iter(known.state.payouts))
    known = known.when(NotePayout(instruction_id=key, state="failed", reason="closed"))
    chosen = by_staff(
        c.ChoosePayout, instruction_id=key, destination="store_credit", because="asked for"
    )
    return known.when(chosen).settle()


STORIES = {
    "asked for": lambda: opened(wish(quantity=2)),
    "labelled": lambda: labelled(wish("3"), exchange()),
    "on its way": lambda: under_way(wish(quantity=3)),
    "declined in part": lambda: opened(
        wish(), wish("3"), snapshot=order(lines=(line("1", "SHIRT", "Shirt", 3, 4_000),
                                                 line("3", "LAMP", "Lamp", 1, 6_000,
                                                      final_sale=True))),
    ),
    "cancelled": lambda: labelled().when(ask(c.Cancel)).settle(),
    "refunded": lambda: judged(wish(quantity=2)).settle(),
    "with a restocking fee": lambda: judged(wish("2")).settle(),
    "worn": lambda: judged(wish(quantity=2), wish("3"), grade=Grade.USED).settle(),
    "worthless": lambda: judged(wish(), grade=Grade.UNSALVAGEABLE).settle(),
    "our fault, all of it": lambda: judged(
        *(wish(line_id, quantity, reason=Reason.DEFECTIVE)
          for line_id, quantity in (("1", 3), ("2", 1), ("3", 1))),
        method=Method.DROP_OFF_CODE,
    ).settle(),
    "swapped": lambda: judged(exchange(), wish("3")).settle(),
    "for store credit": lambda: judged(wish("3", resolution=Resolution.STORE_CREDIT)).settle(),
    "both kinds of value": lambda: judged(
        wish(quantity=2, resolution=Resolution.STORE_CREDIT), wish("2"),
    ).settle(),
    "kept": lambda: opened(
        wish(reason=Reason.DEFECTIVE),
        snapshot=order(lines=(line("1", "SHIRT", "Shirt", 1, 900),)),
    ).settle(),
    "discounts, duty and import tax": lambda: judged(
        wish(quantity=2), wish("2"), wish("3"), snapshot=rough(), grade=Grade.MINOR_WEAR,
    ).settle(),
    "disputed": _disputed,
    "bounced and paid otherwise": _bounced,
}  # fmt: skip


@pytest.fixture(params=STORIES)
def state(request: pytest.FixtureRequest) -> ReturnState:
    """How a return stands at the end of each story."""
    return STORIES[request.param]().state


@pytest.fixture
def told(state: ReturnState) -> Explanation:
    """Its money."""
    return explain(state)


def _plain_sum(unit: UnitExplained) -> int:
    return (
        unit.net_minor
        + unit.tax_minor
        + unit.duty_minor
        + unit.import_tax_minor
        - unit.refunded_before_minor
        - unit.restocking_fee_minor
        + sum(one.amount_minor for one in unit.adjustments)
    )


def _adds_up(state: ReturnState, told: Explanation) -> None:
    for unit in told.units:
        assert unit.net_minor == unit.listed_minor - unit.discount_minor
        gives_money = unit.resolution in MONEY and state.units[unit.unit].approved
        assert unit.refund_minor == (max(0, _plain_sum(unit)) if gives_money else 0)
    shipping, fee = told.shipping, told.label_fee
    assert shipping.result_minor == shipping.quoted_minor + sum(
        one.amount_minor for one in shipping.adjustments
    )
    assert fee.result_minor == fee.quoted_minor - sum(one.amount_minor for one in fee.adjustments)
    units = sum(unit.refund_minor for unit in told.units)
    assert told.promised_minor == max(0, units + shipping.result_minor - fee.result_minor)
    for payout in told.payouts:
        assert payout.amount_minor == sum(part.amount_minor for part in payout.parts)
    counting = [payout for payout in told.payouts if payout.counts]
    taken = sum(part.label_fee_minor for payout in counting for part in payout.parts)
    assert told.label_fee_taken_minor == taken <= fee.result_minor
    assert told.paid_minor == sum(
        payout.amount_minor for payout in counting if payout.state == "succeeded"
    )


def test_the_sums_add_up(state: ReturnState, told: Explanation) -> None:
    _adds_up(state, told)


def test_what_was_promised_was_paid_where_the_return_is_completed(
    state: ReturnState, told: Explanation
) -> None:
    assert told.paid_minor in {0, told.promised_minor}
    if state.life == "completed":
        assert told.paid_minor == told.promised_minor


def _amounts(lines: list[str]) -> list[int]:
    found = [re.search(r"(-?)([\d.]+) EUR$", text) for text in lines]
    return [int(one[2].replace(".", "")) * (-1 if one[1] else 1) for one in found if one]


def test_the_lines_that_people_read_add_up_to_the_line_below_them(told: Explanation) -> None:
    blocks: list[list[str]] = []
    for text in told.as_text().splitlines():
        if text.startswith("    "):
            blocks[-1].append(text)
        else:
            blocks.append([text])
    of_units = [block for block in blocks if block[-1].startswith("    = ")]
    assert len(of_units) == len(told.units)
    for block in of_units:
        *lines, result = _amounts(block[1:])
        assert sum(lines) == result, "\n".join(block)
    for block in blocks:
        if block not in of_units and len(block) > 1:
            amount = re.search(r"-?[\d.]+ EUR", block[0])
            assert amount is not None, block
            assert [sum(_amounts(block[1:]))] == _amounts([amount[0]]), "\n".join(block)


def test_people_are_told_of_every_unit_payout_and_sum(told: Explanation) -> None:
    text = told.as_text()
    assert text.startswith(f"Return {told.return_id} of order {told.order_id}\n")
    for unit in told.units:
        assert f"\n{unit.unit} {unit.name} ({unit.sku}), {unit.resolution}\n" in text
        assert all(one.because in text for one in unit.adjustments)
    for payout in told.payouts:
        where = payout.tender_id or payout.destination
        assert f"EUR to {where} by {payout.provider}: {payout.state}" in text
    assert re.search(r"^Promised: [\d.]+ EUR$", text, re.MULTILINE)
    assert re.search(r"^Paid: [\d.]+ EUR$", text, re.MULTILINE)


_lines = st.sampled_from([("1", 1), ("1", 2), ("1", 3), ("2", 1), ("3", 2)])
_reasons = st.sampled_from([Reason.CHANGED_MIND, Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT])
_ways = st.sampled_from([Resolution.REFUND_ORIGINAL, Resolution.STORE_CREDIT])


@settings(max_examples=25)
@given(
    st.lists(st.tuples(_lines, _reasons, _ways), min_size=1, max_size=3,
             unique_by=lambda drawn: drawn[0][0]),
    st.sampled_from(Grade),
    st.integers(0, 20_000),
)  # fmt: skip
def test_the_sums_of_any_return_add_up_to_what_was_paid(
    wanted: list[tuple[tuple[str, int], Reason, Resolution]], grade: Grade, discount: int
) -> None:
    lines = [wish(*what, reason=why, resolution=how) for what, why, how in wanted]
    known = judged(*lines, snapshot=rough(discount), grade=grade).settle()
    told = explain(known.state)
    _adds_up(known.state, told)
    assert (known.headline, told.paid_minor) == (Headline.COMPLETED, told.promised_minor)


def test_a_derivation_reads_like_a_receipt() -> None:
    text = explain(judged().settle().state).as_text()
    assert [" ".join(words.split()) for words in text.splitlines()] == [
        "Return r-1 of order W-1",
        "1/1 Shirt (SHIRT), refund_original",
        "listed 40.00 EUR",
        "tax 7.60 EUR",
        "= 47.60 EUR",
        "Label fee: -4.90 EUR",
        "quoted -4.90 EUR",
        "Promised: 42.70 EUR",
        "42.70 EUR to gift by stored_value: succeeded",
        "1/1 42.70 EUR",
        "Paid: 42.70 EUR",
    ]
    assert SHIRT_MINOR - LABEL_FEE == 4_270


def test_goods_instead_of_money_are_said_to_be_so() -> None:
    text = explain(judged(exchange()).state).as_text()
    assert re.search(r"answered in goods +-47\.60 EUR\n    = 0\.00 EUR", text)


def test_a_return_that_nobody_asked_for_has_no_money() -> None:
    told = explain(ReturnState())
    assert (told.units, told.payouts, told.promised_minor, told.paid_minor) == ((), (), 0, 0)
