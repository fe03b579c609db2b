"""What partners do wrong: looked at before it is done again, told to a person where it must be."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from activities.payouts import Payouts
from activities.recorder import Recorder
from adapters.http import open_client
from adapters.payments.stripe import StripeGateway
from adapters.policies import Policies
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.postgres.unplaced import InboxUnplaced
from adapters.sealing.wrapping import MasterKeys
from tests.engine import Engine, eventually
from tests.workflows.case import PRICE_MINOR, Case
from wiring import partners
from worker import workers


async def types(store: PostgresEventStore, case: Case) -> list[str]:
    stream = f"return:acme:{case.return_id}"
    return [event.type for event in (await store.read((stream, 0)))[stream]]


async def paid_after(case: Case, operation: str, fault: str, **more: Any) -> dict[str, Any]:
    """The whole journey, with a gateway that does wrong once."""
    await case.engine.sandbox.fault(
        "gateway", operation, fault, key=case.payment, **({"times": 1} | more)
    )
    return await case.paid()


@pytest.mark.parametrize("fault", ["silence_after", "cut_after", "500_after"])
async def test_a_lost_answer_of_the_gateway_is_found_and_not_paid_again(
    case: Case, store: PostgresEventStore, fault: str
) -> None:
    status = await paid_after(case, "refund", fault)
    assert status["money"]["paid_minor"] == PRICE_MINOR
    assert len(await case.refunds()) == 1
    told = await types(store, case)
    assert told.index("PayoutUnknown") < told.index("PayoutSucceeded")


async def test_a_gateway_that_did_nothing_and_did_not_say_so_is_asked_again(case: Case) -> None:
    status = await paid_after(case, "refund", "500_before")
    assert (status["headline"], len(await case.refunds())) == ("completed", 1)


@pytest.mark.parametrize("fault", ["refuse_before", "throttle"])
async def test_a_gateway_that_is_busy_is_asked_later(
    case: Case, store: PostgresEventStore, fault: str
) -> None:
    await paid_after(case, "refund", fault, seconds=1)
    assert len(await case.refunds()) == 1
    assert "PayoutUnknown" not in await types(store, case)


async def test_a_payment_that_is_disputed_is_held_for_a_person(case: Case) -> None:
    await case.engine.sandbox.script(case.payment, "refund.disputed")
    await case.received()
    await case.inspect()
    status = await case.until_open("choose_payout")
    assert status["next_actor"] == "merchant"
    assert "money_failed" in status["flags"]
    assert status["money"]["paid_minor"] == 0


async def test_a_mail_server_that_is_away_does_not_keep_anybody_waiting(case: Case) -> None:
    """The message is tried on the spot, and then as slowly as it takes."""
    await case.engine.sandbox.fault("mail", "message", "refuse_before", times=2)
    await case.paid()
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0
    rows = await case.engine.sandbox.ledger("mail")
    mine = [row["template"] for row in rows if case.return_id in row["step_id"]]
    assert sorted(mine) == sorted(set(mine))
    assert {"label", "completed"} <= set(mine)


async def test_a_carrier_that_does_not_come_there_is_replaced_by_the_next(case: Case) -> None:
    address = {"line1": "9 quai", "city": "Corse", "postcode": "99100", "country": "FR"}
    customer = case.order()["customer"] | {"address": address}
    await case.open(order=case.order(customer=customer), method="carrier_pickup")
    status = await case.until("pickup_scheduled")
    assert status["parcels"][0]["carrier"] == "rivercourier"


async def test_a_step_that_cannot_be_done_is_tried_again_when_its_concern_is_settled(
    case: Case, store: PostgresEventStore
) -> None:
    tenders = case.order()["tenders"]
    tenders[0]["provider"] = "unheard-of"
    await case.received(order=case.order(tenders=tenders))
    await case.inspect()
    status = await case.until(lambda s: "concern" in s["flags"], "a concern")
    (concern,) = [step for step in status["agenda"] if step["action"] == "settle_concern"]
    assert "unheard-of" in concern["summary"]
    assert not any(step["performs"] == "pay_out" for step in status["agenda"])

    answer = await case.ask("override", settles=concern["subject"], because="configured now")
    assert answer["accepted"], answer["because"]
    before = (await types(store, case)).count("Escalated")
    await eventually(lambda: _again(store, case, before), "tried again, and told again")
    assert await case.events_named("WORKFLOW_TASK_FAILED") == 0


@pytest.mark.parametrize("provider", ["stripe", "adyen", "paypal"])
async def test_a_no_that_nobody_has_a_word_for_ends_at_a_person_and_not_in_a_loop(
    case: Case, provider: str
) -> None:
    tenders = case.order()["tenders"]
    tenders[0]["provider"] = provider
    await case.engine.sandbox.script(case.payment, "refund.refused", code="of_tomorrow")
    await case.received(order=case.order(tenders=tenders))
    await case.inspect()
    status = await case.until_open("choose_payout")
    (step,) = [one for one in status["agenda"] if one["action"] == "choose_payout"]
    assert (step["actor"], "unknown" in step["summary"]) == ("merchant", True)
    assert not any(one["performs"] == "pay_out" for one in status["agenda"])
    assert await case.refunds() == []


@pytest.mark.parametrize(("provider", "kind"), [("bank_transfer", "bank"), ("cash", "cash")])
async def test_what_no_machine_took_is_paid_back_by_a_person_from_end_to_end(
    case: Case, store: PostgresEventStore, provider: str, kind: str
) -> None:
    tenders = case.order()["tenders"]
    tenders[0] |= {"provider": provider, "kind": kind}
    await case.received(order=case.order(tenders=tenders))
    await case.inspect()
    status = await case.until_open("pay_by_hand")
    (step,) = [one for one in status["agenda"] if one["action"] == "pay_by_hand"]
    assert status["next_actor"] == "merchant"

    said = {"instruction_id": step["subject"], "because": "TX-7"}
    answer = await case.ask("release_payout", **said)
    assert answer["accepted"], answer["because"]
    status = await case.until("completed")
    assert status["money"]["paid_minor"] == PRICE_MINOR
    assert await case.refunds() == []
    assert "Escalated" not in await types(store, case)


async def _again(store: PostgresEventStore, case: Case, before: int) -> bool:
    return (await types(store, case)).count("Escalated") > before


@pytest.fixture
async def gateways(
    engine: Engine, case: Case, http: httpx2.AsyncClient
) -> AsyncIterator[dict[str, StripeGateway]]:
    """The gateways of a worker of this test's own, which are not let in yet."""
    url = f"{engine.settings.sandbox_url}/stripe/v1"
    lacking = {"stripe": StripeGateway(http, base_url=url, api_key="revoked")}
    queue = f"unauthorised-{uuid4().hex[:8]}"
    case.engine = replace(engine, queue=queue)
    async with AsyncExitStack() as stack:
        able = await stack.enter_async_context(partners(engine.settings))
        pool = await stack.enter_async_context(await connect(engine.settings.database_url))
        subjects = PostgresSubjects(pool, MasterKeys(*engine.settings.master_keys))
        store = PostgresEventStore(pool)
        recorder = Recorder(store, subjects, Policies.load(), InboxUnplaced(pool))
        payouts = Payouts(recorder, lacking)
        by_queue = able.by_queue | {"payment": [payouts.pay_out, payouts.look_up_payout]}
        for worker in workers(engine.env.client, queue, replace(able, by_queue=by_queue)):
            await stack.enter_async_context(worker)
        yield lacking


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with open_client() as client:
        yield client


