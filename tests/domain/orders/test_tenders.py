from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from domain.orders.caps import room
from domain.orders.events import SHIPPING, ChargebackOpened, FundsPart, FundsReserved, unit_key
from domain.orders.ledger import Ledger, evolve
from domain.orders.order import Order
from domain.orders.tenders import Placement, deduct, in_refund_order, spread
from domain.orders.values import shipping_value, unit_values
from tests.domain.orders.orders import A_DAY, DELIVERED, PLACED, ledger, order, orders, tender

STORED_FIRST = ("gift_card", "store_credit", "card")


def part(key: str, amount: int) -> FundsPart:
    return FundsPart(key=key, amount_minor=amount)


def added(parts: Iterable[FundsPart]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in parts:
        sums[one.key] += one.amount_minor
    return +sums


@given(orders(), st.data())
def test_what_is_placed_and_what_is_short_are_every_part_to_the_minor_unit(
    sold: Order, data: st.DataObject
) -> None:
    keys = [unit_key(*unit) for unit in unit_values(sold)] + [SHIPPING]
    amounts = st.tuples(st.sampled_from(keys), st.integers(0, 30_000))
    parts = [part(key, amount) for key, amount in data.draw(st.lists(amounts, max_size=8))]

    plan = spread(Ledger(sold), parts, STORED_FIRST)

    placed = [one for placement in plan.placements for one in placement.parts]
    assert added([*placed, *plan.shortfall]) == added(parts)
    left = room(Ledger(sold))
    for placement in plan.placements:
        assert placement.amount_minor == sum(one.amount_minor for one in placement.parts)
        assert 0 < placement.amount_minor <= left.tenders[placement.tender_id]
    if plan.shortfall:
        assert sum(placement.amount_minor for placement in plan.placements) == left.order_minor


@given(orders())
def test_a_whole_order_goes_back_to_its_tenders_without_rest(sold: Order) -> None:
    parts = [part(unit_key(*unit), value.total_minor) for unit, value in unit_values(sold).items()]
    parts.append(part(SHIPPING, shipping_value(sold)))
    plan = spread(Ledger(sold), parts, STORED_FIRST)
    assert plan.shortfall == ()
    paid = {known.tender_id: known.captured_minor for known in sold.tenders if known.captured_minor}
    assert {one.tender_id: one.amount_minor for one in plan.placements} == paid


def test_stored_value_comes_first_then_the_newest_card_and_what_is_not_ranked_comes_last() -> None:
    tenders = (
        tender("cash", kind="cash", captured_minor=200),
        tender("old_card", captured_minor=300),
        tender("new_card", captured_minor=300, captured_at=PLACED + A_DAY),
        tender("gift", kind="gift_card", captured_minor=390),
    )
    ranked = in_refund_order(order(tenders=tenders), STORED_FIRST)
    assert [known.tender_id for known in ranked] == ["gift", "new_card", "old_card", "cash"]


def test_cards_of_the_same_instant_keep_their_order() -> None:
    tenders = (tender("a", captured_minor=600), tender("b", captured_minor=590))
    ranked = in_refund_order(order(tenders=tenders), STORED_FIRST)
    assert [known.tender_id for known in ranked] == ["a", "b"]


def test_a_part_that_does_not_fit_is_split_over_two_tenders() -> None:
    tenders = (tender("gift", kind="gift_card", captured_minor=190), tender(captured_minor=1_000))
    plan = spread(ledger(tenders=tenders), [part("unit:1:1", 1_190)], STORED_FIRST)
    assert plan.placements == (
        Placement(tender_id="gift", amount_minor=190, parts=(part("unit:1:1", 190),)),
        Placement(tender_id="card", amount_minor=1_000, parts=(part("unit:1:1", 1_000),)),
    )


def test_what_a_chargeback_took_is_short_and_not_placed() -> None:
    taken = ChargebackOpened(
        order_id="W-1",
        occurred_at=DELIVERED,
        chargeback_id="d1",
        tender_id="card",
        amount_minor=1_000,
    )
    plan = spread(evolve(ledger(), taken), [part("unit:1:1", 1_190)], STORED_FIRST)
    assert [one.amount_minor for one in plan.placements] == [190]
    assert plan.shortfall == (part("unit:1:1", 1_000),)
    assert plan.shortfall_minor == 1_000


def test_value_given_in_goods_is_short_in_money_even_where_a_tender_has_room() -> None:
    exchanged = FundsReserved(
        order_id="W-1",
        occurred_at=DELIVERED,
        instruction_id="goods",
        return_id="r1",
        amount_minor=1_190,
        parts=(part("unit:1:1", 1_190),),
    )
    plan = spread(evolve(ledger(), exchanged), [part("unit:1:1", 10)], STORED_FIRST)
    assert plan.shortfall_minor == 10


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=6), st.integers(0, 9_000))
def test_a_fee_is_taken_whole_but_never_below_zero(amounts: list[int], fee: int) -> None:
    parts = [part(unit_key("1", number), amount) for number, amount in enumerate(amounts, 1)]
    left = deduct(parts, fee)
    assert sum(one.amount_minor for one in left) == max(0, sum(amounts) - fee)
    assert all(one.amount_minor <= before for one, before in zip(left, amounts, strict=True))
