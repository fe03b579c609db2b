"""Returns a second: as many at a time as keep a machine busy."""

from time import perf_counter

from bench.journey import Journey


async def pace(journey: Journey, returns: int) -> float:
    """Take so many returns through their lives at once; gives returns a second.

    The journey is one without pauses: by the time that the last of so many has heard a thing, the
    first is long done with it.
    """
    began = perf_counter()
    await journey.take(returns)
    return returns / (perf_counter() - began)
