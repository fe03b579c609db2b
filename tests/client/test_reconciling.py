"""Findings at the command line: a person sees what differs, acknowledges, resolves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.postgres.pool import Pool
from api.client import ReturnsClient
from projections.runner import catch_up
from tests.client.conftest import Shell
from tests.engine import Engine, eventually
from tests.sandbox_process import running_sandbox


@pytest.fixture
async def orphan(engine: Engine, tenant: str, returns: ReturnsClient, pool: Pool) -> str:
    """A refund that somebody made by hand; it is found, and listed."""
    payment = f"pi_{uuid4().hex[:10]}"
    await engine.sandbox.capture(payment, 5000, "EUR")
    refund = await engine.sandbox.refund_by_hand(payment, 900, quiet=True)
    until = await engine.sandbox.now() + timedelta(minutes=1)
    await returns.reconciliation.compare(tenant, "stripe", until=until)
    await catch_up(pool)
    found = await returns.reconciliation.findings(tenant)
    [mine] = [one.finding_id for one in found if one.ref == refund]
    return mine


async def life_of(returns: ReturnsClient, pool: Pool, tenant: str, finding_id: str) -> str:
    await catch_up(pool)
    found = await returns.reconciliation.findings(tenant)
    return next(one.life for one in found if one.finding_id == finding_id)


async def test_a_finding_is_shown_with_its_sentence_and_what_can_be_done(
    shell: Shell, orphan: str
) -> None:
    typed = await shell("findings", "--open")
    assert typed.code == 0
    assert orphan in typed.out
    assert "stripe has paid 9.00 EUR back to pi_" in typed.out
    assert "to do: find out who made it" in typed.out
    assert "stripe was last compared on" in typed.out


async def test_a_finding_is_told_to_programs_with_all_its_fields(
    shell: Shell, orphan: str, tenant: str
) -> None:
    told = (await shell("findings", "--json", "--provider", "stripe")).data
    [row] = [one for one in told["findings"] if one["finding_id"] == orphan]
    assert (row["tenant"], row["kind"], row["owner"], row["life"]) == (
        tenant, "orphan", "finance", "open",
    )  # fmt: skip
    assert row["theirs"] == {"amount_minor": 900, "currency": "EUR"}
    assert [one["provider"] for one in told["compared"]] == ["stripe"]


async def test_a_person_acknowledges_then_resolves_and_is_named(
    shell: Shell, orphan: str, returns: ReturnsClient, pool: Pool, tenant: str
) -> None:
    looked = await shell(
        "findings", "acknowledge", orphan, "--because", "asked the desk", "--actor", "staff:s-7"
    )
    assert (looked.code, looked.out.startswith(f"{orphan} is acknowledged, due ")) == (0, True)
    assert await life_of(returns, pool, tenant, orphan) == "acknowledged"
    assert "staff:s-7: asked the desk" in (await shell("findings", "--open")).out
    settled = await shell("findings", "resolve", orphan, "--because", "a courtesy", "--json")
    assert (settled.code, settled.data["life"]) == (0, "resolved")
    await catch_up(pool)
    assert orphan not in (await shell("findings", "--open")).out
    assert "staff:command-line: a courtesy" in (await shell("findings")).out


async def test_what_a_person_has_resolved_is_not_opened_by_the_next_comparison(
    shell: Shell, orphan: str, returns: ReturnsClient, pool: Pool, tenant: str
) -> None:
    await shell("findings", "resolve", orphan, "--because", "a courtesy")
    until = datetime.now(UTC) + timedelta(minutes=5)
    await returns.reconciliation.compare(tenant, "stripe", until=until)
    assert await life_of(returns, pool, tenant, orphan) == "resolved"


async def test_a_refusal_ends_with_1_and_says_why(shell: Shell, orphan: str) -> None:
    unknown = await shell("findings", "resolve", "orphan-0", "--because", "why")
    assert (unknown.code, "unknown_finding" in unknown.err) == (1, True)
    silent = await shell("findings", "resolve", orphan, "--because", " ", "--json")
    assert (silent.code, silent.data["code"]) == (1, "reason_missing")
    await shell("findings", "resolve", orphan, "--because", "a courtesy")
    again = await shell("findings", "acknowledge", orphan, "--because", "late")
    assert (again.code, "a courtesy" in again.err) == (1, True)


async def test_without_a_reason_it_is_wrong_usage(shell: Shell) -> None:
    assert (await shell("findings", "acknowledge", "orphan-0")).code == 2
    assert (await shell("reconcile", "--provider", "nobody")).code == 2


async def test_the_same_request_counts_once(
    returns: ReturnsClient, orphan: str, tenant: str
) -> None:
    told = returns.reconciliation.settle
    answers = [
        await told(tenant, orphan, "resolve", "a courtesy", request_id="once") for _ in range(2)
    ]
    assert [answer.accepted for answer in answers] == [True, True]


async def test_an_overdue_finding_stands_beside_the_overdue_returns(
    shell: Shell, orphan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_sandbox(tmp_path / "clock") as clock:
        monkeypatch.setenv("BACKHAUL_SANDBOX_URL", clock.url)
        assert (await shell("list", "--overdue", "--json")).data["findings"] == []
        await clock.client.advance(timedelta(days=8))
        late = (await shell("list", "--overdue", "--json")).data["findings"]
        assert orphan in [one["finding_id"] for one in late]
        assert orphan in (await shell("list", "--overdue")).out
        assert orphan in (await shell("findings", "--overdue")).out
        narrower = await shell("list", "--overdue", "--next-actor", "customer", "--json")
        assert "findings" not in narrower.data


async def test_a_comparison_that_is_long_ago_is_pointed_out(
    shell: Shell, orphan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await shell("findings")).err == ""
    async with running_sandbox(tmp_path / "clock") as clock:
        await clock.client.advance(timedelta(days=4))
        monkeypatch.setenv("BACKHAUL_SANDBOX_URL", clock.url)
        assert "stripe was not compared for" in (await shell("findings")).err


async def test_the_books_of_every_provider_are_compared_at_a_persons_wish(
    shell: Shell, tenant: str
) -> None:
    typed = await shell("reconcile", "--json")
    assert typed.code == 0, typed.err
    compared = typed.data["compared"]
    assert [one["provider"] for one in compared] == ["stripe", "stored_value", "easypost"]
    assert {one["tenant"] for one in compared} == {tenant}


# ── The schedule ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def schedules(engine: Engine, tenant: str) -> AsyncIterator[list[str]]:
    """The schedules of this test's merchant; gone when it ends."""
    yield []
    for key in await listed(engine, tenant):
        await engine.env.client.get_schedule_handle(key).delete()