async def test_a_gateway_that_does_not_let_us_in_is_a_concern_until_it_does(
    engine: Engine, case: Case, gateways: dict[str, StripeGateway], http: httpx2.AsyncClient
) -> None:
    await case.received()
    await case.inspect()
    status = await case.until(lambda s: "concern" in s["flags"], "a concern")
    (concern,) = [step for step in status["agenda"] if step["action"] == "settle_concern"]
    assert "Unauthorised" in concern["summary"]
    assert await case.refunds() == []

    url = f"{engine.settings.sandbox_url}/stripe/v1"
    gateways["stripe"] = StripeGateway(http, base_url=url, api_key="sk_test_sandbox")
    answer = await case.ask("override", settles=concern["subject"], because="the key is new")
    assert answer["accepted"], answer["because"]
    assert await engine.ended(case.return_id) == "completed"
    assert len(await case.refunds()) == 1


async def test_what_the_rate_did_is_booked_to_the_merchant_by_the_gateways_own_word(
    engine: Engine,
) -> None:
    case = await Case.of(engine, settles={"currency": "USD", "rate": "1.1", "rate_back": "1.2"})
    status = await case.paid()
    assert status["money"]["paid_minor"] == PRICE_MINOR
    explained = await engine.handle(case.return_id).query("explain_money")
    [payout] = explained["payouts"]
    # 55.10 EUR: 66.12 USD taken, 60.61 brought
    assert payout["exchange_loss"] == {"amount_minor": 551, "currency": "USD"}
