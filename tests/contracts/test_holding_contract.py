"""What every adapter that holds and takes money owes the port."""

import pytest

from activities.failures import AnswerLost, Misspoken, Unauthorised
from activities.ports import Collector
from domain.money import Money
from tests.contracts.collectors import a_hold, rows
from tests.contracts.partners import LOST, NOTHING_HAPPENED, Partners, Wrong


async def test_a_hold_is_found_once_it_is_placed_and_not_before(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    assert await collector.find_hold(order) is None
    placed = await collector.place_hold(order)
    assert (placed.state, placed.amount) == ("held", order.amount)
    assert placed.hold_ref
    assert await collector.find_hold(order) == placed


async def test_a_hold_placed_twice_is_one(collector: Collector, partners: Partners) -> None:
    order = await a_hold(partners)
    first = await collector.place_hold(order)
    assert await collector.place_hold(order) == first
    assert await rows(partners, "hold", order) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_hold_whose_answer_is_lost_is_found_and_placed_once(
    collector: Collector, partners: Partners, fault: str
) -> None:
    order = await a_hold(partners)
    await partners.fail("gateway", "hold", fault, key=order.instruction_id)
    with pytest.raises(AnswerLost):
        await collector.place_hold(order)
    found = await collector.find_hold(order)
    assert found is not None
    assert found.state == "held"
    assert await rows(partners, "hold", order) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_a_hold_of_which_nothing_came_is_placed_again(
    collector: Collector, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    order = await a_hold(partners)
    await partners.fail("gateway", "hold", fault, key=order.instruction_id)
    with pytest.raises(failure):
        await collector.place_hold(order)
    assert await collector.find_hold(order) is None
    assert (await collector.place_hold(order)).state == "held"
    assert await rows(partners, "hold", order) == 1


async def test_a_hold_is_taken_once_and_the_payment_is_named(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    taken = await collector.take_hold(order)
    assert (taken.state, taken.amount) == ("taken", order.amount)
    assert taken.payment_ref
    assert await collector.take_hold(order) == taken
    assert await collector.find_hold(order) == taken
    assert await rows(partners, "hold_taken", order) == 1


async def test_less_than_was_held_can_be_taken(collector: Collector, partners: Partners) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    less = order.model_copy(update={"amount": Money(amount_minor=400, currency="EUR")})
    assert (await collector.take_hold(less)).amount == less.amount


async def test_more_than_was_held_is_not_taken(collector: Collector, partners: Partners) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    more = order.model_copy(update={"amount": Money(amount_minor=1_001, currency="EUR")})
    answer = await collector.take_hold(more)
    assert (answer.state, answer.reason) == ("refused", "amount_too_large")
    assert await rows(partners, "hold_taken", order) == 0


@pytest.mark.parametrize("fault", LOST)
async def test_a_taking_whose_answer_is_lost_is_found_and_done_once(
    collector: Collector, partners: Partners, fault: str
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    await partners.fail("gateway", "hold_take", fault, key=order.instruction_id)
    with pytest.raises(AnswerLost):
        await collector.take_hold(order)
    found = await collector.find_hold(order)
    assert found is not None
    assert found.state == "taken"
    assert await collector.take_hold(order) == found
    assert await rows(partners, "hold_taken", order) == 1


async def test_a_hold_is_let_go_once(collector: Collector, partners: Partners) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    assert (await collector.release_hold(order)).state == "released"
    assert (await collector.release_hold(order)).state == "released"
    assert (await collector.take_hold(order)).state == "released"
    assert await rows(partners, "hold_released", order) == 1


async def test_a_hold_that_was_taken_is_not_let_go(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    taken = await collector.take_hold(order)
    assert await collector.release_hold(order) == taken


@pytest.mark.parametrize("fault", LOST)
async def test_a_letting_go_whose_answer_is_lost_is_found(
    collector: Collector, partners: Partners, fault: str
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    await partners.fail("gateway", "hold_release", fault, key=order.instruction_id)
    with pytest.raises(AnswerLost):
        await collector.release_hold(order)
    found = await collector.find_hold(order)
    assert found is not None
    assert found.state == "released"


async def test_a_hold_that_ended_by_itself_says_so_and_cannot_be_taken(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    await partners.control.expire_hold(order.instruction_id)
    found = await collector.find_hold(order)
    assert found is not None
    assert (found.state, found.reason) == ("released", "expired")
    assert await collector.take_hold(order) == found


async def test_what_was_never_held_is_neither_taken_nor_kept(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    taken = await collector.take_hold(order)
    assert (taken.state, taken.reason) == ("refused", "unknown_hold")
    assert (await collector.release_hold(order)).state == "released"


@pytest.mark.parametrize(
    ("decline", "reason"),
    [("insufficient_funds", "insufficient_funds"), ("lost_card", "card_closed"),
     ("do_not_honor", "declined_by_bank"), ("a_code_of_tomorrow", "unknown")],
)  # fmt: skip
async def test_a_bank_that_refuses_is_an_answer_with_a_reason_and_found_so(
    collector: Collector, partners: Partners, decline: str, reason: str
) -> None:
    order = await a_hold(partners)
    await partners.control.script(order.payment_ref, "hold.declined", decline_code=decline)
    answer = await collector.place_hold(order)
    assert (answer.state, answer.reason) == ("refused", reason)
    assert await collector.find_hold(order) == answer


async def test_a_bank_that_asks_for_its_customer_is_told_apart_from_a_no(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    await partners.control.script(order.payment_ref, "hold.requires_action")
    answer = await collector.place_hold(order)
    assert (answer.state, answer.reason) == ("requires_action", "authentication_required")
    assert await collector.find_hold(order) == answer
    assert (await collector.release_hold(order)).state == "released"


@pytest.mark.parametrize("paid", ["but not saved", "by nobody"])
async def test_without_something_to_hold_on_there_is_no_hold(
    collector: Collector, partners: Partners, paid: str
) -> None:
    order = await a_hold(partners, saved=False)
    reason = "not_saved"
    if paid == "by nobody":
        order, reason = order.model_copy(update={"payment_ref": "pi_nobody"}), "unknown_payment"
    assert await collector.find_hold(order) is None
    answer = await collector.place_hold(order)
    assert (answer.state, answer.reason) == ("refused", reason)


async def test_an_instruction_for_another_amount_is_a_defect_and_holds_nothing(
    collector: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    await collector.place_hold(order)
    more = order.model_copy(update={"amount": Money(amount_minor=1_001, currency="EUR")})
    with pytest.raises(Misspoken):
        await collector.place_hold(more)
    assert await rows(partners, "hold", order) == 1


async def test_a_collector_that_nobody_knows_needs_a_person(
    stranger: Collector, partners: Partners
) -> None:
    order = await a_hold(partners)
    with pytest.raises(Unauthorised):
        await stranger.place_hold(order)


@pytest.mark.parametrize("currency", ["JPY", "KWD", "ISK"])
async def test_what_is_held_keeps_its_unit(
    collector: Collector, partners: Partners, currency: str
) -> None:
    order = await a_hold(partners, currency=currency)
    assert (await collector.place_hold(order)).amount == order.amount
    assert (await collector.take_hold(order)).amount == order.amount


async def test_the_books_of_the_outside_add_up_after_all_this(partners: Partners) -> None:
    wrong = {one["violation"] for one in await partners.control.audit()}
    assert not wrong & {"held_twice", "taken_more_than_held", "refunded_more_than_captured"}
