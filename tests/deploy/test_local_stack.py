import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from deploy.local import LocalStack, StackAlreadyRuns, with_running_stack
from deploy.local.addresses import write_variables
from tests.deploy.conftest import RunningStack

Start = Callable[[], Coroutine[Any, Any, RunningStack]]

ELSEWHERE = {
    "DATABASE_URL": "postgresql://engine@db.example/returns",
    "TEMPORAL_ADDRESS": "temporal.example:7233",
}


def only_the_stack(stack: RunningStack) -> list[psutil.Process]:
    return [psutil.Process(stack.process.pid)]


def everything(stack: RunningStack) -> list[psutil.Process]:
    return [psutil.Process(stack.process.pid), *stack.children]


@pytest.mark.parametrize("killed", [only_the_stack, everything])
async def test_a_start_after_kill_9_goes_on_with_the_same_data(
    start_stack: Start, state: Path, killed: Callable[[RunningStack], list[psutil.Process]]
) -> None:
    first = await start_stack()
    await write_a_row_and_start_a_workflow(first.env)

    victims = killed(first)
    for victim in victims:
        victim.kill()
    await first.process.wait()

    async with LocalStack.at(state, env={}) as second:
        await both_are_still_there(second.environment)


async def test_a_stack_that_is_told_to_stop_leaves_no_process_behind(start_stack: Start) -> None:
    stack = await start_stack()
    stack.process.send_signal(signal.SIGTERM)

    assert await stack.process.wait() == 0
    assert [child for child in stack.children if child.is_running()] == []
    assert with_running_stack({"BACKHAUL_STATE": stack.env["BACKHAUL_STATE"]}).keys() == {
        "BACKHAUL_STATE"
    }


async def test_a_taken_port_is_not_an_error(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        write_variables(state / "ports.json", {"postgres": str(taken)})
        env = {"TEMPORAL_ADDRESS": ELSEWHERE["TEMPORAL_ADDRESS"]}
        async with LocalStack.at(state, env=env) as stack:
            assert f":{taken}/" not in stack.database_url
            async with await psycopg.AsyncConnection.connect(stack.database_url) as connection:
                version = await (await connection.execute("show server_version_num")).fetchone()
            assert version
            assert int(version[0]) // 10_000 == 18


async def test_a_second_stack_on_the_same_folder_is_told_who_has_it(state: Path) -> None:
    async with LocalStack.at(state, env=ELSEWHERE):
        with pytest.raises(StackAlreadyRuns, match=rf"in process {psutil.Process().pid}\b"):
            async with LocalStack.at(state, env=ELSEWHERE):
                pass


async def test_a_folder_is_free_again_when_its_stack_has_stopped(state: Path) -> None:
    for _ in range(2):
        async with LocalStack.at(state, env=ELSEWHERE) as stack:
            assert stack.environment["DATABASE_URL"] == ELSEWHERE["DATABASE_URL"]


async def test_servers_that_are_elsewhere_are_used_and_not_started(state: Path) -> None:
    before = psutil.Process().children(recursive=True)
    async with LocalStack.at(state, env=ELSEWHERE) as stack:
        assert psutil.Process().children(recursive=True) == before
        assert stack.database_url == ELSEWHERE["DATABASE_URL"]
        assert stack.temporal_address == ELSEWHERE["TEMPORAL_ADDRESS"]
        assert stack.ui_url is None
    assert not (state / "postgres").exists()
    assert not (state / "temporal.db").exists()


async def write_a_row_and_start_a_workflow(env: dict[str, str]) -> None:
    async with await psycopg.AsyncConnection.connect(env["DATABASE_URL"]) as connection:
        await connection.execute("create table parcel (place text)")
        await connection.execute("insert into parcel values ('Lyon')")
    client = await Client.connect(env["TEMPORAL_ADDRESS"])
    await client.start_workflow("NobodyRunsIt", id="still-there", task_queue="nobody")


async def both_are_still_there(env: dict[str, str]) -> None:
    async with await psycopg.AsyncConnection.connect(env["DATABASE_URL"]) as connection:
        found = await connection.execute("select place from parcel")
        assert await found.fetchall() == [("Lyon",)]
    client = await Client.connect(env["TEMPORAL_ADDRESS"])
    description = await client.get_workflow_handle("still-there").describe()
    assert description.status is WorkflowExecutionStatus.RUNNING
