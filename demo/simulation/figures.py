"""What a simulation came to, in numbers: read from the streams and the partners' books alone."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from demo.audit import Row
from demo.audit.promises import paid_out
from demo.journeys import Journey
from demo.stories import Stories, Story
from domain.orders.order import OrderSnapshot
from domain.orders.values import unit_values
from domain.returns.evolve import evolve
from domain.returns.shown.headline import headline
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event
from domain.words import Headline

EXCEPTIONS = (
    Headline.IN_REVIEW,
    Headline.PICKUP_EXCEPTION,
    Headline.TRANSIT_EXCEPTION,
    Headline.DISPUTED,
    Headline.LOST,
)
"""What a return stands at while something is out of the ordinary."""

Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Figures:
    """Tables, each a list of rows that a chart or a reader takes as they are."""

    headlines: Table  # day, headline, returns
    refunds: Table  # days from the request to the last money, by return
    exceptions: Table  # headline, days, one row for each time it was entered
    tenders: Table  # currency, to, amount_minor, payouts
    goods: Table  # disposition, grade, currency, units, captured_minor: what was paid for them
    ways: Table  # the way a return was to go, how it ended, returns


def figures(stories: Stories, journeys: Sequence[Journey], began: datetime) -> Figures:
    """Read it all off the streams."""
    titles = {journey.return_id: journey.title for journey in journeys}
    orders = {journey.return_id: journey.request.order for journey in journeys}
    told = [story for story in stories if story.rows]
    lives = {story.return_id: list(_life(story.rows)) for story in told}
    return Figures(
        headlines=_headlines(lives, began),
        refunds=[*_refunds(told)],
        exceptions=[*_exceptions(lives)],
        tenders=_tenders(told),
        goods=_goods(told, orders),
        ways=_ways(stories, titles),
    )


Life = list[tuple[datetime, str]]
"""When a return came to stand at what."""


def _life(rows: Sequence[Row]) -> Iterator[tuple[datetime, str]]:
    state, stands, at = ReturnState(), "", datetime.fromisoformat(rows[0]["occurred_at"])
    for row in rows:
        state = evolve(state, read_event(row.type, row["schema_version"], _text(row)))
        at = max(at, datetime.fromisoformat(row["occurred_at"]))
        now = headline(state) or ""
        if now != stands:
            stands = now
            yield at, stands


def _text(row: Row) -> str:
    return json.dumps(row.data)


def _headlines(lives: Mapping[str, Life], began: datetime) -> Table:
    """How many returns stand at what at the end of each day."""
    last = max((life[-1][0] for life in lives.values()), default=began)
    table: Table = []
    for day in range((last - began).days + 2):
        at = began + timedelta(days=day)
        stands = Counter(
            [known for when, known in life if when <= at][-1]
            for life in lives.values()
            if life[0][0] <= at
        )
        table += [
            {"day": day, "headline": name, "returns": count} for name, count in stands.items()
        ]
    return table


def _refunds(told: Sequence[Story]) -> Iterator[dict[str, Any]]:
    for story in told:
        asked = datetime.fromisoformat(story.rows[0]["occurred_at"])
        paid = [row for row in story.rows if row.type == "PayoutSucceeded"]
        if paid:
            took = datetime.fromisoformat(paid[-1]["occurred_at"]) - asked
            yield {"return_id": story.return_id, "days": round(took / timedelta(days=1), 2)}


def _exceptions(lives: Mapping[str, Life]) -> Iterator[dict[str, Any]]:
    for life in lives.values():
        for (since, stands), (until, _) in pairwise(life):
            if stands in EXCEPTIONS:
                days = round((until - since) / timedelta(days=1), 2)
                yield {"headline": str(stands), "days": days}


def _tenders(told: Sequence[Story]) -> Table:
    sums: Counter[tuple[str, str]] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for story in told:
        for plan in paid_out(story.rows).values():
            to = plan["provider"] if plan["destination"] == "tender" else plan["destination"]
            key = (plan["currency"], to)
            sums[key] += plan["amount_minor"]
            counts[key] += 1
    return [
        {"currency": key[0], "to": key[1], "amount_minor": sums[key], "payouts": counts[key]}
        for key in sorted(sums)
    ]


def _goods(told: Sequence[Story], orders: Mapping[str, OrderSnapshot | None]) -> Table:
    """Units by where they were put, with what had been captured for them."""
    units: Counter[tuple[str, str, str]] = Counter()
    captured: Counter[tuple[str, str, str]] = Counter()
    for story in told:
        order = orders[story.return_id]
        values = unit_values(order.order()) if order else {}
        sold = {one["unit"]: (one["line_id"], one["ordinal"]) for one in story.rows[0]["units"]}
        grades = {row["unit"]: row["grade"] for row in story.rows if row.type == "UnitInspected"}
        put = {row["unit"]: row for row in story.rows if row.type == "DispositionDecided"}
        for unit, row in put.items():
            grade = grades.get(unit, "not inspected")
            key = (row["disposition"], grade, story.rows[0]["currency"])
            units[key] += 1
            value = values.get(sold[unit]) if unit in sold else None
            captured[key] += value.total_minor if value else 0
    names = ("disposition", "grade", "currency")
    return [
        {**dict(zip(names, key, strict=True)), "units": count, "captured_minor": captured[key]}
        for key, count in sorted(units.items())
    ]


def _ways(stories: Stories, titles: Mapping[str, str]) -> Table:
    ends = Counter(
        (titles[story.return_id], "refused" if story.answer else str(story.status.headline))
        for story in stories
    )
    return [
        {"way": way, "ended": ended, "returns": count}
        for (way, ended), count in sorted(ends.items())
    ]
