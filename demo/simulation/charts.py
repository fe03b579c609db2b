"""Charts as SVG text, drawn by Vega-Lite inside the process: no network, no browser, no script."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import vl_convert

from demo.simulation.figures import Figures, Table
from domain.words import Headline

Spec = dict[str, Any]

WIDTH, HEIGHT = 700, 260
INK, FAINT = "#1f2933", "#d9dee4"
FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"

COLOURS: Mapping[str, str] = {
    Headline.REQUESTED: "#c6d3e1",
    Headline.IN_REVIEW: "#e3b341",
    Headline.APPROVED: "#a5c8e4",
    Headline.LABEL_READY: "#6ea8d6",
    Headline.PICKUP_SCHEDULED: "#3d7fb8",
    Headline.PICKUP_EXCEPTION: "#d9534f",
    Headline.IN_TRANSIT: "#24548a",
    Headline.TRANSIT_EXCEPTION: "#b0413e",
    Headline.PARTIALLY_RECEIVED: "#8f7cc4",
    Headline.RECEIVED: "#6a51a3",
    Headline.INSPECTING: "#9e6ebd",
    Headline.DISPUTED: "#d4569e",
    Headline.RESOLVING: "#e08a3c",
    Headline.LOST: "#7a2b2a",
    Headline.EXPIRED: "#9aa5b1",
    Headline.CANCELLED: "#b8c0c8",
    Headline.DECLINED: "#7b8794",
    Headline.COMPLETED: "#4c9a6a",
}
"""Each headline has one colour, in the order in which a return goes through them."""


ENDED = frozenset({Headline.COMPLETED, Headline.DECLINED, Headline.CANCELLED, Headline.EXPIRED})


def charts(told: Figures, faults: Table) -> dict[str, str]:
    """Draw them all, by name; a table without rows gives no chart."""
    to_draw: dict[str, tuple[Callable[[Table], Spec], Table]] = {
        "headlines": (_headlines, told.headlines),
        "refunds": (_refunds, told.refunds),
        "exceptions": (_exceptions, told.exceptions),
        "tenders": (_tenders, told.tenders),
        "goods": (_goods, told.goods),
        "faults": (_faults, faults),
    }
    return {name: _drawn(spec(rows)) for name, (spec, rows) in to_draw.items() if rows}


def _drawn(spec: Spec) -> str:
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "transparent",
        "width": WIDTH,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "titleColor": INK, "gridColor": FAINT, "domain": False,
                     "ticks": False, "labelPadding": 6, "labelFontSize": 12, "titleFontSize": 12,
                     "titleFontWeight": "normal", "labelLimit": 220},
            "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12,
                       "symbolType": "square", "orient": "right"},
        },
        **spec,
    }  # fmt: skip
    if "vconcat" in spec:
        del whole["width"]
    return str(vl_convert.vegalite_to_svg(whole))


def _ordered(names: Sequence[str], known: Mapping[str, str]) -> list[str]:
    return [name for name in known if name in names]


def _headlines(rows: Table) -> Spec:
    """Two panels on one scale of days: what is under way, and what has ended."""
    last = max(row["day"] for row in rows)
    under_way = [row for row in rows if row["headline"] not in ENDED]
    panels = [_stands(under_way, HEIGHT, "under way", last)]
    panels.append(_stands([row for row in rows if row["headline"] in ENDED], 110, "ended", last))
    return {"vconcat": panels, "spacing": 14, "resolve": {"scale": {"color": "independent"}}}


def _stands(rows: Table, height: int, title: str, last_day: int) -> Spec:
    names = _ordered([row["headline"] for row in rows], COLOURS)
    place = {name: number for number, name in enumerate(COLOURS)}
    shown = [{**row, "headline": _words(row["headline"]), "place": place[row["headline"]]}
             for row in rows]  # fmt: skip
    return {
        "width": WIDTH,
        "height": height,
        "data": {"values": shown},
        "mark": {"type": "area", "interpolate": "step-after"},
        "encoding": {
            "x": {**_number("day", "day of the simulation" if title == "ended" else None),
                  "scale": {"domain": [0, last_day]}},
            "y": {**_number("returns", title), "stack": "zero"},
            "color": {
                "field": "headline", "type": "nominal", "title": None,
                "scale": {"domain": [_words(name) for name in names],
                          "range": [COLOURS[name] for name in names]},
            },
            "order": {"field": "place", "type": "quantitative", "sort": "descending"},
        },
    }  # fmt: skip


def _refunds(rows: Table) -> Spec:
    return {
        "height": HEIGHT,
        "data": {"values": rows},
        "mark": {"type": "bar", "color": COLOURS[Headline.COMPLETED], "binSpacing": 1},
        "encoding": {
            "x": {"field": "days", "type": "quantitative", "bin": {"step": 2},
                  "title": "days from the request to the last money", "axis": {"format": "d"}},
            "y": {"aggregate": "count", "type": "quantitative", "title": "returns",
                  "axis": {"tickMinStep": 1}},
        },
    }  # fmt: skip


def _exceptions(rows: Table) -> Spec:
    shown = [{**row, "headline": _words(row["headline"])} for row in rows]
    return {
        "height": {"step": 40},
        "data": {"values": shown},
        "encoding": {"y": {"field": "headline", "type": "nominal", "title": None}},
        "layer": [
            {
                "mark": {"type": "circle", "opacity": 0.75, "color": COLOURS[Headline.RESOLVING]},
                "encoding": {
                    "x": _number("days", "days that it took"),
                    "size": {"aggregate": "count", "type": "quantitative", "title": "times",
                             "scale": {"range": [40, 600]},
                             "legend": {"symbolType": "circle", "tickCount": 3}},
                },
            },
            {
                "mark": {"type": "tick", "color": INK, "thickness": 2, "size": 26},
                "encoding": {"x": {"aggregate": "median", "field": "days", "type": "quantitative"}},
            },
        ],
    }  # fmt: skip


def _tenders(rows: Table) -> Spec:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], 0) + row["amount_minor"]
    shown = [
        {"currency": row["currency"], "to": _words(row["to"]),
         "share": row["amount_minor"] / max(1, totals[row["currency"]])}
        for row in rows
    ]  # fmt: skip
    return {
        "height": {"step": 30},
        "data": {"values": shown},
        "mark": {"type": "bar", "size": 20},
        "encoding": {
            "y": {"field": "currency", "type": "nominal", "title": None},
            "x": {**_number("share", "share of what was paid back in that currency"),
                  "axis": {"format": "%"}, "scale": {"domain": [0, 1]}},
            "color": {"field": "to", "type": "nominal", "title": None,
                      "scale": {"scheme": "tableau10"}},
        },
    }  # fmt: skip


GRADES = ("new sealed", "like new", "minor wear", "used", "damaged", "unsalvageable",
          "not inspected")  # fmt: skip
SHADES = ("#1b5e3f", "#4c9a6a", "#a9c98a", "#e3b341", "#d98a3c", "#b0413e", "#9aa5b1")


def _goods(rows: Table) -> Spec:
    shown = [
        {**row, "disposition": _words(row["disposition"]), "grade": _words(row["grade"]),
         "place": GRADES.index(_words(row["grade"]))}
        for row in rows
    ]  # fmt: skip
    return {
        "height": {"step": 30},
        "data": {"values": shown},
        "mark": {"type": "bar", "size": 20},
        "encoding": {
            "y": {"field": "disposition", "type": "nominal", "title": None,
                  "sort": {"field": "units", "op": "sum", "order": "descending"}},
            "x": _number("units", "units") | {"aggregate": "sum"},
            "order": {"field": "place", "type": "quantitative"},
            "color": {"field": "grade", "type": "nominal", "title": None,
                      "scale": {"domain": list(GRADES), "range": list(SHADES)}},
        },
    }  # fmt: skip


def _faults(rows: Table) -> Spec:
    return {
        "height": {"step": 26},
        "data": {"values": rows},
        "mark": {"type": "bar", "size": 16},
        "encoding": {
            "y": {"field": "what", "type": "nominal", "title": None,
                  "sort": {"field": "times", "op": "sum", "order": "descending"}},
            "x": _number("times", "times"),
            "color": {"field": "came", "type": "nominal", "title": "what came of it",
                      "scale": {"domain": ["put right", "of no one return", "open"],
                                "range": [COLOURS[Headline.COMPLETED], "#9aa5b1",
                                          COLOURS[Headline.PICKUP_EXCEPTION]]}},
        },
    }  # fmt: skip


def _number(field: str, title: str | None) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"tickMinStep": 1}}


def _words(name: str) -> str:
    return str(name).replace("_", " ")
