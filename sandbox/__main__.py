"""`python -m sandbox`: the outside world, until it is told to stop."""

import asyncio
import os
import sys

from sandbox.server import open_sandbox
from sandbox.settings import Settings


async def serve(settings: Settings) -> None:
    """Run until the process is told to stop."""
    async with open_sandbox(settings) as running:
        await running


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
