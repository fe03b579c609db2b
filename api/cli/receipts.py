"""`receipts …`: what warehouses without an API hand over as a file."""

import codecs
import csv
import io
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import App, Parameter

from adapters.sheets.table import COLUMNS, UnreadableTable, read_table
from api.cli.desk import COMMON, Common, Desk, Exit, UnreadableError, UsageError, at_desk
from api.cli.files import File
from api.client.sheets import RowTaken
from domain.refusal import Refused


@dataclass(frozen=True)
class Reading:
    """Whose tables, and how they are written."""

    warehouse: str
    columns: Mapping[str, str]
    encoding: str
    zone: ZoneInfo

    async def take_in(self, desk: Desk, raw: bytes, *, check: bool = False) -> list[RowTaken]:
        """Take in the rows of one, and say of each what came of it.

        Raises:
            UnreadableTable: It is none, or lacks a column.
            Unavailable: The store is away.
        """
        table = read_table(raw, self.columns, self.encoding)
        rows = desk.returns.sheets.take_in(
            table, tenant=desk.tenant, warehouse=self.warehouse, zone=self.zone, check=check
        )
        return [row async for row in rows]


def as_told(warehouse: str, column: Sequence[str], encoding: str, timezone: str) -> Reading:
    """Understand the options that say how tables are written.

    Raises:
        UsageError: One of them says nothing that there is.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise UsageError(f"--timezone: there is no {timezone}") from unknown
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as unknown:
        raise UsageError(f"--encoding: there is no {encoding}") from unknown
    return Reading(warehouse, dict(map(_pair, column)), encoding, zone)


app = App()
receipts = App(name="receipts", help="Take in what warehouses found in boxes, by the file.")
app.command(receipts)


@receipts.command(name="import")
def import_receipts(
    file: File,
    *,
    warehouse: str,
    column: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    encoding: str = "",
    timezone: str = "UTC",
    outcomes: str = "",
    check: Annotated[bool, Parameter(negative="")] = False,
    common: Common = COMMON,
) -> int:
    """Take in the rows of FILE, each once; wrong rows are named, and the rest is taken.

    Args:
        file: A table with a row of names first, as CSV; - is standard input.
        warehouse: Whose table it is.
        column: OURS=THEIRS: what a column is called in this file, as sku=Art-Nr.
        encoding: Such as cp1250; without it UTF-8 or UTF-16, else Windows-1252.
        timezone: Where times without an offset are told, as Europe/Berlin.
        outcomes: Where to write what came of each row, as CSV.
        check: Only say what would be refused; nothing is written.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        how = as_told(warehouse, column, encoding, timezone)
        try:
            taken = await how.take_in(desk, _bytes(file), check=check)
        except UnreadableTable as unreadable:
            refused = Refused(code="unreadable", because=str(unreadable))
            raise UnreadableError(refused) from unreadable
        if outcomes:
            _write(outcomes, taken)
        return _end(desk, taken)

    return at_desk(common, work)


@receipts.command
def waiting(*, common: Common = COMMON) -> int:
    """List boxes that no return was found for, with the returns that await such articles."""

    async def work(desk: Desk) -> Exit:
        boxes = await desk.returns.boxes.waiting(desk.tenant)
        lines = [
            f"{box.id} since {box.received_at:%Y-%m-%d %H:%M}: "
            f"{', '.join(f'{count} {sku}' for sku, count in box.units)} ({box.because})"
            + (f"; may be {', '.join(box.may_be)}" if box.may_be else "")
            for box in boxes
        ]
        desk.say(lines or ["nothing waits"], {"boxes": boxes})
        return Exit.DONE

    return at_desk(common, work)


@receipts.command
def place(
    box: str,
    *,
    returns: Annotated[tuple[str, ...], Parameter(name="--return", negative="")] = (),
    common: Common = COMMON,
) -> int:
    """Say whose a box is, also of one that was told to another return.

    Args:
        box: Its number, as `receipts waiting` gives it, or the id of its report, as `history` does.
        returns: The returns that it is for; none: what was told of it is taken back.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        done = await desk.returns.boxes.place(desk.tenant, box, returns)
        if isinstance(done, Refused):
            raise UnreadableError(done)
        desk.say([done], {"accepted": True, "done": done})
        return Exit.DONE

    return at_desk(common, work)


def as_csv(taken: Sequence[RowTaken]) -> str:
    """What came of each row, as a table."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(RowTaken.model_fields)
    rows.writerows([list(row.model_dump().values()) for row in taken])
    return text.getvalue()


def _write(file: str, taken: Sequence[RowTaken]) -> None:
    try:
        Path(file).write_text(as_csv(taken), encoding="utf-8")
    except OSError as unwritable:
        raise UsageError(f"{file}: cannot be written ({unwritable.strerror})") from unwritable


def _end(desk: Desk, taken: Sequence[RowTaken]) -> Exit:
    sums = Counter(row.outcome for row in taken)
    lines = [f"line {row.line}: {row.because}" for row in taken if row.outcome == "refused"]
    lines.append(", ".join(f"{count} {outcome}" for outcome, count in sorted(sums.items())) or "0")
    desk.say(lines, {"rows": [row.model_dump() for row in taken], "sums": dict(sums)})
    return Exit.REFUSED if sums["refused"] else Exit.DONE


def _pair(text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not sign or ours not in COLUMNS:
        raise UsageError(f"--column {text}: expected one of {', '.join(COLUMNS)}, = and its name")
    return ours, theirs


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as unreadable:
        raise UsageError(f"{file}: cannot be read ({unreadable.strerror})") from unreadable
