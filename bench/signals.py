"""How soon a return answers: an opening, and a message until it can be read in the event store.

One at a time, on a server that has nothing else to do: openings until the caller has the decision,
then a scan for each return while the worker has it in its cache, and another once a new worker has
taken over, which must first replay the workflow and read its stream. Returns a second beside the
bare workflow are measured in turn, with as many returns at a time as keep the machine busy.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from statistics import quantiles
from time import perf_counter

import psycopg
from psycopg.rows import TupleRow

from bench.comparison import Side, bare, engine
from bench.journey import Journey
from bench.pace import pace
from bench.promises import Promise, broken
from bench.shown import Report, beside, table
from bench.stage import stage
from bench.turns import in_turn
from bench.words import TENANT
from sandbox.control_client import SandboxControl
from workflows.names import workflow_id

MOST_WARM_MS, MOST_COLD_MS = 25.0, 60.0
LEAST_PACE = 0.9
LOOK_AGAIN_S = 0.001
REST_S = 1.0
"""Before the first message: right after a burst the server takes up tasks at a beat of 50 ms, of
the bare workflow as of ours, and that is what would be measured."""
FORGOTTEN_S = 12.0
"""After so long the server offers no task to a worker that has gone."""

Connection = psycopg.AsyncConnection[TupleRow]


async def measure(*, returns: int, paced: int, rounds: int) -> Report:
    """Run it all on servers of its own.

    Args:
        returns: Opened, told in the cache and told out of it.
        paced: In each block of either side.
        rounds: Blocks of each side.
    """
    async with (
        stage() as on,
        SandboxControl(on.sandbox_url) as sandbox,
        await psycopg.AsyncConnection.connect(on.env["DATABASE_URL"], autocommit=True) as looking,
    ):
        await sandbox.script("*", "refund.pending")
        async with engine(on, sandbox) as (ours, sizes), bare(on, sandbox, sizes) as (plain, _):
            known = await ours.journey.paid(returns)
            opened = await _each(known, lambda one: ours.journey.open(one, datetime.now(UTC)))
            tracking = await ours.journey.labelled(known)
            await asyncio.sleep(REST_S)
            warm = await _each(known, partial(_until_seen, looking, ours, tracking, "scanned"))
            sides = {
                name: partial(pace, Journey(side.door, sandbox, prefix=prefix, pause_s=0.0), paced)
                for name, side, prefix in (("engine", ours, "P"), ("bare", plain, "Q"))
            }
            paces = await in_turn(sides, rounds=rounds)
        async with engine(on, sandbox, prefix="F") as (again, _sizes):
            await asyncio.sleep(FORGOTTEN_S)
            cold = await _each(known, partial(_until_seen, looking, again, tracking, "delivered"))
    rows = [
        ("open, until decided", opened, ""),
        ("signal, in the cache", warm, f"{MOST_WARM_MS:.0f}"),
        ("signal, out of it", cold, f"{MOST_COLD_MS:.0f}"),
    ]
    shown = [
        (name, *(f"{_at(took, p):.1f}" for p in (50, 90, 99)), most) for name, took, most in rows
    ]
    columns = ("ms", "p50", "p90", "p99", "p50 at most")
    promises = [
        Promise("signal in the cache, ms, p50", _at(warm, 50), most=MOST_WARM_MS),
        Promise("signal out of it, ms, p50", _at(cold, 50), most=MOST_COLD_MS),
        Promise("returns/s beside bare", paces.ratio("engine", "bare"), least=LEAST_PACE),
    ]
    busy = beside(
        "a busy machine", "returns/s", {"plain": paces}, {"plain": f"at least {LEAST_PACE}"}
    )
    return Report([table("until it is seen", columns, shown), busy], broken(promises))


async def _each(returns: Iterable[str], do: Callable[[str], Awaitable[None]]) -> list[float]:
    """Do it for one after the other; gives the milliseconds that each took."""
    took = []
    for return_id in returns:
        began = perf_counter()
        await do(return_id)
        took.append((perf_counter() - began) * 1_000)
    return took


async def _until_seen(
    looking: Connection, side: Side, tracking: dict[str, str], status: str, return_id: str
) -> None:
    """Tell of a scan, and wait until the stream has grown by it."""
    before = await _version(looking, return_id)
    await side.journey.scan(return_id, tracking[return_id], status, datetime.now(UTC))
    while await _version(looking, return_id) == before:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(LOOK_AGAIN_S)


async def _version(looking: Connection, return_id: str) -> int:
    stream = workflow_id(TENANT, return_id)
    cursor = await looking.execute(
        "SELECT version FROM backhaul.stream WHERE stream_id = %s", [stream]
    )
    [(version,)] = await cursor.fetchall()
    return int(version)


def _at(took: list[float], percent: int) -> float:
    return quantiles(took, n=100, method="inclusive")[percent - 1]
