"""Opens the sandbox's doors, HTTP and SMTP, and keeps its time, while a context is open."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn

from sandbox.app import build_app
from sandbox.mail import Mailboxes
from sandbox.runner import Runner
from sandbox.settings import Settings
from sandbox.world import World

GRACE_S = 1  # for answers under way, some of which never come


@asynccontextmanager
async def open_sandbox(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """Run all partners on one world.

    Yields:
        A task that ends when the process is told to stop, or fails when a partner does.
    """
    world = World(settings)
    runner = Runner(world)
    server = uvicorn.Server(_config(world, runner, settings))
    mail = await asyncio.get_running_loop().create_server(
        Mailboxes(world).server, settings.host, settings.smtp_port
    )
    world.outbox.resume()
    serving = asyncio.create_task(server.serve())
    keeping_time = asyncio.create_task(runner.keep_time())
    running = asyncio.create_task(_first_end(serving, keeping_time))
    try:
        yield running
    finally:
        mail.close()
        for task in (serving, keeping_time, running):
            task.cancel()  # told to stop, the server had its grace and is done
            with suppress(asyncio.CancelledError):
                await task
        for door in server.servers:
            door.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await world.outbox.stop()
        world.books.close()


def _config(world: World, runner: Runner, settings: Settings) -> uvicorn.Config:
    config = uvicorn.Config(
        build_app(world, runner),
        host=settings.host,
        port=settings.port,
        log_level="error",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_no_cut_on_purpose)
    return config


def _is_no_cut_on_purpose(record: logging.LogRecord) -> bool:
    return "without completing response" not in record.getMessage()


async def _first_end(*tasks: asyncio.Task[None]) -> None:
    """Wait until one of them ends, and fail as it does."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
