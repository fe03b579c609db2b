"""Others who write to the same stream: whoever came too late decides again, after a short pause."""

import asyncio
import random

PATIENCE = 100
"""Times that somebody else may be faster before we say so."""

_FIRST_PAUSE_S = 0.004  # about what an append takes
_LONGEST_PAUSE_S = 0.2


class Crowded(Exception):
    """Others wrote to this stream faster than we could decide. Ask again."""


async def let_others_pass(attempt: int) -> None:
    """Wait before an attempt, longer each time, and no two alike: not all may come back at once.

    Args:
        attempt: How many were made before this one; the first is not waited for.
    """
    if attempt:
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * (1 << min(attempt - 1, 10)))
        await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 no secret
