"""A table as a warehouse saves it: whatever its encoding, its separator and its column names."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LARGEST_BYTES = 16 * 1024 * 1024
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "row id", "beleg", "belegnummer", "position"),
    "corrects": ("corrects", "korrigiert", "storniert"),
    "received_at": ("received at", "date", "datum", "eingang", "wareneingang", "received"),
    "tracking_number": ("tracking number", "tracking", "sendungsnummer", "paketnummer"),
    "return_id": ("return id", "return", "rma", "retoure", "retourennummer"),
    "order_id": ("order id", "order", "auftrag", "auftragsnummer", "bestellnummer"),
    "sku": ("sku", "article", "artikel", "artikelnummer", "ean", "gtin"),
    "serial": ("serial", "serial number", "seriennummer"),
    "quantity": ("quantity", "qty", "menge", "anzahl"),
    "condition": ("condition", "zustand"),
    "grade": ("grade", "note a-f", "befund"),
    "note": ("note", "remark", "bemerkung"),
}
"""Our columns, and what they are called elsewhere. Any other name is given by hand."""

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
        encoding: How it is encoded; empty: UTF-8 or UTF-16 with its mark, else Windows-1252.

    Raises:
        UnreadableTable: It is none, or a column that is needed is missing.
    """
    if len(raw) > LARGEST_BYTES:
        raise UnreadableTable(f"file: at most {LARGEST_BYTES} bytes are taken")
    text = _text(raw, encoding)
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = _names(next(reader, []), columns)
        rows = list(_rows(reader, names))
    except csv.Error as broken:
        raise UnreadableTable(f"file: is no table, line {reader.line_num}: {broken}") from broken
    return Table(rows, "," if separator == ";" else ".")


def _text(raw: bytes, encoding: str) -> str:
    tried = [encoding] if encoding else ["utf-8-sig", "cp1252"]
    if not encoding and raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        tried = ["utf-16"]
    for one in tried:
        try:
            return raw.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnreadableTable(f"file: is not encoded as {' or '.join(tried)}")


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
