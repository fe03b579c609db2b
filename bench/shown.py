"""What a comparison shows: tables, and the promises that it found broken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from rich.table import Table

from bench.comparison import MOST_EVENTS, MOST_RATIO, Block, Comparison
from bench.ledger import Rivalry
from bench.stage import PARTS
from bench.turns import Turns, spread


@dataclass(frozen=True)
class Report:
    """What is printed in the end; a broken promise fails the run."""

    tables: list[Table]
    broken: list[str] = field(default_factory=list)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table of figures whose first column says what they are."""
    shown = Table(title=title, show_edge=False)
    for place, column in enumerate(columns):
        shown.add_column(column, justify="right" if place else "left")
    for row in rows:
        shown.add_row(*row)
    return shown


def beside(title: str, unit: str, turns: Mapping[str, Turns], promised: Mapping[str, str]) -> Table:
    """What we came to beside each of the others, and how many times theirs that is.

    Args:
        title: What was compared.
        unit: Of every figure.
        turns: By what was done; ours is the first side of each.
        promised: What the first ratio is held to, by what was done.
    """
    rows = []
    for what, measured in turns.items():
        ours, *others = measured.figures
        row = [what, _figure(measured.middle(ours))]
        for other in others:
            row += [_figure(measured.middle(other)), spread(measured.ratios(ours, other))]
        rows.append([*row, promised.get(what, "")])
    ours, *others = next(iter(turns.values())).figures
    paired = [name for other in others for name in (other, "ratio")]
    return table(title, [unit, ours, *paired, "promised"], rows)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def of_returns(result: Comparison) -> Report:
    """One plain return, beside the bare workflow."""
    sides = (result.engine, result.bare, result.listed)
    rows = []
    for what, limit in (("events", str(MOST_EVENTS)), ("history_bytes", "")):
        engine, bare, listed = (_of(side, what) for side in sides)
        rows.append((what.replace("_", " "), engine, bare, "", limit, listed, ""))
    for part in (*PARTS, ""):
        engine, bare, listed = (_cpu(side, part) for side in sides)
        ratios = (_ratio(result, part), _ratio(result, part, listed=True))
        limit = "" if part else f"{MOST_RATIO:.2f}"
        name = f"CPU of {part or 'all three'}, ms"
        rows.append((name, engine, bare, ratios[0], limit, listed, ratios[1]))
    columns = ("", "engine", "bare", "ratio", "at most", "bare, listed", "ratio")
    return Report([table("one plain drop-off refund", columns, rows)], result.broken())


def of_ledger(measured: list[Rivalry]) -> Report:
    """Many who write to one order."""
    rows = []
    for each in measured:
        apart = median(run.per_second for run in each.apart)
        hot = median(run.per_second for run in each.hot)
        paces = (f"{apart:,.0f}", f"{hot:,.0f}", f"{each.ratio:.2f}")
        rows.append((str(each.writers), *paces, f"{each.conflicts:.2f}"))
    columns = ("writers", "appends/s apart", "appends/s on one", "ratio", "conflicts per append")
    return Report([table("many who write to one order", columns, rows)])


def _ratio(result: Comparison, part: str = "", *, listed: bool = False) -> str:
    return spread(result.ratios(part, listed=listed))


def _of(blocks: list[Block], what: str) -> str:
    values = [value for block in blocks for value in getattr(block, what)]
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def _cpu(blocks: list[Block], part: str = "") -> str:
    return f"{median(block.cpu_ms(part) for block in blocks):.1f}"
