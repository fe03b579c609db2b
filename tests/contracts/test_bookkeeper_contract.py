"""What every payment adapter tells of its provider's own books, for reconciliation."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from activities.failures import Unavailable
from activities.ports import Booked, PayoutOrder
from domain.money import Money
from tests.contracts.hearing import Hearing
from tests.contracts.partners import Partners
from tests.contracts.providers import GATEWAYS, Provider, captured

HOUR = timedelta(hours=1)


@pytest.fixture(params=GATEWAYS)
def provider(
    request: pytest.FixtureRequest,
    partners: Partners,
    client: httpx2.AsyncClient,
    hearing: Hearing,
) -> Provider:
    return GATEWAYS[request.param](partners, client, hearing)


@pytest.fixture
def cards(partners: Partners, client: httpx2.AsyncClient, hearing: Hearing) -> Provider:
    return GATEWAYS["stripe"](partners, client, hearing)


async def listed(provider: Provider, since: datetime, until: datetime) -> Sequence[Booked]:
    assert provider.books is not None
    return await provider.books.booked(since, until)


async def of_payment(provider: Provider, order: PayoutOrder) -> Sequence[Booked]:
    """List what moved around now, of one payment: others are paid at the same time."""
    now = datetime.now(UTC)
    booked = await listed(provider, now - HOUR, now + HOUR)
    return [one for one in booked if one.payment_ref == order.payment_ref]


async def test_a_payout_is_listed_with_our_instruction_and_their_reference(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix)
    before = datetime.now(UTC).replace(microsecond=0)
    answer = await provider.made(order)
    [booked] = await of_payment(provider, order)
    assert (booked.kind, booked.state) == ("payout", "succeeded")
    assert (booked.ref, booked.instruction_id) == (answer.payout_ref, order.instruction_id)
    assert booked.amount == order.amount
    assert before <= booked.at <= datetime.now(UTC)


async def test_only_what_moved_in_the_span_is_listed(
    provider: Provider, partners: Partners
) -> None:
    order = await captured(partners, provider.prefix)
    await provider.gateway.pay_out(order)
    now = datetime.now(UTC)
    for since, until in [(now - 2 * HOUR, now - HOUR), (now + HOUR, now + 2 * HOUR)]:
        booked = await listed(provider, since, until)
        assert order.payment_ref not in {one.payment_ref for one in booked}


async def test_every_page_of_the_books_is_read(provider: Provider, partners: Partners) -> None:
    order = await captured(partners, provider.prefix)
    one = {"amount": Money(amount_minor=1, currency="EUR")}
    orders = [
        order.model_copy(update={**one, "instruction_id": partners.new_id("payout")})
        for _ in range(101)
    ]
    for each in orders:
        await provider.gateway.pay_out(each)
    ours = [booked.instruction_id for booked in await of_payment(provider, order)]
    assert sorted(ours) == sorted(each.instruction_id for each in orders)


async def test_books_that_are_not_shown_are_no_empty_books(
    provider: Provider, partners: Partners
) -> None:
    now = datetime.now(UTC)
    since = now - HOUR
    face, operation = provider.books_at if provider.books_at[0] else (provider.face, provider.look)
    key = provider.books_key(since)
    await partners.fail(face, operation, "silence_after", key=key)
    with pytest.raises(Unavailable):
        await listed(provider, since, now)


# ── What only cards do ────────────────────────────────────────────────────────────────────


async def test_a_payout_that_bounced_is_listed_as_it_stands_now(
    cards: Provider, partners: Partners
) -> None:
    order = await captured(partners, "pi")
    answer = await cards.gateway.pay_out(order)
    await partners.control.refund_outcome(
        answer.payout_ref, "failed", failure_reason="lost_or_stolen_card"
    )
    assert [one.state for one in await of_payment(cards, order)] == ["failed"]


async def test_a_payout_that_somebody_else_made_is_listed_without_an_instruction(
    cards: Provider, partners: Partners, client: httpx2.AsyncClient
) -> None:
    order = await captured(partners, "pi")
    answer = await client.post(
        f"{partners.url}/stripe/v1/refunds",
        data={"payment_intent": order.payment_ref, "amount": "500"},
        headers={"Authorization": "Bearer sk_test_sandbox"},
    )
    [booked] = await of_payment(cards, order)
    assert (booked.ref, booked.instruction_id) == (answer.json()["id"], "")


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_what_a_bank_takes_back_at_adyen_is_in_their_report(
    partners: Partners, client: httpx2.AsyncClient, hearing: Hearing, end: str
) -> None:
    adyen = GATEWAYS["adyen"](partners, client, hearing)
    order = await captured(partners, "psp")
    other = f"{order.payment_ref}-adyen"
    await partners.control.capture(other, 3_000, "EUR", provider="adyen")
    dispute = await partners.control.chargeback(other, 700)
    disputed = order.model_copy(update={"payment_ref": other})
    [booked] = await of_payment(adyen, disputed)
    assert (booked.kind, booked.state) == ("chargeback", "open")
    assert booked.amount == Money(amount_minor=700, currency="EUR")
    await partners.control.close_chargeback(dispute, end)
    [booked] = await of_payment(adyen, disputed)
    assert booked.state == ("won" if end == "won" else "open")


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_what_a_bank_takes_back_is_listed_until_it_is_decided_and_after(
    cards: Provider, partners: Partners, end: str
) -> None:
    order = await captured(partners, "pi")
    dispute = await partners.control.chargeback(order.payment_ref, 700)
    [booked] = await of_payment(cards, order)
    assert (booked.kind, booked.ref, booked.state) == ("chargeback", dispute, "open")
    assert booked.amount == Money(amount_minor=700, currency="EUR")
    await partners.control.close_chargeback(dispute, end)
    assert [one.state for one in await of_payment(cards, order)] == [end]
