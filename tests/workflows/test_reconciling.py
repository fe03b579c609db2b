"""Our books and the gateway's, compared on the real server; the gateway's are really corrupted."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import connect
from api.relay import Relay
from api.resolving import Resolver
from domain.reconciliation.words import FindingLife, Kind, Owner
from projections.runner import catch_up
from tests.engine import Engine, environment_of, eventually
from tests.workflows.books import BooksOf
from tests.workflows.case import PRICE_MINOR, Case
from tests.workflows.replaying import differences
from tests.workflows.worker_process import running_worker

Corruption = Callable[[Engine, Case, dict[str, Any]], Awaitable[None]]


async def by_hand(engine: Engine, case: Case, _payout: dict[str, Any]) -> None:
    await engine.sandbox.refund_by_hand(case.payment, 700, quiet=True)


async def twice(engine: Engine, case: Case, payout: dict[str, Any]) -> None:
    again = {"instruction_id": payout["instruction_id"], "quiet": True}
    await engine.sandbox.refund_by_hand(case.payment, PRICE_MINOR, **again)


async def returned(engine: Engine, _case: Case, payout: dict[str, Any]) -> None:
    await engine.sandbox.refund_outcome(payout["instruction_id"], "failed", quiet=True)


async def other_amount(engine: Engine, _case: Case, payout: dict[str, Any]) -> None:
    await engine.sandbox.misbook(payout["instruction_id"], amount_minor=PRICE_MINOR - 1)


async def other_currency(engine: Engine, _case: Case, payout: dict[str, Any]) -> None:
    await engine.sandbox.misbook(payout["instruction_id"], currency="USD")


async def unlisted(engine: Engine, _case: Case, payout: dict[str, Any]) -> None:
    await engine.sandbox.misbook(payout["instruction_id"], unlisted=True)


async def charged_back(engine: Engine, case: Case, _payout: dict[str, Any]) -> None:
    await engine.sandbox.chargeback(case.payment, 18600, quiet=True)


CORRUPTIONS: dict[Kind, Corruption] = {
    Kind.ORPHAN: by_hand,
    Kind.PAID_TWICE: twice,
    Kind.STATE_DIFFERS: returned,
    Kind.AMOUNT_DIFFERS: other_amount,
    Kind.CURRENCY_DIFFERS: other_currency,
    Kind.MISSING: unlisted,
    Kind.CHARGEBACK: charged_back,
}


@pytest.fixture
def books(engine: Engine, store: PostgresEventStore) -> BooksOf:
    return BooksOf.of(engine, store)


async def test_books_that_nobody_corrupted_agree(books: BooksOf) -> None:
    await books.paid()
    compared = await books.compared()
    assert (compared.ours, compared.opened, compared.unresolved) == (1, 0, 0)
    assert compared.theirs >= 1
    assert await books.recorded() == []
    handle = books.engine.env.client.get_workflow_handle(f"reconcile:{books.engine.tenant}:stripe")
    assert await differences(await handle.fetch_history()) == []


@pytest.mark.parametrize("kind", CORRUPTIONS, ids=str)
async def test_what_happens_behind_our_back_is_found_by_its_name_in_one_run(
    books: BooksOf, kind: Kind
) -> None:
    case, payout = await books.paid()
    await CORRUPTIONS[kind](books.engine, case, payout)
    compared = await books.compared()
    finding = await books.only()
    assert compared.findings == (
        f"{finding.finding_id} ({finding.severity}, {finding.owner}, open): {finding.because}",
    )
    assert (finding.kind, compared.opened, compared.unresolved) == (kind, 1, 1)
    assert finding.order_id == case.order_id
    assert compared.due_at is not None
    assert finding.owner in set(Owner)
    again = await books.compared()
    assert (again.opened, again.unresolved, again.due_at) == (0, 1, compared.due_at)
    assert await books.recorded() == ["FindingOpened"]


async def test_the_result_is_read_in_the_temporal_ui(books: BooksOf) -> None:
    case, payout = await books.paid()
    await returned(books.engine, case, payout)
    await books.compared()
    handle = books.engine.env.client.get_workflow_handle(f"reconcile:{books.engine.tenant}:stripe")
    shown = await handle.query("__temporal_workflow_metadata")
    assert "## 1 to settle" in str(shown)
    assert f"of return {case.return_id} as failed" in str(shown)
    described = await handle.describe()
    told = {key.name: value for key, value in described.typed_search_attributes}
    assert (told["Tenant"], told["Flags"], told["NextActor"]) == (
        books.engine.tenant,
        ["finding"],
        "merchant",
    )


async def test_compared_twice_at_once_a_finding_is_recorded_once(books: BooksOf) -> None:
    case, payout = await books.paid()
    await by_hand(books.engine, case, payout)
    until = await books.later()
    handles = [await books.start(until, run) for run in ("-a", "-b", "-c")]
    await asyncio.gather(*(handle.result() for handle in handles))
    assert await books.recorded() == ["FindingOpened"]
    assert (await books.findings()).comparisons == 1  # of one window with one content


async def test_what_is_gone_resolves_itself_and_what_comes_back_is_opened_again(
    books: BooksOf,
) -> None:
    _, payout = await books.paid()
    await books.engine.sandbox.misbook(payout["instruction_id"], amount_minor=1)
    await books.compared()
    await books.engine.sandbox.misbook(payout["instruction_id"], amount_minor=PRICE_MINOR)
    assert (await books.compared()).resolved == 1
    await books.engine.sandbox.misbook(payout["instruction_id"], amount_minor=1)
    await books.compared()
    assert await books.recorded() == ["FindingOpened", "FindingResolved", "FindingReopened"]


async def test_a_refund_that_bounced_in_silence_reopens_its_return_by_a_hint(
    books: BooksOf,
) -> None:
    case, payout = await books.paid()
    await returned(books.engine, case, payout)
    await books.compared()
    assert (await case.status())["payouts"][0]["state"] == "succeeded"  # nothing was corrected
    await relayed(books.engine)
    status = await case.until_open("choose_payout")
    assert status["payouts"][0]["state"] == "reversed"
    assert (await books.compared()).resolved == 1
    [known] = (await books.findings()).known.values()
    assert (known.life, known.resolved_by) == (FindingLife.RESOLVED, "books")


async def test_a_chargeback_in_silence_reaches_the_orders_ledger_by_a_hint(
    books: BooksOf, store: PostgresEventStore
) -> None:
    case, payout = await books.paid()
    await charged_back(books.engine, case, payout)
    await books.compared()
    await relayed(books.engine)
    ledger = f"order:{books.engine.tenant}:{case.order_id}"

    async def booked() -> bool:
        events = (await store.read((ledger, 0)))[ledger]
        return any(event.type == "ChargebackOpened" for event in events)

    await eventually(booked, "booked on the order's ledger")
    assert (await books.compared()).resolved == 1


async def relayed(engine: Engine) -> None:
    """Let the relay tell what is in the inbox, as the API's process does."""
    async with await connect(engine.settings.database_url) as pool:
        await catch_up(pool)
        resolver = Resolver(PostgresEventStore(pool), {})
        relay = Relay(Inbox(pool), resolver, engine.env.client, task_queue=engine.queue)
        assert await relay.drain() >= 1


