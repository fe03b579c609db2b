"""The report as one page that needs nothing else, and as JSON beside it."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.simulation.charts import charts
from demo.simulation.figures import Table
from demo.simulation.report import CAME, Report
from domain.money import Money

ABOUT: dict[str, tuple[str, str]] = {
    "headlines": (
        "How returns stood, day by day",
        "At the end of each day of the calendar; above what is under way, below what has ended.",
    ),
    "refunds": (
        "Days to the refund",
        "From the request to the last money that reached the customer, for returns that paid any.",
    ),
    "exceptions": (
        "How long what is out of the ordinary took",
        "Each time a return stood there, larger where it was more often; the mark is the median.",
    ),
    "tenders": (
        "Where the money went",
        "What stands paid back, in the currency it was paid in.",
    ),
    "goods": (
        "Where the goods went",
        "Units by where they were put and the grade they came in; below, what was paid for them.",
    ),
    "faults": (
        "What went wrong on purpose, and what came of it",
        "Put right: the return that it hit has ended, and no book differs by it.",
    ),
    "ways": ("How they were to go, and how they ended", "The wishes of customers, as drawn."),
}


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.html` and `report.json`; gives the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.as_json(), "utf-8")
    page = folder / "report.html"
    page.write_text(_page(report), "utf-8")
    return page


def _page(report: Report) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
    )
    drawn = charts(report.figures, report.faults)
    tables = _tables(report)
    shown = [
        {"title": title, "about": about, "svg": drawn.get(name, ""),
         **tables.get(name, {"rows": [], "columns": [], "numbers": []})}
        for name, (title, about) in ABOUT.items()
        if name in drawn or tables.get(name, {"rows": []})["rows"]
    ]  # fmt: skip
    return environment.get_template("page.html.j2").render(
        asked=vars(report.wanted) | {"orders": report.wanted.orders and report.wanted.orders.name},
        began=f"{report.began:%A %d %B %Y}",
        agrees=report.agrees,
        differences=report.differences,
        counts=report.counts,
        charts=shown,
    )


def _tables(report: Report) -> dict[str, dict[str, Any]]:
    told = report.figures
    money = [
        {"currency": row["currency"], "to": row["to"].replace("_", " "),
         "payouts": row["payouts"],
         "amount": Money(amount_minor=row["amount_minor"], currency=row["currency"]).plain()}
        for row in told.tenders
    ]  # fmt: skip
    worth = Counter[tuple[str, str]]()
    units = Counter[tuple[str, str]]()
    for row in told.goods:
        key = (row["disposition"].replace("_", " "), row["currency"])
        worth[key] += row["captured_minor"]
        units[key] += row["units"]
    goods = [
        {"put": put, "units": units[put, currency],
         "paid for them": Money(amount_minor=minor, currency=currency).plain()}
        for (put, currency), minor in sorted(worth.items())
    ]  # fmt: skip
    return {
        "goods": _table(goods, "put", "units", "paid for them"),
        "tenders": _table(money, "currency", "to", "payouts", "amount"),
        "faults": _table(_pivoted(report.faults), "what", *CAME, "times"),
        "ways": _table(_grouped(told.ways), "way", "returns", "ended"),
    }


def _table(rows: Table, *columns: str) -> dict[str, Any]:
    numbers = {"units", "paid for them", "payouts", "amount", "times", "returns", *CAME}
    return {"rows": rows, "columns": columns, "numbers": numbers}


def _pivoted(faults: Table) -> Table:
    """A row for each kind of fault, with what came of how many."""
    rows: dict[str, dict[str, Any]] = {}
    for one in faults:
        row = rows.setdefault(
            one["what"], {"what": one["what"], "times": 0} | dict.fromkeys(CAME, 0)
        )
        row[one["came"]] += one["times"]
        row["times"] += one["times"]
    return sorted(rows.values(), key=lambda row: -row["times"])


def _grouped(rows: Table) -> Table:
    ends: dict[str, list[str]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        ends[row["way"]].append(f"{row['returns']} {row['ended'].replace('_', ' ')}")
        totals[row["way"]] += row["returns"]
    ordered = sorted(totals, key=lambda way: -totals[way])
    return [{"way": way, "returns": totals[way], "ended": ", ".join(ends[way])} for way in ordered]
