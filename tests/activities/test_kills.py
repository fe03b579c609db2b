"""A worker killed in the middle of every step: the next one ends the same, with one effect.

Each step that the engine performs, at a moment of it, in a return of its own; all of them are
in the hands of one worker process, which is killed (`kill -9`) once they stand there. From turn
to turn each step stands at another moment: all turns together are every step at every moment.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.recovering import LOOK_AGAIN_S, LOOKS
from tests.activities.deeds import ONCE, AtPartner, AtStore
from tests.activities.dying import Death, Moment, moment_of
from tests.activities.journey import Journey
from tests.activities.proofs import PROOFS
from tests.activities.stage import Stage
from tests.engine import PATIENCE_S, environment_of, eventually
from tests.workflows.worker_process import running_worker
from workflows.options import COMPARING, GATHERING, PERFORMING, RECOVERING, REFUNDING

STEPS = {**PERFORMING, **RECOVERING, **GATHERING, **REFUNDING, **COMPARING}
KILLED = {name: proof for name, proof in PROOFS.items() if proof.activity in STEPS}
AT_A_TIME = 8
OVER_WITHIN_S = LOOKS * LOOK_AGAIN_S + PATIENCE_S
"""Who is second to file a claim waits for the first, who is dead."""
TURNS = (0, *(pytest.param(turn, marks=pytest.mark.storm) for turn in range(1, len(Moment))))


def test_every_step_that_a_workflow_orders_is_killed() -> None:
    assert {proof.activity for proof in KILLED.values()} == set(STEPS)


@pytest.mark.parametrize("turn", TURNS)
async def test_a_step_whose_worker_is_killed_at_any_moment_of_it_is_done_once(
    turn: int, stage: Stage, temporal_env: WorkflowEnvironment, tmp_path: Path
) -> None:
    client, queue = temporal_env.client, f"killed-{uuid4().hex[:8]}"
    deaths = await all_deaths(stage, turn)
    halts = json.dumps([death.halt for death in deaths if death.halt is not None])
    environment = {**environment_in(stage, client), "BACKHAUL_TASK_QUEUE": queue, "HALTS": halts}
    program, log = ("-m", "tests.activities.halting_worker"), tmp_path / "first.log"
    async with running_worker(environment, log, program) as first:
        await all_come_to_it(deaths, client, queue, log)
        await first.kill()
    async with running_worker(environment, tmp_path / "second.log"):
        for death in deaths:
            await eventually(partial(death.is_over, client), f"over: {death}", OVER_WITHIN_S)
    done = {repr(death): await death.deed.times() for death in deaths}
    assert {death: times for death, times in done.items() if times != ONCE} == {}
    assert [death for death in deaths if await death.tasks_failed(client)] == []


async def all_deaths(stage: Stage, turn: int) -> Sequence[Death]:
    """Lead a return to each step."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def led(nth: int, name: str) -> Death:
        async with gate:
            deed = await KILLED[name].ready(await Journey.of(stage))
        assert isinstance(deed, AtPartner | AtStore)
        return Death(name, deed, moment_of(deed, nth + turn))

    return await asyncio.gather(*(led(nth, name) for nth, name in enumerate(KILLED)))


def environment_in(stage: Stage, client: Client) -> dict[str, str]:
    known, temporal = stage.settings, client.service_client.config.target_host
    return {
        **environment_of(stage.database_url, temporal, known.sandbox_url or "", known.smtp_port),
        "BACKHAUL_LOG": "json",
    }


async def all_come_to_it(deaths: Iterable[Death], client: Client, queue: str, log: Path) -> None:
    """Start their workflows. Those that nothing keeps apart come alone, the hasty ones last."""
    alone = [death for death in deaths if death.is_shared]
    light = [death for death in deaths if death.is_light]
    for death in alone:
        await _come_to_it([death], client, queue, log)
    await _come_to_it([d for d in deaths if d not in (*alone, *light)], client, queue, log)
    await _come_to_it(light, client, queue, log)


async def _come_to_it(deaths: Iterable[Death], client: Client, queue: str, log: Path) -> None:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def come(death: Death) -> None:
        async with gate:
            await death.begin(client, queue)

            async def there() -> bool:
                return await death.has_come(await asyncio.to_thread(log.read_text))

            await eventually(there, f"there: {death}")

    await asyncio.gather(*map(come, deaths))
