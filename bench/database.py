"""A PostgreSQL server that is thrown away."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local import postgres
from deploy.local.children import start_process
from deploy.local.ports import free_port


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """Start it, with the settings of the local stack; gives its address, as the owner."""
    state = Path(tempfile.mkdtemp(prefix="backhaul-bench-"))
    try:
        data, port = state / "postgres", free_port()
        await postgres.make_data_directory(data, os.environ)
        server = await start_process(
            postgres.postgres_server(data, port=port, env=os.environ),
            state=state,
            ready=postgres.postgres_is_ready(data, port=port),
        )
        try:
            yield postgres.database_url(data, port=port)
        finally:
            await server.stop()
    finally:
        shutil.rmtree(state, ignore_errors=True)
