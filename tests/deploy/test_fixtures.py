import asyncio
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker


@workflow.defn
class WaitsForWeeks:
    @workflow.run
    async def run(self) -> str:
        await asyncio.sleep(timedelta(weeks=3).total_seconds())
        return "patient"


@pytest.mark.parametrize("attempt", ["first", "second"])
async def test_each_test_gets_a_database_of_its_own(fresh_database: str, attempt: str) -> None:
    async with await psycopg.AsyncConnection.connect(fresh_database) as connection:
        await connection.execute("create table only_here (attempt text)")
        await connection.execute("insert into only_here values (%s)", [attempt])
        found = await connection.execute("select attempt from only_here")
        assert await found.fetchall() == [(attempt,)]


async def test_weeks_pass_in_a_workflow_when_asked_to(temporal_env: WorkflowEnvironment) -> None:
    queue = f"weeks-{uuid4()}"
    async with Worker(temporal_env.client, task_queue=queue, workflows=[WaitsForWeeks]):
        handle = await temporal_env.client.start_workflow(
            WaitsForWeeks.run, id=queue, task_queue=queue
        )
        await temporal_env.fast_forward(handle, timedelta(weeks=4))
        assert await handle.result() == "patient"
