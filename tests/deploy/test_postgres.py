import os
from pathlib import Path

import psycopg
import pytest

from deploy.local.children import ChildFailed, start_process
from deploy.local.ports import free_port
from deploy.local.postgres import (
    database_url,
    make_data_directory,
    postgres_is_ready,
    postgres_server,
)


async def test_what_a_killed_initdb_left_is_not_taken_for_a_database(state: Path) -> None:
    data, port = state / "postgres", free_port()
    unfinished = state / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    await make_data_directory(data, os.environ, sync=False)
    # as a killed server leaves it, its process id meanwhile that of another process
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    server = await start_process(
        postgres_server(data, port=port, env=os.environ),
        state=state,
        ready=postgres_is_ready(data, port=port),
    )
    try:
        async with await psycopg.AsyncConnection.connect(database_url(data, port=port)) as opened:
            assert await (await opened.execute("select 1")).fetchone() == (1,)
    finally:
        await server.stop()


async def test_data_of_another_major_version_is_refused_by_name(state: Path) -> None:
    data = state / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ChildFailed, match=r"was written by PostgreSQL 17 and this is 18\."):
        await make_data_directory(data, os.environ)


async def test_nobody_gets_in_without_the_password(database_url: str) -> None:
    without = database_url.replace(database_url.split("@", maxsplit=1)[0], "postgresql://backhaul")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        await psycopg.AsyncConnection.connect(without)
