"""`receipts watch`: the folder into which a warehouse drops its tables."""

import asyncio
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from adapters.sheets.folder import (
    Dropped,
    UnusableFolder,
    content,
    lying_still,
    opened,
    set_aside,
)
from adapters.sheets.table import UnreadableTable
from api.cli.desk import COMMON, Common, Desk, Exit, UsageError, at_desk
from api.cli.receipts import Reading, app, as_csv, as_told, receipts
from api.client import Unavailable

__all__ = ["app"]


@receipts.command
def watch(
    folder: str,
    *,
    warehouse: str,
    column: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    encoding: str = "",
    timezone: str = "UTC",
    every: Annotated[float, Parameter(validator=Number(gt=0))] = 30.0,
    once: Annotated[bool, Parameter(negative="")] = False,
    common: Common = COMMON,
) -> int:
    """Take in every table that is dropped into FOLDER, until it is stopped.

    A file that lies still is taken and moved to `taken`, with what came of each row beside it;
    one that is no table is moved to `refused`, with the reason. Stopped at any moment and
    started again, every row still counts once.

    Args:
        folder: Where the files arrive; ones called .csv, .tsv or .txt are taken.
        warehouse: Whose tables they are.
        column: OURS=THEIRS: what a column is called in these files, as sku=Art-Nr.
        encoding: Such as cp1250; without it, it is found out.
        timezone: Where times without an offset are told, as Europe/Berlin.
        every: Seconds between two looks.
        once: Look once, and end.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        how = as_told(warehouse, column, encoding, timezone)
        try:
            watched = opened(Path(folder))
        except UnusableFolder as unusable:
            raise UsageError(str(unusable)) from unusable
        if once:
            refused = await _look(desk, watched, how, wait=False)
            return Exit.REFUSED if refused else Exit.DONE
        stopped = _told_to_stop()
        while not stopped.is_set():
            await _look(desk, watched, how, wait=True)
            await _until(stopped, every)
        return Exit.DONE

    return at_desk(common, work)


async def _look(desk: Desk, folder: Path, how: Reading, *, wait: bool) -> int:
    """Take in what lies there now; gives how many rows and files were refused."""
    refused = 0
    try:
        found = list(lying_still(folder, time.time()))
    except OSError as gone:
        desk.note(f"{folder}: cannot be read ({gone.strerror})")
        return 1
    for dropped in found:
        try:
            refused += await _take(desk, dropped, how)
        except Unavailable as away:
            if not wait:
                raise
            desk.note(f"{dropped.path.name}: left where it is ({away})")
            return refused
        except OSError as gone:
            desk.note(f"{dropped.path.name}: left where it is ({gone.strerror})")
    return refused


async def _take(desk: Desk, dropped: Dropped, how: Reading) -> int:
    name = dropped.path.name
    try:
        rows = await how.take_in(desk, content(dropped))
    except UnreadableTable as unreadable:
        aside = set_aside(dropped, "refused", f"{unreadable}\n")
        desk.say([f"{name}: refused, {unreadable}"], {"file": name, "because": str(unreadable)})
        if aside is not None:
            desk.note(f"{name}: lies in {aside.parent.name} as {aside.name}")
        return 1
    set_aside(dropped, "taken", as_csv(rows))
    sums = Counter(row.outcome for row in rows)
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(sums.items())) or "no row"
    desk.say([f"{name}: {told}"], {"file": name, "sums": dict(sums)})
    return sums["refused"]


def _told_to_stop() -> asyncio.Event:
    """An event that is set once the process is asked to end, as services are."""
    stopped = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stopped.set)
    return stopped


async def _until(event: asyncio.Event, within_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
