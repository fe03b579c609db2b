"""Files of orders: each read, checked to the minor unit, and taken in once."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TextIO

from pydantic import BaseModel, ConfigDict

from activities.ledgers import LedgerOutcome, OrderLedgers
from adapters.orders.json_items import BrokenItem, json_items
from adapters.orders.table_rows import TableReader
from domain.orders.events import OrderEscalated, OrderRecorded
from domain.orders.importing.reading import Difference, ImportedOrder, UnfitOrder, Unread
from domain.orders.importing.shopify import read_shopify
from domain.orders.importing.shopify_money import Shop
from domain.orders.importing.snapshots import read_snapshot
from domain.orders.importing.table import check_columns, read_rows

Format = Literal["json", "csv", "shopify"]

AT_ONCE = 8
"""Orders that are taken in at the same time."""

Read = ImportedOrder | UnfitOrder


class Numbered(NamedTuple):
    """What stands on a line of the file."""

    line: int
    read: Read


class OrderTaken(BaseModel):
    """What came of one order of a file."""

    model_config = ConfigDict(frozen=True)

    line: int  # of the file, on which it begins
    order_id: str
    outcome: Literal["recorded", "changed", "unchanged", "checked", "refused"]
    code: str = ""
    because: str = ""
    differences: tuple[Difference, ...] = ()
    outside_refunds: int = 0  # that were not known before
    concerns: tuple[str, ...] = ()  # what is over a cap now, for a person

    @classmethod
    def no(cls, line: int, unfit: UnfitOrder) -> "OrderTaken":
        """It is not taken in."""
        return cls(
            line=line,
            order_id=unfit.order_id,
            outcome="refused",
            code=unfit.code,
            because=unfit.because,
            differences=unfit.differences,
        )


@dataclass
class Tally:
    """How many orders of a file came to what."""

    outcomes: Counter[str] = field(default_factory=Counter)
    outside_refunds: int = 0
    concerns: int = 0

    def count(self, taken: OrderTaken) -> None:
        """Count one more."""
        self.outcomes[taken.outcome] += 1
        self.outside_refunds += taken.outside_refunds
        self.concerns += len(taken.concerns)


def orders_in(
    stream: TextIO, form: Format, shop: Shop, only: str | None = None
) -> Iterator[Numbered]:
    """Read the orders of a file one by one; what cannot be read is named where it stands."""
    found = _of_table(stream, shop) if form == "csv" else _of_json(stream, form, shop)
    for line, read in found:
        yield Numbered(line, _whose(read, only))


def _of_json(stream: TextIO, form: Format, shop: Shop) -> Iterator[Numbered]:
    read: Callable[[Mapping[str, object]], Read] = (
        (lambda document: read_shopify(document, shop))
        if form == "shopify"
        else (lambda document: read_snapshot(document, shop.tenant))
    )
    for item in json_items(stream):
        if isinstance(item, BrokenItem):
            yield _broken(item)
        else:
            yield Numbered(item.line, read(item.document))


def _of_table(stream: TextIO, shop: Shop) -> Iterator[Numbered]:
    table = TableReader(stream)
    try:
        check_columns(table.columns)
    except Unread as unread:
        yield Numbered(1, UnfitOrder("", "invalid", str(unread)))
        return
    for item in table.orders():
        if isinstance(item, BrokenItem):
            yield _broken(item)
        else:
            yield Numbered(item.line, read_rows(item.rows, shop.tenant))


def _broken(item: BrokenItem) -> Numbered:
    return Numbered(item.line, UnfitOrder("", item.code, item.because))


def _whose(read: Read, only: str | None) -> Read:
    """An import for one merchant slips in no order of another."""
    if isinstance(read, ImportedOrder) and only not in {None, read.snapshot.tenant}:
        because = f"tenant: expected {only}, whose orders are taken in"
        return UnfitOrder(read.snapshot.order_id, "foreign_tenant", because)
    return read


def checked(found: Numbered) -> OrderTaken:
    """Say whether an order could be taken in; nothing is recorded."""
    line, read = found
    if isinstance(read, UnfitOrder):
        return OrderTaken.no(line, read)
    return OrderTaken(
        line=line,
        order_id=read.snapshot.order_id,
        outcome="checked",
        outside_refunds=len(read.refunds),
    )


async def take_in(
    ledgers: OrderLedgers, found: Iterator[Numbered], *, actor: str, now: Callable[[], datetime]
) -> AsyncIterator[OrderTaken]:
    """Take orders in, a few at a time and told in the order of the file.

    An order that comes twice among those few waits for its first: the later one counts.
    """
    for some in _apart(found):
        told = await asyncio.gather(
            *(_take_in(ledgers, each, actor=actor, now=now()) for each in some)
        )
        for taken in told:
            yield taken


def _apart(found: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    some: list[Numbered] = []
    ids: set[str] = set()
    for each in found:
        order_id = each.read.snapshot.order_id if isinstance(each.read, ImportedOrder) else ""
        if len(some) == AT_ONCE or (order_id and order_id in ids):
            yield some
            some, ids = [], set()
        some.append(each)
        ids.add(order_id)
    if some:
        yield some


async def _take_in(
    ledgers: OrderLedgers, found: Numbered, *, actor: str, now: datetime
) -> OrderTaken:
    line, read = found
    if isinstance(read, UnfitOrder):
        return OrderTaken.no(line, read)
    order = read.snapshot
    cause = f"import:{hashlib.sha256(order.model_dump_json().encode()).hexdigest()[:40]}"
    first = await ledgers.take_in(order, actor=actor, cause=cause, now=now)
    if first.refused is not None:
        because = first.refused.because
        return OrderTaken.no(line, UnfitOrder(order.order_id, first.refused.code, because))
    outcomes = [first]
    for refund in read.refunds:
        outcome = await ledgers.tell(
            order.tenant, order.order_id, refund, actor=actor, cause=cause, now=now
        )
        outcomes.append(outcome)
    return _told(line, order.order_id, outcomes)


def _told(line: int, order_id: str, outcomes: list[LedgerOutcome]) -> OrderTaken:
    first, *refunds = outcomes
    changed = any(isinstance(event, OrderRecorded) for event in first.events)
    is_new = changed and first.was_new
    every = [event for outcome in outcomes for event in outcome.events]
    return OrderTaken(
        line=line,
        order_id=order_id,
        outcome="recorded" if is_new else "changed" if changed else "unchanged",
        outside_refunds=sum(bool(outcome.events) for outcome in refunds),
        concerns=tuple(e.because for e in every if isinstance(e, OrderEscalated)),
    )
