"""What every adapter that asks customers for money owes the port."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from activities.failures import AnswerLost, Unauthorised, Unavailable
from activities.ports import Collector, PayoutOrder
from adapters.payments.stripe import StripeGateway
from tests.contracts.collectors import a_bill, rows
from tests.contracts.partners import LOST, NOTHING_HAPPENED, SHORT, Partners, Wrong


async def test_a_bill_is_found_once_it_is_sent_and_not_before(
    collector: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    assert await collector.find_bill(bill) is None
    sent = await collector.send_bill(bill)
    assert (sent.state, sent.amount) == ("open", bill.amount)
    assert sent.url.startswith("https://")
    assert await collector.find_bill(bill) == sent


async def test_a_bill_sent_twice_is_one(collector: Collector, partners: Partners) -> None:
    bill = a_bill(partners)
    first = await collector.send_bill(bill)
    assert await collector.send_bill(bill) == first
    assert await rows(partners, "bill", bill) == 1


async def test_a_paid_bill_names_the_payment_that_a_refund_goes_back_to(
    collector: Collector, partners: Partners, client: httpx2.AsyncClient
) -> None:
    bill = a_bill(partners)
    await collector.send_bill(bill)
    payment = await partners.control.pay_bill(bill.instruction_id)
    found = await collector.find_bill(bill)
    assert found is not None
    assert (found.state, found.payment_ref, found.amount) == ("paid", payment, bill.amount)
    gateway = StripeGateway(
        client, base_url=f"{partners.url}/stripe/v1", api_key="sk_test_sandbox", deadline=SHORT
    )
    refund = PayoutOrder(
        instruction_id=partners.new_id("payout"), payment_ref=found.payment_ref,
        amount=bill.amount, reference=bill.reference,
    )  # fmt: skip
    assert (await gateway.pay_out(refund)).state == "succeeded"


@pytest.mark.parametrize("fault", LOST)
async def test_a_bill_whose_answer_is_lost_is_found_and_made_once(
    collector: Collector, partners: Partners, fault: str
) -> None:
    bill = a_bill(partners)
    await partners.fail("gateway", "bill", fault, key=bill.instruction_id)
    with pytest.raises(AnswerLost):
        await collector.send_bill(bill)
    found = await collector.find_bill(bill)
    assert found is not None
    assert found.state == "open"
    assert await collector.send_bill(bill) == found
    assert await rows(partners, "bill", bill) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_a_bill_of_which_nothing_came_is_sent_again(
    collector: Collector, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    bill = a_bill(partners)
    await partners.fail("gateway", "bill", fault, key=bill.instruction_id)
    with pytest.raises(failure):
        await collector.send_bill(bill)
    assert await collector.find_bill(bill) is None
    assert (await collector.send_bill(bill)).state == "open"
    assert await rows(partners, "bill", bill) == 1


async def test_a_cancelled_bill_cannot_be_paid_and_stays_cancelled(
    collector: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    await collector.send_bill(bill)
    assert (await collector.cancel_bill(bill)).state == "cancelled"
    found = await collector.find_bill(bill)
    assert found is not None
    assert (found.state, found.url) == ("cancelled", "")
    assert (await collector.cancel_bill(bill)).state == "cancelled"
    assert (await collector.send_bill(bill)).state == "cancelled"
    assert await rows(partners, "bill", bill) == 1


async def test_a_bill_that_was_never_sent_is_cancelled_by_saying_so(
    collector: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    assert (await collector.cancel_bill(bill)).state == "cancelled"
    assert await rows(partners, "bill", bill) == 0


async def test_a_bill_paid_before_it_is_cancelled_is_paid(
    collector: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    await collector.send_bill(bill)
    payment = await partners.control.pay_bill(bill.instruction_id)
    answer = await collector.cancel_bill(bill)
    assert (answer.state, answer.payment_ref) == ("paid", payment)


@pytest.mark.parametrize("fault", LOST)
async def test_a_cancellation_whose_answer_is_lost_is_found(
    collector: Collector, partners: Partners, fault: str
) -> None:
    bill = a_bill(partners)
    await collector.send_bill(bill)
    await partners.fail("gateway", "bill_expire", fault, key=bill.instruction_id)
    with pytest.raises(AnswerLost):
        await collector.cancel_bill(bill)
    found = await collector.find_bill(bill)
    assert found is not None
    assert found.state == "cancelled"


async def test_a_link_that_lapses_before_its_bill_is_made_anew_and_one_that_ends_with_it_is_not(
    collector: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    first = await collector.send_bill(bill)
    await partners.control.expire_bill(bill.instruction_id)
    assert await collector.find_bill(bill) is None
    second = await collector.send_bill(bill)
    assert (second.state, second.bill_ref == first.bill_ref) == ("open", False)
    assert await collector.send_bill(bill) == second
    over = bill.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(minutes=1)})
    await partners.control.expire_bill(bill.instruction_id)
    found = await collector.find_bill(over)
    assert found is not None
    assert found.state == "expired"


async def test_a_look_at_bills_that_is_not_answered_changes_nothing(
    collector: Collector, partners: Partners
) -> None:
    await partners.fail("gateway", "bill_list", "silence_after", key="everybody's")
    with pytest.raises(Unavailable):
        await collector.find_bill(a_bill(partners))


@pytest.mark.parametrize("currency", ["JPY", "KWD", "ISK"])
async def test_what_a_customer_is_asked_for_keeps_its_unit(
    collector: Collector, partners: Partners, currency: str
) -> None:
    bill = a_bill(partners, currency=currency)
    assert (await collector.send_bill(bill)).amount == bill.amount


async def test_who_is_not_known_asks_nobody_for_money(
    stranger: Collector, partners: Partners
) -> None:
    bill = a_bill(partners)
    with pytest.raises(Unauthorised):
        await stranger.send_bill(bill)
    assert await rows(partners, "bill", bill) == 0
