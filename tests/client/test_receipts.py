"""`receipts import`: a warehouse's table taken in by the row, each row once."""

import asyncio
import csv
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.tidings import Told
from projections.runner import catch_up
from tests.client.conftest import Shell
from tests.engine import eventually
from tests.projections.story import OPENED, Story

TABLE = (
    "Datum;RMA;Artikel;Menge\n"
    "9.3.2026;R-NOBODY;SHIRT;1\n"
    "9.3.2026;R-NOBODY;SHIRT;viele\n"
    "9.3.2026;R-NOBODY;MUG;2\n"
    "9.3.2026;R NOBODY;MUG;2\n"
)


async def test_a_table_told_twice_acts_once_and_says_of_each_row_what_came_of_it(
    shell: Shell, pool: Pool, tenant: str, tmp_path: Path
) -> None:
    outcomes = tmp_path / "outcomes.csv"
    asked = ("receipts", "import", shell.file(TABLE, "dock.csv"), "--warehouse", "hub-de",
             "--tenant", tenant, "--outcomes", str(outcomes))  # fmt: skip
    first = await shell(*asked)
    assert first.code == 1
    assert "line 3: quantity: expected a whole number" in first.out
    assert "line 5: returns.0: expected letters, digits" in first.out
    assert "2 refused, 2 taken" in first.out
    again = await shell(*asked)
    assert "2 known, 2 refused" in again.out
    told = list(csv.DictReader(outcomes.read_text("utf-8").splitlines()))
    assert [(row["line"], row["outcome"]) for row in told] == [
        ("2", "known"), ("3", "refused"), ("4", "known"), ("5", "refused"),
    ]  # fmt: skip
    async with borrowed(pool) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM backhaul.inbox WHERE provider = 'sheet' AND account = %s",
            (tenant,),
        )
        assert await cursor.fetchone() == (2,)


async def test_a_check_writes_nothing(shell: Shell, tenant: str) -> None:
    asked = ("receipts", "import", shell.file(TABLE, "dock.csv"), "--warehouse", "hub-de",
             "--tenant", tenant)  # fmt: skip
    assert "2 checked" in (await shell(*asked, "--check")).out
    assert "2 taken" in (await shell(*asked)).out


def dropped(folder: Path, name: str, content: bytes | str, *, ago: float = 60) -> Path:
    """Put a file there as if nobody had written to it for a while."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    written = time.time() - ago
    os.utime(path, (written, written))
    return path


async def test_tables_dropped_into_a_folder_are_taken_and_set_aside_with_what_came_of_them(
    shell: Shell, tenant: str, tmp_path: Path
) -> None:
    folder = tmp_path / "dock"
    folder.mkdir()
    dropped(folder, "monday.csv", TABLE)
    dropped(folder, "photo.csv", b"\x89PNG\r\n\x1a\n\x00")
    waiting = [
        dropped(folder, "late.csv", TABLE, ago=0),
        dropped(folder, ".sent-by-and-by.csv", TABLE),
        dropped(folder, "tuesday.csv.part", TABLE),
    ]
    asked = ("receipts", "watch", str(folder), "--warehouse", "hub-de", "--tenant", tenant)
    first = await shell(*asked, "--once")
    assert first.code == 1
    assert "monday.csv: 2 refused, 2 taken" in first.out
    assert "photo.csv: refused, received_at: there is no such column" in first.out
    assert all(path.exists() for path in waiting), "what is still written to is left alone"
    [outcomes] = (folder / "taken").glob("monday-*.outcomes.csv")
    assert "quantity: expected a whole number" in outcomes.read_text("utf-8")
    [because] = (folder / "refused").glob("photo-*.because.txt")
    assert because.read_text("utf-8").startswith("received_at")
    assert {path.name for path in folder.glob("*.csv")} == {"late.csv", waiting[1].name}


async def test_a_table_that_was_taken_and_not_yet_set_aside_counts_once(
    shell: Shell, tenant: str, tmp_path: Path
) -> None:
    folder = tmp_path / "dock"
    folder.mkdir()
    asked = ("--warehouse", "hub-de", "--tenant", tenant)
    file = dropped(folder, "monday.csv", TABLE)
    await shell("receipts", "import", str(file), *asked)
    typed = await shell("receipts", "watch", str(folder), *asked, "--once")
    assert "monday.csv: 2 known, 2 refused" in typed.out


async def test_a_folder_that_is_not_there_is_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    typed = await shell("receipts", "watch", nowhere, "--warehouse", "hub-de", "--once")
    assert (typed.code, typed.out) == (2, "")
    assert "there is no such folder" in typed.err


async def test_who_watches_takes_what_comes_later_and_ends_when_asked_to(
    surroundings: dict[str, str], tenant: str, tmp_path: Path
) -> None:
    folder = tmp_path / "dock"
    folder.mkdir()
    asked = ("starter.py", "receipts", "watch", str(folder), "--warehouse", "hub-de",
             "--tenant", tenant, "--every", "0.2")  # fmt: skip
    watching = await asyncio.create_subprocess_exec(
        sys.executable, *asked, env={**os.environ, **surroundings}, stdout=PIPE
    )
    try:

        async def is_watched() -> bool:
            return (folder / "taken").is_dir()

        await eventually(is_watched, "watched")
        dropped(folder, "monday.csv", TABLE)
        assert watching.stdout is not None
        assert b"monday.csv: 2 refused, 2 taken" in await watching.stdout.readline()
        watching.terminate()
        assert await watching.wait() == 0
    finally:
        if watching.returncode is None:
            watching.kill()
            await watching.wait()


async def test_a_column_that_nobody_knows_is_wrong_usage(shell: Shell) -> None:
    asked = ("receipts", "import", shell.file(TABLE, "dock.csv"), "--warehouse", "hub-de")
    typed = await shell(*asked, "--column", "colour=Farbe")
    assert typed.code == 2
    assert "--column colour=Farbe: expected one of" in typed.err


async def test_boxes_that_are_nobodys_are_listed_with_the_returns_that_may_be_meant(
    shell: Shell, pool: Pool, tenant: str, story: Story
) -> None:
    for return_id in ("R-1", "R-2"):
        await story.open(return_id, order_id=f"W-{return_id}", skus={"HAT": 1})
    await catch_up(pool)
    body = {
        "message_id": f"blind {tenant}",
        "occurred_at": OPENED.isoformat(),
        "warehouse": "hub-de",
        "units": [{"sku": "HAT", "quantity": 1}],
    }
    fact = {"signal": "report_receipt", "reference_kind": "return", "reference": "", "body": body}
    told = Told("dock", tenant, str(body["message_id"]), "report_receipt", OPENED, [fact])
    await Inbox(pool).keep(told.incoming, "quarantined", "names neither a parcel nor a return")
    shown = json.loads((await shell("receipts", "waiting", "--tenant", tenant, "--json")).out)
    [box] = [box for box in shown["boxes"] if box["may_be"]]
    assert set(box["may_be"]) == {"R-1", "R-2"}

    number = str(box["id"])
    unknown = await shell("receipts", "place", number, "--return", "R-9", "--tenant", tenant)
    assert (unknown.code, "there is no return R-9" in unknown.err) == (1, True)
    nobody = await shell("receipts", "place", number, "--tenant", tenant)
    assert (nobody.code, "name its return" in nobody.err) == (1, True)
    placed = await shell("receipts", "place", number, "--return", "R-1", "--tenant", tenant)
    assert placed.out.strip() == "told to R-1"
    again = await shell("receipts", "place", number, "--return", "R-2", "--tenant", tenant)
    assert "placed: R-1" in again.err
