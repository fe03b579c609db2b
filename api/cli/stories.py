"""What happened to a return, in lines for a person."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from activities.event_store import StoredEvent
from api.cli.showing import columns, money, shown, when

LONGEST = 60
"""Characters of one fact; `--json` has it whole."""

_KNOWN = frozenset({"type", "schema_version", "occurred_at", "tenant", "return_id", "currency"})
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def history(events: Iterable[StoredEvent]) -> list[str]:
    """A line for each event: when, what, by whom, and its facts in short."""
    return columns(
        (
            [
                str(event.version),
                when(event.occurred_at),
                _WORD.sub(" ", event.type).capitalize(),
                event.actor,
                "  ".join(_facts(json.loads(event.data))),
            ]
            for event in events
        ),
        indent="",
    )


def _facts(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if name in _KNOWN or value in ("", None, [], {}):
            continue
        yield f"{name.removesuffix('_minor')}={_fact(name, value, data)}"


def _fact(name: str, value: Any, data: Mapping[str, Any]) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if name.endswith("_minor") and isinstance(data.get("currency"), str):
            return money(value, data["currency"]).replace(" ", "")
        case {"amount_minor": int(amount), "currency": str(currency)}:
            return money(amount, currency).replace(" ", "")
        case {"total_minor": int(total), "currency": str(currency)}:
            return f"{money(total, currency).replace(' ', '')} in all"
        case dict():
            return f"({len(value)} fields)"
        case list() if all(isinstance(item, str) for item in value):
            return _short(",".join(value))
        case list():
            return f"({len(value)})"
        case _:
            return _short(str(value))


def _short(text: str) -> str:
    said = shown(text)
    quoted = f'"{said}"' if " " in said else said
    return quoted if len(quoted) <= LONGEST else f"{quoted[: LONGEST - 1]}…"
