"""`python -m projections`: keep the read models up to date, or `rebuild NAME` one of them."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from adapters.logging import configure_logging
from adapters.postgres.pool import connect
from adapters.settings import Settings, SettingsError
from projections.runner import UnknownProjection, rebuild, run_projections

USAGE = "usage: python -m projections [rebuild NAME]"


def main(arguments: Sequence[str]) -> int:
    """Give 0 when done, 2 for wrong usage."""
    work: Callable[[Settings], Coroutine[Any, Any, None]]
    match arguments:
        case []:
            work = _run
        case ["rebuild", name]:
            work = _rebuild(name)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings.log)
        asyncio.run(work(settings))
    except (SettingsError, UnknownProjection) as wrong:
        print(*wrong.args, file=sys.stderr)
        return 2
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for stopping in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stopping, stop.set)
    await run_projections(settings.database_url, stop, migrate=settings.sets_up)


def _rebuild(name: str) -> Callable[[Settings], Coroutine[Any, Any, None]]:
    async def work(settings: Settings) -> None:
        async with await connect(settings.database_url) as pool:
            print(f"{name} is built up to position {await rebuild(pool, name)}")

    return work


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
