"""A table as a warehouse saves it: whatever its encoding, its separator and its column names."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LARGEST_BYTES = 16 * 1024 * 1024
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "row id", "beleg", "belegnummer", "position", "单号", "行号", "номер строки"),
    "corrects": ("corrects", "korrigiert", "storniert", "更正", "исправляет"),
    "received_at": (
        "received at", "date", "datum", "eingang", "wareneingang", "received",
        "收货日期", "收货时间", "入库时间", "дата", "дата приёмки", "дата приемки",
    ),
    "tracking_number": (
        "tracking number", "tracking", "sendungsnummer", "paketnummer",
        "快递单号", "运单号", "物流单号", "трек-номер", "трек номер",
    ),
    "return_id": (
        "return id", "return", "rma", "retoure", "retourennummer",
        "退货单号", "退货编号", "номер возврата",
    ),
    "order_id": (
        "order id", "order", "auftrag", "auftragsnummer", "bestellnummer",
        "订单号", "订单编号", "номер заказа",
    ),
    "sku": (
        "sku", "article", "artikel", "artikelnummer", "ean", "gtin",
        "商品编码", "货号", "артикул",
    ),
    "serial": ("serial", "serial number", "seriennummer", "序列号", "серийный номер"),
    "quantity": ("quantity", "qty", "menge", "anzahl", "数量", "количество", "кол-во"),
    "condition": ("condition", "zustand", "状况", "состояние"),
    "grade": ("grade", "note a-f", "befund", "等级", "оценка"),
    "note": ("note", "remark", "bemerkung", "备注", "примечание"),
}  # fmt: skip
"""Our columns, and what they are called elsewhere. Any other name is given by hand."""

ENCODINGS = ("utf-8-sig", "cp1252", "gb18030", "cp1251")
"""As spreadsheets save tables in Europe, China and Russia. Almost any bytes can be read as most
of them, so the first counts under which the columns that are needed have a name."""

NEEDED = ("received_at", "sku", "quantity")


class UnreadableTable(ValueError):
    """It is no table, or lacks a column; the text says which."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, under our names of its columns; `line` is its line in the file."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and how its numbers are written: `decimal` stands before the fraction."""

    rows: Sequence[Row]
    decimal: str


def read_table(raw: bytes, columns: Mapping[str, str], encoding: str = "") -> Table:
    """Read a table.

    Args:
        raw: The file.
        columns: Our name of a column → what it is called in this file, where that is unusual.
        encoding: How it is encoded; empty: it is found out, see `ENCODINGS`.

    Raises:
        UnreadableTable: It is none, or a column that is needed is missing.
    """
    if len(raw) > LARGEST_BYTES:
        raise UnreadableTable(f"file: at most {LARGEST_BYTES} bytes are taken")
    texts = _texts(raw, encoding)
    first: UnreadableTable | None = None
    for text in texts:
        try:
            return _table(text, columns)
        except UnreadableTable as unreadable:
            first = first or unreadable
    raise first or UnreadableTable(f"file: is not encoded as {encoding or ' or '.join(ENCODINGS)}")


def _table(text: str, columns: Mapping[str, str]) -> Table:
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = _names(next(reader, []), columns)
        rows = list(_rows(reader, names))
    except csv.Error as broken:
        raise UnreadableTable(f"file: is no table, line {reader.line_num}: {broken}") from broken
    return Table(rows, "," if separator == ";" else ".")


def _texts(raw: bytes, encoding: str) -> Iterator[str]:
    """What it may say, the likeliest first."""
    marked = raw[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for one in [encoding] if encoding else ["utf-16"] if marked else ENCODINGS:
        try:
            yield raw.decode(one)
        except UnicodeDecodeError:
            continue
        except LookupError:
            return


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max((";", ",", "\t", "|"), key=first.count)


def _names(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Our name of each column; empty for one that says nothing to us."""
    theirs = [_plain(name) for name in header]
    found = [""] * len(theirs)
    for ours, usual in COLUMNS.items():
        wanted = [_plain(columns[ours])] if ours in columns else list(usual)
        places = [place for place, name in enumerate(theirs) if name in wanted]
        if len(places) > 1:
            raise UnreadableTable(f"{ours}: two columns may be it, say which with --column")
        if places:
            found[places[0]] = ours
        elif ours in columns:
            raise UnreadableTable(f"{ours}: there is no column {columns[ours]}")
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise UnreadableTable(f"{missing[0]}: there is no such column, name it with --column")
    return found


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace(".", "").lower().split())


def _rows(reader: Iterator[list[str]], names: Sequence[str]) -> Iterator[Row]:
    for cells in reader:
        if any(cell.strip() for cell in cells):
            line = getattr(reader, "line_num", 0)
            padded = [*cells, *[""] * (len(names) - len(cells))]
            named = zip(names, padded, strict=False)
            yield Row(line, {name: cell.strip() for name, cell in named if name})
