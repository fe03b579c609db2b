"""`python -m sandbox`: the outside world, until it is told to stop."""

import asyncio
import os
import sys
from contextlib import suppress

import uvicorn

from sandbox.app import build_app
from sandbox.mail import Mailboxes
from sandbox.runner import Runner
from sandbox.settings import Settings
from sandbox.world import World

HOST = "127.0.0.1"
GRACE_S = 1  # for answers under way, some of which never come


async def serve(settings: Settings) -> None:
    """Run all partners on one world, until the process is told to stop."""
    world = World(settings)
    runner = Runner(world)
    config = uvicorn.Config(
        build_app(world, runner),
        host=HOST,
        port=settings.port,
        log_level="critical",  # an answer that is cut on purpose is no error
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(Mailboxes(world).server, HOST, settings.smtp_port)
    world.outbox.resume()
    server = uvicorn.Server(config)
    serving, ticking = (asyncio.create_task(work) for work in (server.serve(), runner.keep_time()))
    await asyncio.wait((serving, ticking), return_when=asyncio.FIRST_COMPLETED)
    mail.close()
    if ticking.done() and not serving.done():
        server.should_exit = True
        await serving
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking
    await world.outbox.stop()
    world.books.close()


def main() -> int:
    """Start with what the surroundings say."""
    try:
        settings = Settings.from_env(os.environ)
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
