"""The rows of a CSV file, those of one order at a time."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TextIO

from adapters.orders.json_items import BrokenItem

MOST_LINES = 500
"""Lines that an order may have."""

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of one order, and the line of the file on which they begin."""

    line: int
    rows: Rows


class TableReader:
    """A CSV file with a first row of names. `columns` are those names."""

    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.DictReader(stream, strict=True, restkey="\0", restval="\0")
        try:
            self.columns: Sequence[str] = tuple(self._rows.fieldnames or ())
        except csv.Error:
            self.columns = ()

    def orders(self) -> Iterator[OrderRows | BrokenItem]:
        """Give the rows of each order in turn, as long as the file is a table.

        An order whose rows do not stand together is told where it comes up again: taken in
        then, it would be another order of the same name.
        """
        seen: set[str] = set()
        for _, some in groupby(self._numbered(), key=_order_id):
            line, rows = 0, Rows()
            for item in some:
                if isinstance(item, BrokenItem):
                    yield item
                    break
                line = line or item[0]
                if len(rows) <= MOST_LINES:
                    rows.append(item[1])
            if rows:
                yield self._checked(line, rows, seen)

    def _checked(self, line: int, rows: Rows, seen: set[str]) -> OrderRows | BrokenItem:
        order_id = rows[0].get("order_id", "")
        if any("\0" in row or "\0" in row.values() for row in rows):
            return BrokenItem(line, "invalid", f"expected {len(self.columns)} cells in each row")
        if len(rows) > MOST_LINES:
            return BrokenItem(line, "invalid", f"an order has at most {MOST_LINES} lines")
        if order_id in seen:
            because = f"order_id: the rows of {order_id[:100]} do not stand together"
            return BrokenItem(line, "scattered", because)
        seen.add(order_id)
        return OrderRows(line, rows)

    def _numbered(self) -> Iterator[tuple[int, dict[str, str]] | BrokenItem]:
        while True:
            try:
                row = next(self._rows)
            except StopIteration:
                return
            except csv.Error as broken:
                yield BrokenItem(self._rows.line_num, "not_csv", f"is not CSV ({broken})")
                return
            yield self._rows.line_num, row


def _order_id(item: tuple[int, dict[str, str]] | BrokenItem) -> str:
    return "" if isinstance(item, BrokenItem) else str(item[1].get("order_id"))