async def listed(engine: Engine, tenant: str) -> list[str]:
    found = [one.id async for one in await engine.env.client.list_schedules()]
    return sorted(key for key in found if key.startswith(f"reconcile:{tenant}:"))


@pytest.mark.usefixtures("schedules")
async def test_a_schedule_that_is_applied_twice_is_one(
    shell: Shell, engine: Engine, tenant: str
) -> None:
    first = (await shell("schedules", "apply", "--json")).data["schedules"]
    again = (await shell("schedules", "apply", "--json")).data["schedules"]
    assert [one["outcome"] for one in first] == ["created"] * 3
    assert [one["outcome"] for one in again] == ["updated"] * 3

    async def every_one() -> bool:
        return len(await listed(engine, tenant)) == 3

    await eventually(every_one, "listed")


@pytest.mark.usefixtures("schedules")
async def test_a_paused_schedule_stays_paused_and_takes_new_settings(
    shell: Shell, engine: Engine, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shell("schedules", "apply", "--provider", "stripe")
    handle = engine.env.client.get_schedule_handle(f"reconcile:{tenant}:stripe")
    await handle.pause(note="their maintenance")
    monkeypatch.setenv("BACKHAUL_RECONCILE_HOURS", "6")
    [applied] = (await shell("schedules", "apply", "--provider", "stripe", "--json")).data[
        "schedules"
    ]
    schedule = (await handle.describe()).schedule
    assert (applied["every_hours"], schedule.state.paused) == (6.0, True)
    assert schedule.spec.intervals[0].every == timedelta(hours=6)
    assert schedule.policy.overlap.name == "SKIP"


@pytest.mark.usefixtures("schedules")
async def test_what_a_schedule_starts_compares_the_books(
    shell: Shell, engine: Engine, returns: ReturnsClient, pool: Pool, tenant: str
) -> None:
    await shell("schedules", "apply", "--provider", "stripe")
    await engine.env.client.get_schedule_handle(f"reconcile:{tenant}:stripe").trigger()

    async def compared() -> bool:
        await catch_up(pool)
        return bool(await returns.reconciliation.comparisons(tenant))

    await eventually(compared, "compared")
    [last] = await returns.reconciliation.comparisons(tenant)
    assert last.until - last.since == timedelta(days=90)


async def test_a_provider_that_no_worker_knows_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKHAUL_RECONCILE_PROVIDERS", "stripe, nobody")
    typed = await shell("reconcile", "--provider", "nobody")
    assert (typed.code, "nobody does not tell what it booked" in typed.err) == (3, True)
    monkeypatch.setenv("BACKHAUL_RECONCILE_PROVIDERS", "stripe,,")
    assert (await shell("findings")).code == 2


@pytest.mark.parametrize("value", ["0", "-1", "soon", "169"])
async def test_settings_that_make_no_sense_are_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BACKHAUL_RECONCILE_HOURS", value)
    typed = await shell("findings")
    assert (typed.code, "BACKHAUL_RECONCILE_HOURS" in typed.err) == (2, True)
