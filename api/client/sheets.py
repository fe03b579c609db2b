"""Tables of receipts: each row left in the inbox once, from where it is told to its returns."""

import json
from collections.abc import AsyncGenerator
from dataclasses import asdict
from datetime import tzinfo
from typing import Literal

from pydantic import BaseModel, ConfigDict

from adapters.postgres.inbox import Inbox
from adapters.postgres.tidings import SHEET, Told
from adapters.sheets.receipts import ReadRow, WrongRow, read_rows
from adapters.sheets.table import Table
from api.client.books import Books
from domain.refusal import Refused
from domain.returns.doors import read_report


class RowTaken(BaseModel):
    """What came of one row."""

    model_config = ConfigDict(frozen=True)

    line: int
    outcome: Literal["taken", "known", "checked", "refused"]
    message_id: str = ""
    because: str = ""


class Sheets:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def take_in(
        self, table: Table, *, tenant: str, warehouse: str, zone: tzinfo, check: bool
    ) -> AsyncGenerator[RowTaken, None]:
        """Take in the rows of a table, each once; say of each what came of it.

        Args:
            table: The rows.
            tenant: Whose returns they are about.
            warehouse: Whose table it is; a row's id counts within it.
            zone: Where times without an offset are told.
            check: Only say what would be refused; nothing is written.
        """
        found = map(_fitting, read_rows(table, warehouse, zone))
        if check:
            for row in found:
                yield _refused(row) if isinstance(row, WrongRow) else _told(row, "checked")
            return
        async with self._books.pool("take receipts in") as pool:
            inbox = Inbox(pool)
            for row in found:
                if isinstance(row, WrongRow):
                    yield _refused(row)
                else:
                    yield await _keep(inbox, tenant, row)


def _fitting(row: ReadRow | WrongRow) -> ReadRow | WrongRow:
    """Hold a row to what a return takes."""
    if isinstance(row, WrongRow):
        return row
    receipt = next(fact.body for fact in row.facts if fact.signal == "report_receipt")
    read = read_report("report_receipt", json.dumps(receipt))
    return WrongRow(row.line, read.because) if isinstance(read, Refused) else row


async def _keep(inbox: Inbox, tenant: str, row: ReadRow) -> RowTaken:
    facts = [asdict(fact) for fact in row.facts]
    told = Told(SHEET, tenant, row.event_id, "receipt.row", row.occurred_at, facts)
    kept = await inbox.keep(told.incoming)
    if kept == "differs":
        because = "id: another row has it already; a row that is mended needs an id of its own"
        return RowTaken(line=row.line, outcome="refused", message_id=row.event_id, because=because)
    return _told(row, "taken" if kept == "new" else "known")


def _told(row: ReadRow, outcome: Literal["taken", "known", "checked"]) -> RowTaken:
    return RowTaken(line=row.line, outcome=outcome, message_id=row.event_id)


def _refused(row: WrongRow) -> RowTaken:
    return RowTaken(line=row.line, outcome="refused", because=row.because)
