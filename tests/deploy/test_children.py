import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from deploy.local import ChildFailed, Program, start_process
from deploy.local.children import OWNER, stop_survivors

CALLS_HOME = """
import os, socket, sys
home = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
home.sendall(f"{os.getpid()}\\n".encode())
home.recv(1)
"""


class Home:
    """Where a child reports, so that a test waits for it and not for a time."""

    def __init__(self) -> None:
        self._pids: asyncio.Queue[int] = asyncio.Queue()
        self.hung_up = asyncio.Event()

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._pids.put_nowait(int(await reader.readline()))
        await reader.read()
        self.hung_up.set()
        writer.close()

    async def next_pid(self) -> int:
        async with asyncio.timeout(20):
            return await self._pids.get()


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


async def test_a_child_that_dies_is_started_again(state: Path) -> None:
    home = Home()
    async with await asyncio.start_server(home.heard, "127.0.0.1", 0) as server:
        port = str(server.sockets[0].getsockname()[1])
        program = Program("caller", [sys.executable, "-c", CALLS_HOME, port], os.environ)
        child = await start_process(program, state=state, ready=at_once)
        try:
            first = await home.next_pid()
            os.kill(first, signal.SIGKILL)
            second = await home.next_pid()
            assert second != first
        finally:
            await child.stop()
        assert child.pid is None


async def test_a_child_is_killed_with_what_it_started_and_started_again(state: Path) -> None:
    home = Home()
    async with await asyncio.start_server(home.heard, "127.0.0.1", 0) as server:
        port = str(server.sockets[0].getsockname()[1])
        started = ("sh", "-c", '"$@" & wait', "sh", sys.executable, "-c", CALLS_HOME, port)
        child = await start_process(
            Program("parent", started, os.environ), state=state, ready=at_once
        )
        try:
            first = await home.next_pid()
            child.kill()
            async with asyncio.timeout(20):
                await home.hung_up.wait()
            assert await home.next_pid() != first
        finally:
            child.kill()
            await child.stop()


async def test_a_child_that_ends_before_it_is_ready_has_its_last_words_told(state: Path) -> None:
    program = Program("poet", [sys.executable, "-c", "exit('no disk, no verse')"], os.environ)
    with pytest.raises(ChildFailed, match=r"poet ended with 1(?s:.*)no disk, no verse"):
        await start_process(program, state=state, ready=never)


async def test_a_child_whose_stack_was_killed_is_found_and_ended(state: Path) -> None:
    home = Home()
    async with await asyncio.start_server(home.heard, "127.0.0.1", 0) as server:
        port = str(server.sockets[0].getsockname()[1])
        parent = await asyncio.create_subprocess_exec(
            *("sh", "-c", '"$@" &', "sh", sys.executable, "-c", CALLS_HOME, port),
            env=os.environ | {OWNER: str(state)},
        )
        await parent.wait()
        await home.next_pid()
        assert not home.hung_up.is_set()

        await asyncio.to_thread(stop_survivors, state)
        async with asyncio.timeout(20):
            await home.hung_up.wait()
