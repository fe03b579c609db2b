"""M, seen from the order: every cap at once, a verdict before money, and M10, promise = paid."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.audit.rows import Books, Difference, Row, Streams, every, first
from domain.orders.events import SHIPPING, unit_key
from domain.orders.ledger import Ledger, fold
from domain.orders.upcasting import read_ledger_event
from domain.orders.values import shipping_value, unit_values

IN_MONEY = frozenset({"refund_original", "partial_refund", "store_credit", "keep_item"})

YES = frozenset({"accepted", "accepted_with_deduction", "upheld"})

COLLECTED = "collected:"
"""How the parts begin that give back what was collected from the customer since."""

Paid = dict[str, Row]
"""The plans whose money is with the customer, by instruction."""


def promises(streams: Streams, _books: Books) -> Iterator[Difference]:
    """Check each return, then each order over all its returns."""
    for stream_id, rows in streams.returns:
        yield from _parts(stream_id, rows)
        yield from _verdicts(stream_id, rows)
        yield from _nothing_for_nothing(stream_id, rows)
        yield from _kept_promise(stream_id, rows)
    for stream_id, rows in streams.orders:
        yield from _order(stream_id, rows, streams)


def paid_out(rows: Sequence[Row]) -> Paid:
    """What stands paid after these events: succeeded, and not bounced since."""
    plans = {row["instruction_id"]: row for row in every(rows, "PayoutPlanned")}
    paid: Paid = {}
    for row in every(rows, "PayoutSucceeded", "PayoutFailed"):
        key = row["instruction_id"]
        if row.type == "PayoutFailed":
            paid.pop(key, None)
        elif key in plans:
            paid[key] = plans[key]
    return paid


def _parts(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    for plan in every(rows, "PayoutPlanned", "PayoutHeld"):
        total, amount = sum(part["amount_minor"] for part in plan["parts"]), plan["amount_minor"]
        if total != amount or amount <= 0:
            because = f"{plan['instruction_id']} is {amount}, its parts are {total}"
            yield Difference("M7", stream_id, because)


def _verdicts(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """No money for a unit before there is a yes to it."""
    accepted = {SHIPPING}
    for row in rows:
        if row.type in {"DecisionMade", "DisputeResolved"} and row["outcome"] in YES:
            accepted.add(row["unit"])
        elif row.type == "PayoutPlanned":
            for part in row["parts"]:
                if part["key"] not in accepted and not part["key"].startswith(COLLECTED):
                    because = f"{row['instruction_id']} pays {part['key']} before any yes to it"
                    yield Difference("M5", stream_id, because)


def _nothing_for_nothing(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """A unit whose last verdict is no, or that goods were sent for, has no money."""
    without: dict[str, str] = {}
    for row in rows:
        match row.type:
            case "DecisionMade" | "DisputeResolved" if row["outcome"] in {"rejected", "denied"}:
                without.setdefault(row["unit"], "was rejected")
            case "DecisionMade" | "DisputeResolved":
                without.pop(row["unit"], None)
            case "ReplacementOrdered":
                without[row["unit"]] = "was replaced"
            case _:
                pass
    for key, plan in paid_out(rows).items():
        for part in plan["parts"]:
            deducted = _partly_accepted(rows, part["key"])
            cheaper = without.get(part["key"]) == "was replaced" and _left_over(rows, part["key"])
            if part["key"] in without and part["amount_minor"] and not (deducted or cheaper):
                because = f"{key} paid for {part['key']}, which {without[part['key']]}"
                yield Difference("M9", stream_id, because)


def _left_over(rows: Sequence[Row], unit: str) -> int:
    """What a cheaper article leaves of a unit's value."""
    quotes = [row["quote"] for row in every(rows, "QuoteIssued")]
    known = (one for quote in quotes[-1:] for one in quote["units"] if one["unit"] == unit)
    return next((_cash(one) for one in known), 0)


def _cash(unit: Mapping[str, Any]) -> int:
    """What a unit brings back in money, as it was quoted."""
    if unit["resolution"] in IN_MONEY:
        return int(unit["refund_minor"])
    exchange = unit.get("exchange")
    return max(0, -exchange["difference_minor"]) if exchange else 0


def _partly_accepted(rows: Sequence[Row], unit: str) -> bool:
    """A deduction that was disputed in vain leaves the unit its first share."""
    decided = [row for row in every(rows, "DecisionMade") if row["unit"] == unit]
    return bool(decided) and decided[-1]["outcome"] == "accepted_with_deduction"


