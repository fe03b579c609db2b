"""A file of orders is read one at a time; what is none is told with its line."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.orders.json_items import BrokenItem, OrderDocument, json_items
from adapters.orders.table_rows import MOST_LINES, OrderRows, TableReader


def items(text: str) -> list[tuple[int, Any]]:
    return [
        (item.line, item.document if isinstance(item, OrderDocument) else item.because)
        for item in json_items(io.StringIO(text))
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}\n{"a": 2}',
        '[{"a": 1},\n{"a": 2}]',
        '{"orders": [{"a": 1},\n{"a": 2}]}',
        '\ufeff {"a": 1}\n{"a": 2}\n\n',
    ],
)
def test_orders_are_found_in_every_wrapping(text: str) -> None:
    assert items(text) == [(1, {"a": 1}), (2, {"a": 2})]


@pytest.mark.parametrize("text", ["", " \n", "[]", '{"orders": []}'])
def test_a_file_without_orders_has_none(text: str) -> None:
    assert items(text) == []


def test_an_amount_never_becomes_a_float() -> None:
    [(_, order)] = items('{"price": 0.1}')
    assert order["price"] == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ('{"a": 1, "a": 2}', "'a' is given twice"),
        ('{"a": NaN}', "NaN is not a number in JSON"),
        ('{"a": 1234567890123456789}', "a number has more than 18 digits"),
        ("7", "expected an object"),
        ("[" * 100_000, "expected an object"),
    ],
)
def test_what_json_allows_and_an_order_has_not_is_told(text: str, because: str) -> None:
    assert because in str(items(text)[0][1]) or "nested" in str(items(text)[0][1])


def test_a_broken_line_costs_no_other_line() -> None:
    told = items('{"a": 1}\n{"a": 1,,}\n{"a": 3}\n')
    assert [line for line, _ in told] == [1, 2, 3]
    assert told[1][1].startswith("is not JSON (")
    assert told[2][1] == {"a": 3}


def test_a_list_that_breaks_off_is_told_after_what_was_whole() -> None:
    told = items('[{"a": 1},\n{"a": ')
    assert told[0] == (1, {"a": 1})
    assert told[1][0] == 2
    assert len(told) == 2


class Endless(io.StringIO):
    """A list of as many orders as asked for, made while it is read."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._parts = self._text(count)
        self._rest = ""

    def _text(self, count: int) -> Iterator[str]:
        yield "["
        order = json.dumps({"lines": [{"name": "x" * 50, "tax": 1.90}] * 20})
        for number in range(count):
            yield ("," if number else "") + order
        yield "]"

    def read(self, size: int | None = -1, /) -> str:
        assert size is not None
        while len(self._rest) < size and (part := next(self._parts, "")):
            self._rest += part
        told, self._rest = self._rest[:size], self._rest[size:]
        return told


def _peak(count: int) -> int:
    tracemalloc.start()
    try:
        assert sum(isinstance(item, OrderDocument) for item in json_items(Endless(count))) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_thousand_orders_take_no_more_memory_than_a_thousand() -> None:
    assert _peak(10_000) < 1.5 * _peak(1_000)


# ── Tables ────────────────────────────────────────────────────────────────────────────────


def orders(text: str) -> list[tuple[int, Any]]:
    reader = TableReader(io.StringIO(text, newline=""))
    return [
        (item.line, item.rows if isinstance(item, OrderRows) else item.because)
        for item in reader.orders()
    ]


def test_the_rows_of_an_order_are_given_together() -> None:
    told = orders("order_id,sku\nW-1,a\nW-1,b\nW-2,c\n")
    assert [(line, [row["sku"] for row in rows]) for line, rows in told] == [
        (2, ["a", "b"]),
        (4, ["c"]),
    ]


def test_a_cell_may_hold_what_separates_cells() -> None:
    [(_, rows)] = orders('order_id,name\r\nW-1,"Shirt, ""blue""\nlong"\r\n')
    assert rows[0]["name"] == 'Shirt, "blue"\nlong'


def test_an_order_whose_rows_do_not_stand_together_is_told_where_it_comes_up_again() -> None:
    told = orders("order_id,sku\nW-1,a\nW-2,b\nW-1,c\n")
    assert told[2] == (4, "order_id: the rows of W-1 do not stand together")


@pytest.mark.parametrize("row", ["W-1", "W-1,a,b"])
def test_a_row_with_another_number_of_cells_is_told(row: str) -> None:
    assert orders(f"order_id,sku\n{row}\n") == [(2, "expected 2 cells in each row")]


def test_an_order_has_an_end() -> None:
    text = "order_id,sku\n" + "W-1,a\n" * (MOST_LINES + 1)
    assert orders(text) == [(2, "an order has at most 500 lines")]


def test_what_is_no_table_is_told() -> None:
    broken = list(TableReader(io.StringIO('order_id,sku\nW-1,"a')).orders())
    assert [item.code for item in broken if isinstance(item, BrokenItem)] == ["not_csv"]
