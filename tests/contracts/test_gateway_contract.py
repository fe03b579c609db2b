"""What every payment adapter owes the port, against providers that keep books of their own."""

from datetime import timedelta

import httpx2
import pytest

from activities.failures import AnswerLost, Misspoken, Throttled, Unauthorised, Unavailable
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.payments.stored_value import StoredValueGateway
from adapters.payments.stripe import StripeGateway
from domain.money import Money
from tests.contracts.hearing import Hearing
from tests.contracts.partners import LOST, NOTHING_HAPPENED, SHORT, Partners, Wrong
from tests.contracts.providers import GATEWAYS, LOOKED_AT, Provider, captured
from tests.contracts.real import EVERYWHERE


@pytest.fixture(params=GATEWAYS)
def provider(
    request: pytest.FixtureRequest,
    partners: Partners,
    client: httpx2.AsyncClient,
    hearing: Hearing,
) -> Provider:
    return GATEWAYS[request.param](partners, client, hearing)


@pytest.fixture(params=EVERYWHERE)
def anywhere(
    request: pytest.FixtureRequest,
    partners: Partners,
    client: httpx2.AsyncClient,
    hearing: Hearing,
) -> Provider:
    """A sandbox's, or with test-mode credentials the real one."""
    return EVERYWHERE[request.param](partners, client, hearing)


@pytest.fixture
def stripe(partners: Partners, client: httpx2.AsyncClient) -> StripeGateway:
    return StripeGateway(
        client, base_url=f"{partners.url}/stripe/v1", api_key="sk_test_sandbox", deadline=SHORT
    )


@pytest.fixture
def credits_(partners: Partners, client: httpx2.AsyncClient) -> StoredValueGateway:
    url = f"{partners.url}/storedvalue/v1"
    return StoredValueGateway(client, base_url=url, api_key="sandbox", deadline=SHORT)


def another(order: PayoutOrder, partners: Partners) -> PayoutOrder:
    return order.model_copy(update={"instruction_id": partners.new_id("payout")})


async def paid(partners: Partners, provider: Provider, order: PayoutOrder) -> int:
    """Count what was paid out under the instruction."""
    key = order.instruction_id
    return await partners.booked("payments", provider.kind, idempotency_key=key)


async def paid_back(partners: Partners, order: PayoutOrder) -> int:
    """Count what came true of the instruction, by the provider's own books."""
    key = order.instruction_id
    return await partners.booked("payments", idempotency_key=key, status="succeeded")


async def test_a_payout_is_found_once_it_is_made_and_not_before(
    anywhere: Provider, partners: Partners
) -> None:
    order = await anywhere.order(partners)
    assert await anywhere.gateway.find_payout(order) is None
    answer = await anywhere.made(order)
    assert answer.state in anywhere.made_states
    assert answer.amount == order.amount
    assert answer.payout_ref
    assert await anywhere.found(order) == answer


async def test_an_instruction_sent_twice_is_paid_once(
    anywhere: Provider, partners: Partners
) -> None:
    assert anywhere.gateway.capabilities.idempotency == "native"
    order = await anywhere.order(partners)
    first = await anywhere.gateway.pay_out(order)
    assert await anywhere.gateway.pay_out(order) == first
    assert await anywhere.times_paid(partners, order) == 1


async def test_two_equal_payouts_of_one_payment_stay_two(
    anywhere: Provider, partners: Partners
) -> None:
    order = await anywhere.order(partners)
    other = another(order, partners)
    first = await anywhere.made(order)
    second = await anywhere.made(other)
    assert first.payout_ref != second.payout_ref
    assert await anywhere.found(order) == first
    assert await anywhere.found(other) == second


@pytest.mark.parametrize("fault", LOST)
async def test_a_payout_whose_answer_is_lost_is_found_and_paid_once(
    provider: Provider, partners: Partners, fault: str
) -> None:
    order = await captured(partners, provider.prefix)
    await partners.fail(provider.face, provider.operation, fault, key=order.instruction_id)
    with pytest.raises(AnswerLost):
        await provider.gateway.pay_out(order)
    assert (await provider.found(order)).state == "succeeded"
    assert await paid(partners, provider, order) == 1


@pytest.mark.parametrize("wrong", NOTHING_HAPPENED, ids=lambda wrong: wrong[0])
async def test_where_nothing_happened_it_is_told_and_can_be_asked_again(
    provider: Provider, partners: Partners, wrong: Wrong
) -> None:
    fault, failure = wrong
    order = await captured(partners, provider.prefix)
    await partners.fail(provider.face, provider.operation, fault, key=order.instruction_id)
    with pytest.raises(failure) as caught:
        await provider.gateway.pay_out(order)
    assert type(caught.value) is failure
    assert await provider.gateway.find_payout(order) is None
    assert (await provider.made(order)).state == "succeeded"
    assert await paid(partners, provider, order) == 1


@pytest.mark.parametrize("provider", LOOKED_AT, indirect=True)
async def test_a_look_that_is_not_answered_changes_nothing(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix)
    key = provider.look_key(order)
    await partners.fail(provider.face, provider.look, "silence_after", key=key)
    with pytest.raises(Unavailable):
        await provider.gateway.find_payout(order)


