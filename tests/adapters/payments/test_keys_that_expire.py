"""A provider forgets a key after a day: whoever looks first pays once all the same."""

from datetime import timedelta
from pathlib import Path

import pytest

from activities.failures import AnswerLost
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.http import open_client
from adapters.payments.stripe import StripeGateway
from domain.money import Money
from tests.sandbox.here import sandbox_here

ORDER = PayoutOrder(
    instruction_id="payout:R-1:1", payment_ref="pi_1",
    amount=Money(amount_minor=400, currency="EUR"), reference="R-1",
)  # fmt: skip
SHORT = timedelta(seconds=2)


async def look_then_pay(gateway: StripeGateway) -> PayoutAnswer:
    """Do what the activity does on every attempt."""
    return await gateway.find_payout(ORDER) or await gateway.pay_out(ORDER)


@pytest.mark.parametrize("fault", ["500_after", "500_stored", "silence_after"])
async def test_a_payout_lost_before_its_key_expired_is_paid_once_after(
    tmp_path: Path, fault: str
) -> None:
    async with sandbox_here(tmp_path, webhook_url="") as sandbox, open_client() as client:
        url = f"{sandbox.url}/stripe/v1"
        gateway = StripeGateway(client, base_url=url, api_key="sk_test_sandbox", deadline=SHORT)
        await sandbox.client.capture("pi_1", 1_000, "EUR")
        await sandbox.client.fault("gateway", "refund", fault, times=1)
        with pytest.raises(AnswerLost):
            await look_then_pay(gateway)
        lifetime = gateway.capabilities.key_lifetime
        assert lifetime is not None
        await sandbox.client.advance(lifetime + timedelta(hours=1))
        first = await look_then_pay(gateway)
        assert (first.state, await look_then_pay(gateway)) == ("succeeded", first)
        rows = await sandbox.client.ledger("payments")
        assert [row["kind"] for row in rows] == ["capture", "refund"]


async def test_whoever_does_not_look_pays_twice_once_the_key_is_forgotten(tmp_path: Path) -> None:
    """What the look is for: the provider would do it again, and this test shows that it does."""
    async with sandbox_here(tmp_path, webhook_url="") as sandbox, open_client() as client:
        url = f"{sandbox.url}/stripe/v1"
        gateway = StripeGateway(client, base_url=url, api_key="sk_test_sandbox")
        await sandbox.client.capture("pi_1", 1_000, "EUR")
        first = await gateway.pay_out(ORDER)
        await sandbox.client.advance(timedelta(hours=25))
        assert (await gateway.pay_out(ORDER)).payout_ref != first.payout_ref
