"""`python -m bench [ledger]`: run a comparison, print it, and fail where a promise is broken."""

import argparse
import asyncio
import sys
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.comparison import MOST_EVENTS, MOST_RATIO, Block, Comparison, compare
from bench.ledger import Rivalry, rival
from bench.stage import PARTS

WIDTH = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("returns", "ledger"), default="returns")
    parser.add_argument("--appends", type=int, default=480, help="in each block of `ledger`")
    parser.add_argument("--returns", type=int, default=20, help="in each block")
    parser.add_argument("--pairs", type=int, default=6, help="blocks of each worker, in turn")
    parser.add_argument("--no-gate", action="store_true", help="never fail, only show")
    asked = parser.parse_args()
    if asked.what == "ledger":
        Console(width=WIDTH).print(_rivalries(asyncio.run(rival(appends=asked.appends, pairs=3))))
        return 0
    result = asyncio.run(compare(returns=asked.returns, pairs=asked.pairs))
    console = Console(width=WIDTH)
    console.print(_table(result))
    for broken in result.broken():
        console.print(f"[red]{broken}[/red]")
    return 1 if result.broken() and not asked.no_gate else 0


def _rivalries(measured: list[Rivalry]) -> Table:
    table = Table(title="many who write to one order", show_edge=False)
    columns = ("writers", "appends/s apart", "appends/s on one", "ratio", "conflicts per append")
    for column in columns:
        table.add_column(column, justify="right")
    for each in measured:
        apart = median(run.per_second for run in each.apart)
        hot = median(run.per_second for run in each.hot)
        paces = (f"{apart:,.0f}", f"{hot:,.0f}", f"{each.ratio:.2f}")
        table.add_row(str(each.writers), *paces, f"{each.conflicts:.2f}")
    return table


def _table(result: Comparison) -> Table:
    table = Table(title="one plain drop-off refund", show_edge=False)
    for column in ("", "engine", "bare", "ratio", "at most", "bare, listed", "ratio"):
        table.add_column(column, justify="left" if not column else "right")

    sides = (result.engine, result.bare, result.listed)
    for what, limit in (("events", str(MOST_EVENTS)), ("history_bytes", "")):
        engine, bare, listed = (_of(side, what) for side in sides)
        table.add_row(what.replace("_", " "), engine, bare, "", limit, listed, "")
    for part in (*PARTS, ""):
        engine, bare, listed = (_cpu(side, part) for side in sides)
        ratios = (_ratio(result, part), _ratio(result, part, listed=True))
        limit = "" if part else f"{MOST_RATIO:.2f}"
        name = f"CPU of {part or 'all three'}, ms"
        table.add_row(name, engine, bare, ratios[0], limit, listed, ratios[1])
    return table


def _ratio(result: Comparison, part: str = "", *, listed: bool = False) -> str:
    ratios = result.ratios(part, listed=listed)
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _of(blocks: list[Block], what: str) -> str:
    values = [value for block in blocks for value in getattr(block, what)]
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def _cpu(blocks: list[Block], part: str = "") -> str:
    return f"{median(block.cpu_ms(part) for block in blocks):.1f}"


if __name__ == "__main__":
    sys.exit(main())