async def test_a_throttled_payout_says_how_long_to_wait(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix)
    key = order.instruction_id
    await partners.fail(provider.face, provider.operation, "throttle", key=key, seconds=7)
    with pytest.raises(Throttled) as caught:
        await provider.gateway.pay_out(order)
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_more_than_was_paid_is_a_no_and_nothing_is_paid(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix, minor=999)
    refused = await provider.made(order)
    assert (refused.state, refused.reason) == ("failed", "exceeds_captured")
    assert await provider.gateway.find_payout(order) in {None, refused}
    assert await paid_back(partners, order) == 0


async def test_an_instruction_with_another_amount_is_a_defect_and_pays_nothing(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix)
    await provider.made(order)
    more = order.model_copy(update={"amount": Money(amount_minor=1_001, currency="EUR")})
    with pytest.raises(Misspoken):
        await provider.gateway.pay_out(more)
    assert await paid(partners, provider, order) == 1


async def test_a_payment_that_they_do_not_know_is_a_no(
    anywhere: Provider, partners: Partners
) -> None:
    order = await anywhere.order(partners)
    strange = order.model_copy(update={"payment_ref": f"{anywhere.prefix}_nobody"})
    assert await anywhere.gateway.find_payout(strange) is None
    assert await anywhere.gateway.pay_out(strange) == PayoutAnswer(
        state="failed", reason="unknown_payment"
    )


async def test_credentials_that_are_not_known_need_a_person(
    anywhere: Provider, partners: Partners
) -> None:
    order = await anywhere.order(partners)
    with pytest.raises(Unauthorised):
        await anywhere.stranger.pay_out(order)
    assert await anywhere.times_paid(partners, order) == 0


@pytest.mark.parametrize("currency", ["JPY", "KWD", "ISK"])
async def test_an_amount_keeps_its_unit_on_the_way_there_and_back(
    provider: Provider, partners: Partners, currency: str
) -> None:
    order = await captured(partners, provider.prefix, currency=currency)
    assert (await provider.made(order)).amount == order.amount
    rows = await partners.control.ledger("payments")
    booked = [row for row in rows if row["idempotency_key"] == order.instruction_id]
    assert {(row["amount_minor"], row["currency"]) for row in booked} == {(1_000, currency)}


# ── What only cards do ────────────────────────────────────────────────────────────────────


async def test_a_stored_500_stays_unknown_under_its_key_and_is_found_by_its_metadata(
    stripe: StripeGateway, partners: Partners
) -> None:
    order = await captured(partners, "pi")
    await partners.fail("gateway", "refund", "500_after", key=order.instruction_id)
    for _ in range(2):  # the second 500 is the first one, replayed
        with pytest.raises(AnswerLost):
            await stripe.pay_out(order)
    found = await stripe.find_payout(order)
    assert found is not None
    assert found.state == "succeeded"


@pytest.mark.parametrize(
    ("script", "state"),
    [("refund.pending", "pending"), ("refund.requires_action", "requires_action"),
     ("refund.low_balance", "pending")],
)  # fmt: skip
async def test_a_refund_that_is_not_settled_at_once_says_so(
    stripe: StripeGateway, partners: Partners, script: str, state: str
) -> None:
    order = await captured(partners, "pi")
    await partners.control.script(order.payment_ref, script)
    answer = await stripe.pay_out(order)
    assert answer.state == state
    assert await stripe.find_payout(order) == answer


async def test_a_refund_that_bounces_later_is_found_failed_with_its_reason(
    stripe: StripeGateway, partners: Partners
) -> None:
    order = await captured(partners, "pi")
    answer = await stripe.pay_out(order)
    await partners.control.refund_outcome(
        answer.payout_ref, "failed", failure_reason="lost_or_stolen_card"
    )
    bounced = await stripe.fetch_payout(answer.payout_ref)
    assert (bounced.state, bounced.reason) == ("failed", "card_closed")
    assert await stripe.find_payout(order) == bounced


async def test_a_disputed_payment_is_a_no(stripe: StripeGateway, partners: Partners) -> None:
    order = await captured(partners, "pi")
    await partners.control.chargeback(order.payment_ref, 1_000)
    assert await stripe.pay_out(order) == PayoutAnswer(state="failed", reason="disputed")


async def test_an_instruction_is_found_behind_a_hundred_others(
    stripe: StripeGateway, partners: Partners
) -> None:
    order = await captured(partners, "pi", minor=1_000 + 101)
    first = await stripe.pay_out(order)
    one = {"amount": Money(amount_minor=1, currency="EUR")}
    for _ in range(101):
        await stripe.pay_out(another(order, partners).model_copy(update=one))
    assert await stripe.find_payout(order) == first


# ── What only stored value does ───────────────────────────────────────────────────────────


async def test_credit_goes_to_an_account_made_on_first_use_and_can_be_claimed_by_a_guest(
    credits_: StoredValueGateway, partners: Partners
) -> None:
    order = PayoutOrder(
        instruction_id=partners.new_id("payout"),
        payment_ref=partners.new_id("customer"),
        amount=Money(amount_minor=1_000, currency="EUR"),
        reference="R-1",
    )
    answer = await credits_.pay_out(order)
    assert answer.state == "succeeded"
    assert answer.code


async def test_value_that_ends_is_issued_with_its_end_and_found_with_it(
    credits_: StoredValueGateway, partners: Partners
) -> None:
    order = await captured(partners, "coupon")
    end = (await partners.control.now()).replace(microsecond=0) + timedelta(days=90)
    order = order.model_copy(update={"payment_ref": "coupon:c-1", "valid_until": end})
    answer = await credits_.pay_out(order)
    assert (answer.state, answer.valid_until) == ("succeeded", end)
    assert await credits_.find_payout(order) == answer
