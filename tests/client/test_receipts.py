"""`receipts import`: a warehouse's table taken in by the row, each row once."""

import csv
import json
from pathlib import Path

from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool, borrowed
from adapters.postgres.tidings import Told
from projections.runner import catch_up
from tests.client.conftest import Shell
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
