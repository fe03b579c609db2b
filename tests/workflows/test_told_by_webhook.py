"""A provider that cannot be asked: what it told and signed is what settles a payout."""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from adapters.postgres.inbox import Inbox, Incoming
from adapters.postgres.pool import connect
from adapters.webhooks.adyen import sign, verify
from adapters.webhooks.adyen_facts import adyen_facts
from tests.engine import Engine
from tests.workflows.case import PRICE_MINOR, Case

KEY = b"a key".hex()


async def told(engine: Engine, payout: dict[str, Any], payment: str, **changed: Any) -> None:
    """Let Adyen say something of a payout, and the intake keep it."""
    item = {
        "amount": {"currency": "EUR", "value": PRICE_MINOR},
        "eventCode": "REFUND",
        "eventDate": datetime.now(UTC).isoformat(),
        "merchantAccountCode": "BackhaulSandbox",
        "merchantReference": payout["instruction_id"],
        "originalReference": payment,
        "pspReference": payout["refund_id"],
        "reason": "",
        "success": "true",
        **changed,
    }
    signed = {**item, "additionalData": {"hmacSignature": sign(item, KEY)}}
    raw = json.dumps({"notificationItems": [{"NotificationRequestItem": signed}]}).encode()
    event = verify(raw, {}, [KEY], datetime.now(UTC))
    async with await connect(engine.settings.database_url) as pool:
        incoming = Incoming(
            provider=event.provider,
            account="main",
            event_id=event.event_id,
            kind=event.kind,
            occurred_at=event.occurred_at,
            body_sha256=hashlib.sha256(raw).digest(),
            facts=[asdict(fact) for fact in adyen_facts(event)],
        )
        assert await Inbox(pool).keep(incoming, "received", "") == "new"


async def test_a_refund_is_settled_by_what_they_told_and_reopened_when_they_take_it_back(
    engine: Engine, case: Case
) -> None:
    tenders = case.order()["tenders"]
    tenders[0]["provider"] = "adyen"
    await case.received(order=case.order(tenders=tenders))
    await case.inspect()
    await case.until_open("settle_payout")
    [row] = await case.booked("payments", "refund")
    payout = {"instruction_id": row["idempotency_key"], "refund_id": row["refund_id"]}

    await told(engine, payout, case.payment)
    await case.tell("report_payout", instruction_id=payout["instruction_id"])
    status = await case.until("completed")
    assert status["money"]["paid_minor"] == PRICE_MINOR

    bounced = {"eventCode": "REFUND_FAILED", "reason": "Refund Failed"}
    await told(engine, payout, case.payment, merchantReference="the shop's own", **bounced)
    await case.tell("report_payout", instruction_id=payout["instruction_id"])
    status = await case.until_open("choose_payout")
    assert status["money"]["paid_minor"] == 0
    assert len(await case.booked("payments", "refund")) == 1


async def test_a_hint_without_a_word_of_theirs_pays_nobody_twice(case: Case) -> None:
    tenders = case.order()["tenders"]
    tenders[0]["provider"] = "adyen"
    await case.received(order=case.order(tenders=tenders))
    await case.inspect()
    await case.until_open("settle_payout")
    [row] = await case.booked("payments", "refund")
    await case.tell("report_payout", instruction_id=row["idempotency_key"], status="succeeded")
    await case.until_quiet()
    status = await case.until_open("settle_payout")
    assert status["money"]["paid_minor"] == 0
    assert len(await case.booked("payments", "refund")) == 1
