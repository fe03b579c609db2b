"""Two releases side by side over open returns: each goes on with the newest at its next step."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from api.client.releases import go_on_with, releases
from api.client.surroundings import Surroundings
from domain.refusal import Refused
from tests.engine import CALL_DEADLINE, Engine, eventually
from tests.workflows.case import Case
from wiring import partners
from worker import replay, workers


@pytest.fixture
def where(engine: Engine, tmp_path: Path, fleet: Engine) -> Surroundings:
    return Surroundings.from_env(
        {
            "TEMPORAL_ADDRESS": engine.env.client.service_client.config.target_host,
            "BACKHAUL_TASK_QUEUE": fleet.queue,
            "BACKHAUL_STATE": str(tmp_path / "no-stack"),
        }
    )


@pytest.fixture
def fleet(engine: Engine) -> Engine:
    """The engine's servers and partners, with a queue that nobody serves yet."""
    return Engine(engine.env, engine.sandbox, engine.settings, f"returns-{uuid4().hex[:8]}")


@asynccontextmanager
async def running(fleet: Engine, release: str) -> AsyncIterator[None]:
    """Run the workers of a release until the context is left, as a rollout does."""
    async with AsyncExitStack() as stack:
        able = await stack.enter_async_context(partners(fleet.settings, deadline=CALL_DEADLINE))
        for worker in workers(fleet.env.client, fleet.queue, able, release=release):
            await stack.enter_async_context(worker)
        yield


async def current(where: Surroundings, release: str) -> None:
    """Make it current as soon as its workers have been seen for every queue."""

    async def taken() -> bool:
        return await go_on_with(where, release) is None

    await eventually(taken, f"{release} current")


async def serving(case: Case) -> str:
    """Which release goes on with a return."""
    told = await case.engine.handle(case.return_id).describe()
    return told.raw_description.workflow_execution_info.versioning_info.deployment_version.build_id


async def test_a_return_that_one_release_began_another_ends(
    fleet: Engine, where: Surroundings
) -> None:
    async with running(fleet, "1.0"):
        await current(where, "1.0")
        begun = await Case.of(fleet)
        await begun.open()
        await begun.until("label_ready")
        assert await serving(begun) == "1.0"
        async with running(fleet, "1.1"):
            await current(where, "1.1")
            standing = {one.release: one.standing for one in await releases(where)}
            assert standing["1.1"] == "current"
            assert standing["1.0"] in {"draining", "drained"}
            await begun.received()
            await begun.inspect()
            await begun.until("completed")
            assert await serving(begun) == "1.1"
    assert sum(row["amount_minor"] for row in await begun.refunds()) == 5510
    bought = [row for row in await fleet.sandbox.ledger("labels") if row["kind"] == "purchase"]
    assert len([row for row in bought if begun.return_id in row["reference"]]) == 1


async def test_a_return_that_was_begun_is_gone_on_with_when_its_release_is_no_more(
    fleet: Engine, where: Surroundings
) -> None:
    async with running(fleet, "1.0"):
        await current(where, "1.0")
        begun = await Case.of(fleet)
        await begun.open()
        await begun.until("label_ready")
    async with running(fleet, "2.0"):
        await current(where, "2.0")
        await begun.received()
        assert (await begun.until("received"))["headline"] == "received"
        assert await serving(begun) == "2.0"


async def test_a_release_that_nobody_has_seen_is_refused(
    where: Surroundings, fleet: Engine
) -> None:
    async with running(fleet, "1.0"):
        await current(where, "1.0")
        refused = await go_on_with(where, "9.9", percent=10)
        assert isinstance(refused, Refused)
        assert refused.code == "no_such_release"


async def test_a_release_may_be_tried_on_a_part_of_the_returns(
    where: Surroundings, fleet: Engine
) -> None:
    async with running(fleet, "1.0"):
        await current(where, "1.0")
        async with running(fleet, "1.1"):

            async def tried() -> bool:
                return await go_on_with(where, "1.1", percent=25) is None

            await eventually(tried, "1.1 tried")
            shares = {one.release: (one.standing, one.percent) for one in await releases(where)}
            assert shares == {"1.0": ("current", 75.0), "1.1": ("ramping", 25.0)}


async def test_this_release_can_go_on_with_what_was_begun(
    engine: Engine, case: Case, temporal_env: WorkflowEnvironment
) -> None:
    await case.open()
    await case.until("label_ready")
    played = {name: why async for name, why in replay(temporal_env.client, most=5)}
    assert any(name.startswith("return:") for name in played)
    assert not [why for why in played.values() if why]