async def test_a_provider_that_does_not_let_us_in_is_a_failure_that_can_be_seen(
    books: BooksOf,
) -> None:
    start = await books.later()
    client, queue = books.engine.env.client, books.engine.queue
    handle = await client.start_workflow(
        "ReconciliationWorkflow",
        {"tenant": books.engine.tenant, "provider": "nobody", "until": start.isoformat()},
        id=f"reconcile:{books.engine.tenant}:nobody",
        task_queue=queue,
    )
    with pytest.raises(WorkflowFailureError):
        await handle.result()


async def test_killed_in_the_middle_and_run_again_a_finding_is_recorded_once(
    books: BooksOf, own_database: str, tmp_path: Path
) -> None:
    case, payout = await books.paid()
    await by_hand(books.engine, case, payout)
    engine = books.engine
    target = engine.env.client.service_client.config.target_host
    url, queue = engine.settings.sandbox_url or "", f"killed-{uuid4().hex[:8]}"
    environment = environment_of(own_database, target, url, engine.settings.smtp_port)
    environment |= {"BACKHAUL_TASK_QUEUE": queue, "BACKHAUL_LOG": "json"}
    killed = BooksOf(replace(engine, queue=queue), books.store)
    before = len(await engine.sandbox.fired())
    await engine.sandbox.fault("gateway", "disputes", "silence_after", times=1)
    async with running_worker(environment, tmp_path / "first.log") as first:
        handle = await killed.start(await books.later())
        await eventually(partial(is_hit, engine, before), "in the middle of their list")
        await first.kill()
    async with running_worker(environment, tmp_path / "second.log"):
        async with asyncio.timeout(60):
            assert (await handle.result()).opened == 1
        again = await killed.compared()
    assert (again.opened, again.unresolved) == (0, 1)
    assert await books.recorded() == ["FindingOpened"]


async def is_hit(engine: Engine, before: int) -> bool:
    fired = (await engine.sandbox.fired())[before:]
    return any(hit["operation"] == "disputes" for hit in fired)
