"""What happened to a return, and where its money comes from, in lines for a person."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from activities.event_store import StoredEvent
from api.cli.showing import columns, money, shown, when, words
from api.client import MoneyExplained
from api.client.explaining import Sum

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


def derivation(explained: MoneyExplained) -> Iterator[str]:
    """The money of a return, as a sum that can be checked with a pencil."""
    currency = explained.currency
    yield f"{explained.return_id} of order {explained.order_id}, in {currency}"
    for part in (*explained.units, explained.shipping, explained.label_fee):
        yield from _sum(part, currency)
    fee = explained.label_fee.promised_minor
    units = sum(part.promised_minor for part in explained.units)
    yield ""
    yield from columns(
        [
            ["units", money(units, currency)],
            ["+ shipping", money(explained.shipping.promised_minor, currency)],
            ["- label fee", money(fee, currency)],
            ["= promised", money(explained.promised_minor, currency)],
            ["  paid", money(explained.paid_minor, currency)],
            ["  under way", money(explained.under_way_minor, currency)],
            ["  held", money(explained.held_minor, currency)],
            ["  not yet decided", money(explained.open_minor, currency)],
        ],
        indent="",
    )
    for payout in explained.payouts:
        yield ""
        yield (
            f"{payout.instruction_id}: {money(payout.amount_minor, currency)} "
            f"to {payout.tender_id or words(payout.destination) or 'nowhere yet'} "
            f"by {payout.provider}, {words(payout.state)}"
            + ("" if payout.stands else " (does not stand)")
        )
        yield from columns(
            [part.key, money(part.amount_minor, currency), _fee(part.label_fee_minor, currency)]
            for part in payout.parts
        )
    if explained.rules:
        yield from ("", "Rules")
        yield from columns([rule.rule, rule.outcome, rule.because] for rule in explained.rules)


def _sum(part: Sum, currency: str) -> Iterator[str]:
    if not part.promised_minor and not any(term.amount_minor for term in part.terms):
        return
    yield ""
    yield f"{words(part.key)} {shown(part.name)}".rstrip()
    rows = [[term.what, money(term.amount_minor, currency), term.because] for term in part.terms]
    yield from columns([*rows, ["= promised", money(part.promised_minor, currency), ""]])


def _fee(amount_minor: int, currency: str) -> str:
    return f"after a label fee of {money(amount_minor, currency)}" if amount_minor else ""
