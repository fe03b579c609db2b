"""`python -m bench [WHAT]`: run a comparison, print it, and fail where a promise is broken."""

import argparse
import asyncio
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from rich.console import Console

from bench import shown
from bench.shown import Report

WIDTH = 132


async def _returns(asked: Namespace) -> Report:
    from bench.comparison import compare

    return shown.of_returns(await compare(returns=asked.returns, pairs=asked.pairs))


async def _ledger(asked: Namespace) -> Report:
    from bench.ledger import rival

    return shown.of_ledger(await rival(appends=asked.appends, pairs=3))


async def _events(asked: Namespace) -> Report:
    from bench.events import measure

    return (await measure(rounds=asked.rounds)).report()


async def _subscription(asked: Namespace) -> Report:
    from bench.subscription import measure

    return await measure(seconds=asked.seconds)


async def _signals(asked: Namespace) -> Report:
    from bench.signals import measure

    return await measure(returns=asked.signals, paced=asked.paced, rounds=asked.pairs)


async def _dbos(asked: Namespace) -> Report:
    from bench.beside_dbos import measure

    return await measure(returns=asked.returns, paced=asked.paced, rounds=asked.pairs)


async def _growth(asked: Namespace) -> Report:
    from bench.growth import measure

    return await measure(opened=asked.open, returns=asked.returns, blocks=max(1, asked.pairs // 2))


COMPARISONS: Mapping[str, Callable[[Namespace], Coroutine[Any, Any, Report]]] = {
    "returns": _returns,
    "ledger": _ledger,
    "events": _events,
    "subscription": _subscription,
    "signals": _signals,
    "growth": _growth,
    "dbos": _dbos,
}
"""Each imports what it needs when it is asked for: others' packages are not always here."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=COMPARISONS, default="returns")
    parser.add_argument("--appends", type=int, default=480, help="in each block of `ledger`")
    parser.add_argument("--returns", type=int, default=20, help="in each block of `returns`")
    parser.add_argument("--pairs", type=int, default=6, help="of blocks with a worker, in turn")
    parser.add_argument("--rounds", type=int, default=7, help="of blocks of the others, in turn")
    parser.add_argument("--seconds", type=int, default=20, help="of each side of `subscription`")
    parser.add_argument("--signals", type=int, default=100, help="of each kind of `signals`")
    parser.add_argument("--paced", type=int, default=60, help="returns in each busy block")
    parser.add_argument("--open", type=int, default=10_000, help="returns beside those of `growth`")
    parser.add_argument("--no-gate", action="store_true", help="never fail, only show")
    asked = parser.parse_args()
    try:
        report = asyncio.run(COMPARISONS[asked.what](asked))
    except ModuleNotFoundError as missing:
        print(f"{missing.name} is not here: `make bench-{asked.what}` installs it", file=sys.stderr)
        return 2
    console = Console(width=WIDTH)
    for table in report.tables:
        console.print(table)
    for broken in report.broken:
        console.print(f"[red]{broken}[/red]")
    return 1 if report.broken and not asked.no_gate else 0


if __name__ == "__main__":
    sys.exit(main())
