"""What PayPal's stand-in sends over a socket is proven by its certificate, and says what is true."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from activities.ports import PayoutOrder
from adapters.payments.paypal import PayPalGateway
from adapters.webhooks.event import Forged
from adapters.webhooks.facts import Fact, facts_of
from adapters.webhooks.paypal import verifier
from adapters.webhooks.paypal_certificates import PayPalCertificates
from domain.money import Money
from sandbox.settings import DEFAULT_SECRETS
from tests.adapters.wire import Answer, Request, says, serving
from tests.contracts.partners import SHORT
from tests.sandbox_process import Sandbox, running_sandbox


@dataclass
class Intake:
    """Keeps what came in, and proves it as the API does."""

    client: httpx2.AsyncClient
    sandbox: Sandbox = field(init=False)
    came: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)

    def take(self, request: Request) -> Answer:
        if request.path.split("/")[1] == "paypal":
            self.came.put_nowait(request)
        return says(202)

    async def told(self) -> Fact:
        """Prove the next one that comes in, and read it."""
        async with asyncio.timeout(20):
            request = await self.came.get()
        url = f"{self.sandbox.url}/paypal"
        certificate = await PayPalCertificates(self.client, base_url=url).of(request.headers)
        secrets = [DEFAULT_SECRETS["paypal"]]
        now = await self.sandbox.client.now()
        event = verifier(certificate)(request.body, request.headers, secrets, now)
        [fact] = facts_of(event)
        return fact


@pytest.fixture
async def intake(tmp_path: Path, client: httpx2.AsyncClient) -> AsyncIterator[Intake]:
    intake = Intake(client)
    async with (
        serving(intake.take) as wire,
        running_sandbox(tmp_path, webhook_url=wire.url) as sandbox,
    ):
        intake.sandbox = sandbox
        yield intake


async def test_a_refund_that_fails_later_and_a_dispute_are_told_and_signed(
    intake: Intake, client: httpx2.AsyncClient
) -> None:
    control = intake.sandbox.client
    await control.capture("CAP1", 3_000, "EUR", provider="paypal")
    await control.script("CAP1", "refund.fails_later")
    gateway = PayPalGateway(
        client, base_url=f"{intake.sandbox.url}/paypal", api_key="sandbox-client:sandbox-secret",
        deadline=SHORT,
    )  # fmt: skip
    order = PayoutOrder(
        instruction_id=f"payout-{uuid4().hex}",
        payment_ref="CAP1",
        amount=Money(amount_minor=1_000, currency="EUR"),
        reference="R-1",
    )
    answer = await gateway.pay_out(order)
    first = await intake.told()
    assert (first.reference, first.body["instruction_id"], first.body["status"]) == (
        answer.payout_ref, order.instruction_id, "succeeded",
    )  # fmt: skip
    await control.advance(timedelta(days=10))
    assert (await intake.told()).body["status"] == "failed"
    dispute = await control.chargeback("CAP1", 1_000)
    opened = await intake.told()
    assert (opened.reference, opened.body["status"]) == ("CAP1", "opened")
    await control.close_chargeback(dispute, "lost")
    assert (await intake.told()).body["status"] == "lost"


async def test_one_that_is_signed_for_somebody_else_is_refused(intake: Intake) -> None:
    control = intake.sandbox.client
    await control.fault("webhooks", "*", "bad_signature", times=1)
    await control.capture("CAP2", 3_000, "EUR", provider="paypal")
    await control.chargeback("CAP2", 1_000)
    with pytest.raises(Forged):
        await intake.told()
