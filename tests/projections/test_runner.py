"""The read models are kept up in a process that has other things to do, and rebuilt by name."""

import asyncio
import base64
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from activities.event_store import StoredEvent
from adapters.postgres.pool import Connection, Pool
from projections.board import Board
from projections.catalogue import PROJECTIONS
from projections.return_board import ReturnBoard
from projections.runner import UnknownProjection, catch_up, keep_up, rebuild
from tests.projections.dumps import dump
from tests.projections.story import Story


class Watched(ReturnBoard):
    """Says when it has applied something."""

    def __init__(self) -> None:
        super().__init__()
        self.applied = asyncio.Event()

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        await super().apply(connection, events)
        self.applied.set()


class Broken:
    """Meets an event that it cannot read."""

    name = "broken"
    version = 1

    def __init__(self) -> None:
        self.met = asyncio.Event()

    async def create(self, connection: Connection) -> None:
        await connection.execute("CREATE TABLE broken ()")

    async def apply(self, connection: Connection, events: Sequence[StoredEvent]) -> None:
        self.met.set()
        raise ValueError("an event of tomorrow")


async def test_a_projection_that_fails_does_not_stop_the_others(
    pool: Pool, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, watched = Broken(), Watched()
    monkeypatch.setattr(
        "projections.runner.PROJECTIONS", {"broken": lambda: broken, "board": lambda: watched}
    )
    stop = asyncio.Event()
    running = asyncio.create_task(keep_up(pool, None, stop))
    await story.open("R-1")
    await broken.met.wait()
    watched.applied.clear()
    await story.label("R-1", "T1")
    await watched.applied.wait()
    stop.set()
    await running
    assert await Board(pool).get("acme", "R-1") is not None


async def test_every_projection_catches_up_to_the_same_place(pool: Pool, story: Story) -> None:
    await story.whole()
    places = await catch_up(pool)
    assert set(places) == set(PROJECTIONS)
    assert set(places.values()) == {await story.store.head()}


async def test_an_unknown_projection_is_refused_by_name(pool: Pool) -> None:
    with pytest.raises(UnknownProjection, match="no projection bord: there are return_board"):
        await rebuild(pool, "bord")


async def run_program(url: str, *arguments: str) -> tuple[int, str]:
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
        "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "projections", *arguments,
        env=env, cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, (out + err).decode()


async def test_the_program_rebuilds_one_by_name(
    fresh_database: str, pool: Pool, story: Story
) -> None:
    await story.whole()
    await catch_up(pool)
    before = await dump(pool, "return_board")
    async with pool.connection() as connection:
        await connection.execute("DELETE FROM projections.return_board")
    code, told = await run_program(fresh_database, "rebuild", "return_board")
    assert code == 0, told
    assert f"built up to position {await story.store.head()}" in told
    assert await dump(pool, "return_board") == before


@pytest.mark.parametrize("arguments", [("rebuild",), ("rebuild", "bord"), ("drop",)])
async def test_the_program_says_what_is_wrong_with_how_it_was_called(
    fresh_database: str, arguments: tuple[str, ...]
) -> None:
    code, told = await run_program(fresh_database, *arguments)
    assert code == 2
    assert "usage" in told or "no projection bord" in told