def _kept_promise(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """At its completion a return has paid what it had promised by then, to the minor unit."""
    for row in every(rows, "ReturnCompleted"):
        before = [earlier for earlier in rows if earlier.version < row.version]
        paid = sum(plan["amount_minor"] for plan in paid_out(before).values())
        promised = _promised(before)
        if not paid == promised == row["paid_minor"] == row["promised_minor"]:
            because = (
                f"completed with {row['paid_minor']} of {row['promised_minor']}; "
                f"its events promise {promised} and pay {paid}"
            )
            yield Difference("M10", stream_id, because)


def _promised(rows: Sequence[Row]) -> int:
    """The last quote and what was adjusted since; a fee takes nothing that is not there."""
    quotes = every(rows, "QuoteIssued")
    if not quotes:
        return 0
    adjusted: Counter[str] = Counter()
    for row in every(rows, "QuoteAdjusted"):
        adjusted[row["key"]] += row["amount_minor"]
    quote = quotes[-1]["quote"]
    units: int = sum(
        max(0, _cash(unit) + adjusted[unit["unit"]])
        for unit in quote["units"]
        if unit["resolution"] in IN_MONEY or _cash(unit)
    )
    back = sum(amount for key, amount in adjusted.items() if key.startswith(COLLECTED))
    shipping: int = max(0, quote["shipping_minor"] + adjusted[SHIPPING])
    fee: int = max(0, quote["label_fee_minor"] - adjusted["label_fee"])
    return max(0, units + shipping - fee) + back


@dataclass
class _Given:
    """What an order has given back, by each thing that has a cap."""

    parts: Counter[str]
    tenders: Counter[str]
    total: int = 0


def _order(stream_id: str, rows: Sequence[Row], streams: Streams) -> Iterator[Difference]:
    ledger = fold(
        read_ledger_event(row.type, row["schema_version"], json.dumps(row.data)) for row in rows
    )
    if ledger is None:
        return
    of_order = [story for _, story in streams.returns if streams.ledger_of(story) is rows]
    given = _given(of_order)
    _add_by_people(given, rows)
    yield from _over_a_cap(stream_id, ledger, given)
    yield from _ledger_knows(stream_id, ledger, of_order)


def _given(stories: Sequence[Sequence[Row]]) -> _Given:
    given = _Given(Counter(), Counter())
    for rows in stories:
        opened = first(rows, "ReturnRequested")
        units = opened["units"] if opened else ()
        names = {unit["unit"]: unit_key(unit["line_id"], unit["ordinal"]) for unit in units}
        for plan in paid_out(rows).values():
            given.total += plan["amount_minor"]
            if plan["tender_id"]:
                given.tenders[plan["tender_id"]] += plan["amount_minor"]
            for part in plan["parts"]:
                given.parts[names.get(part["key"], _pot(part["key"]))] += part["amount_minor"]
    return given


def _add_by_people(given: _Given, rows: Sequence[Row]) -> None:
    """What staff gave back without a return, as far as it stands."""
    released = {row["instruction_id"] for row in every(rows, "FundsReleased")}
    paid = {row["instruction_id"] for row in every(rows, "FundsPaid")} - released
    for row in every(rows, "FundsReserved"):
        if row["return_id"] or row["instruction_id"] not in paid:
            continue
        given.total += row["amount_minor"]
        given.tenders[row["tender_id"]] += row["amount_minor"]
        for part in row["parts"]:
            given.parts[part["key"]] += part["amount_minor"]


def _pot(key: str) -> str:
    """The payment that a part of something collected belongs to."""
    return ":".join(key.split(":")[:2]) if key.startswith(COLLECTED) else key


def _over_a_cap(stream_id: str, ledger: Ledger, given: _Given) -> Iterator[Difference]:
    order = ledger.order
    caps = {unit_key(*unit): value.total_minor for unit, value in unit_values(order).items()}
    caps[SHIPPING] = shipping_value(order)
    more = {key: one.amount_minor for key, one in ledger.collected.items()}
    caps |= {f"{COLLECTED}{key}": amount for key, amount in more.items()}
    for key, amount in given.parts.items():
        if amount > caps.get(key, 0):
            yield Difference("M7", stream_id, f"{amount} back for {key}, worth {caps.get(key, 0)}")
    captured = {tender.tender_id: tender.captured_minor for tender in order.tenders} | more
    for tender, amount in given.tenders.items():
        if amount > captured.get(tender, 0):
            because = f"{amount} back to {tender}, which paid {captured.get(tender, 0)}"
            yield Difference("M1", stream_id, because)
    if given.total > order.captured_minor + sum(more.values()):
        because = (
            f"{given.total} back in all, of {order.captured_minor + sum(more.values())} captured"
        )
        yield Difference("M1", stream_id, because)


def _ledger_knows(
    stream_id: str, ledger: Ledger, stories: Sequence[Sequence[Row]]
) -> Iterator[Difference]:
    """What returns call paid is what the order's ledger calls paid; goods are its own entries."""
    paid = {key for rows in stories for key in paid_out(rows)}
    planned = {row["instruction_id"] for rows in stories for row in every(rows, "PayoutPlanned")}
    noted = {key for key, kept in ledger.reservations.items() if kept.state == "paid"}
    for key in sorted(paid ^ (noted & planned)):
        where = "a return" if key in paid else "the ledger"
        yield Difference("M4", stream_id, f"only {where} says that {key} is paid")
