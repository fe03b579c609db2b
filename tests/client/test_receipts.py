"""`receipts import`: a warehouse's table taken in by the row, each row once."""

import csv
from pathlib import Path

from adapters.postgres.pool import Pool, borrowed
from tests.client.conftest import Shell

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
