"""`quarantine`: news that waits for a person, as an operator sees and ends it."""

from datetime import timedelta
from typing import Any

import pytest

from activities.known import return_stream
from activities.unplaced import UnplacedNews
from adapters.postgres.inbox import Inbox
from adapters.postgres.pool import Pool
from adapters.postgres.tidings import Told
from adapters.postgres.unplaced import InboxUnplaced
from tests.client.conftest import Shell
from tests.projections.story import OPENED

SCAN = {
    "signal": "report_tracking",
    "reference_kind": "tracking",
    "reference": "T-9",
    "body": {"tracking_number": "T-9"},
}


@pytest.fixture
def keep(pool: Pool, shell: Shell) -> Any:
    """Put news into quarantine, and give its number there."""

    async def kept(event_id: str, *facts: dict[str, Any]) -> str:
        told = Told("dock", shell.tenant, event_id, "scan", OPENED, facts)
        await Inbox(pool).keep(told.incoming, "quarantined", "no return has this tracking")
        return await number_of(shell, event_id)

    return kept


async def number_of(shell: Shell, event_id: str) -> str:
    listed = (await shell("quarantine", "list", "--json")).data["quarantined"]
    [number] = [
        row["number"]
        for row in listed
        if (row["account"], row["event_id"]) == (shell.tenant, event_id)
    ]
    return str(number)


async def shown(shell: Shell, number: str) -> Any:
    return (await shell("quarantine", "show", number, "--json")).data


async def test_news_is_listed_with_its_reason_and_shown_with_what_it_tells(
    shell: Shell, keep: Any
) -> None:
    number = await keep("evt-1", SCAN)
    listed = (await shell("quarantine", "list")).out
    [line] = [line for line in listed.splitlines() if line.split()[0] == number]
    assert line.split("  ")[-2:] == ["release or drop", "no return has this tracking"]
    assert (await shown(shell, number))["facts"] == [SCAN]
    assert '"tracking_number": "T-9"' in (await shell("quarantine", "show", number)).out


async def test_what_was_released_says_by_whom_and_why_and_is_not_released_twice(
    shell: Shell, keep: Any
) -> None:
    number = await keep("evt-1", SCAN)
    asked = ("quarantine", "release", number, "--because", "OPS-7", "--actor", "staff:s-7")
    assert (await shell(*asked)).out == f"{number} released\n"
    news = await shown(shell, number)
    assert (news["state"], news["because"], news["may"]) == ("received", "", [])
    [ended] = news["ended"]
    assert (ended["how"], ended["by"], ended["because"]) == ("released", "staff:s-7", "OPS-7")
    again = await shell(*asked)
    assert (again.code, "it is received" in again.err) == (1, True)
    assert len((await shown(shell, number))["ended"]) == 1


async def test_what_was_dropped_keeps_the_reason_for_which_it_stood_there(
    shell: Shell, keep: Any
) -> None:
    first, second = await keep("evt-1", SCAN), await keep("evt-2", SCAN)
    typed = await shell("quarantine", "drop", first, second, "--because", "a test of theirs")
    assert (typed.code, typed.out) == (0, f"{first} dropped\n{second} dropped\n")
    news = await shown(shell, second)
    assert news["state"] == "ignored"
    assert news["because"] == "dropped: no return has this tracking"
    assert news["ended"][0]["because"] == "a test of theirs"


async def test_what_says_nothing_can_only_be_dropped(shell: Shell, keep: Any) -> None:
    number = await keep("evt-1")
    refused = await shell("quarantine", "release", number, "--because", "try")
    assert (refused.code, "refused (unreadable)" in refused.err) == (1, True)
    assert (await shown(shell, number))["may"] == ["drop"]
    assert (await shell("quarantine", "drop", number, "--because", "OPS-8")).code == 0


async def test_news_of_a_return_that_nobody_opened_is_not_released_before_its_time(
    shell: Shell, pool: Pool
) -> None:
    early = UnplacedNews(
        tenant=shell.tenant,
        return_id="R-early",
        stream=return_stream(shell.tenant, "R-early"),
        message="report_tracking",
        message_id="m-1",
        occurred_at=OPENED + timedelta(hours=1),
        body={"tracking_number": "T-9"},
        code="unknown_return",
        because="there is no such return",
    )
    await InboxUnplaced(pool).keep(early)
    number = await number_of(shell, "R-early m-1")
    refused = await shell("quarantine", "release", number, "--because", "try")
    assert (refused.code, "told by itself once" in refused.err) == (1, True)
    assert (await shown(shell, number))["state"] == "quarantined"


async def test_a_box_is_in_the_list_of_boxes_alone_and_is_placed_there(
    shell: Shell, pool: Pool
) -> None:
    fact = {**SCAN, "signal": "report_receipt"}
    told = Told("dock", shell.tenant, "box-1", "report_receipt", OPENED, [fact])
    await Inbox(pool).keep(told.incoming, "quarantined", "names neither a parcel nor a return")
    listed = (await shell("quarantine", "list", "--json")).data["quarantined"]
    assert not [row for row in listed if row["event_id"] == "box-1"]
    boxes = (await shell("receipts", "waiting", "--json")).data["boxes"]
    number = str(max(box["id"] for box in boxes))
    refused = await shell("quarantine", "release", number, "--because", "try")
    assert (refused.code, f"receipts place {number}" in refused.err) == (1, True)


@pytest.mark.parametrize("because", ["", "  ", "two\nlines", "x" * 201])
async def test_nothing_is_ended_without_a_reason_that_can_be_kept(
    shell: Shell, because: str
) -> None:
    typed = await shell("quarantine", "drop", "1", "--because", because)
    assert (typed.code, "--because: expected a reason" in typed.err) == (2, True)


async def test_a_number_that_is_none_is_refused_and_no_number_is_wrong_usage(
    shell: Shell,
) -> None:
    unknown = await shell("quarantine", "release", "999999999", "--because", "OPS-7")
    assert (unknown.code, "unknown_news" in unknown.err) == (1, True)
    assert (await shell("quarantine", "drop", "--because", "OPS-7")).code == 2
