"""Replays every recorded history and prints a digest of all that is sent out, inputs and all."""

import asyncio
import hashlib
import os
import sys

from tests.workflows.replaying import read, replayed
from tests.workflows.test_replay import RECORDED


async def main() -> None:
    for path in RECORDED:
        digest = hashlib.sha256()
        for command in await replayed(read(path)):
            digest.update(command.SerializeToString(deterministic=True))
        sys.stdout.write(f"{path.stem} {digest.hexdigest()}\n")


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
    # All is said. The replayer's threads may still hold coroutines of workflows thrown away in
    # the middle of a wait, and an interpreter that tears them down can abort.
    os._exit(0)
