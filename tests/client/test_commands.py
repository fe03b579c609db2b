"""Each command does what its name says, tells it to people and to programs, and ends honestly."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.postgres.pool import Pool
from api.client import ReturnsClient
from projections.runner import catch_up
from tests.client.conftest import Shell
from tests.client.test_looking import inspection, receipt
from tests.engine import LONG_AGO
from tests.projections.story import Story

Wish = Callable[..., dict[str, Any]]
Until = Callable[[str, str], Awaitable[None]]


@pytest.fixture
async def opened(returns: ReturnsClient, wish: Wish) -> str:
    """A return that waits for its parcel, which the customer sends on their own."""
    asked = wish(method="own_carrier")
    await returns.open(asked)
    return str(asked["return_id"])


async def test_start_says_how_it_stands_and_whose_turn_it_is(shell: Shell, wish: Wish) -> None:
    asked = wish(method="own_carrier")
    typed = await shell("start", shell.file(asked))
    assert (typed.code, typed.err) == (0, "")
    assert typed.out.startswith(f"{asked['return_id']}: approved · 60.00 EUR · ")


async def test_start_takes_a_list_and_answers_in_its_order(shell: Shell, wish: Wish) -> None:
    asked = [wish(), wish(tenant="elsewhere"), wish(lines=[])]
    typed = await shell("start", shell.file(asked), "--json")
    assert typed.code == 1
    assert [answer["accepted"] for answer in typed.data] == [True, True, False]
    assert [answer["status"]["tenant"] for answer in typed.data[:2]] == [
        asked[0]["order"]["tenant"],
        "elsewhere",
    ]
    assert typed.data[2]["because"].startswith("request.lines: ")


async def test_start_of_another_merchants_order_is_refused(shell: Shell, wish: Wish) -> None:
    typed = await shell("start", shell.file(wish()), "--tenant", "elsewhere")
    assert typed.code == 1
    assert "refused (unknown_order): order.tenant: is not elsewhere" in typed.err


async def test_a_declined_request_was_done_and_says_why(shell: Shell, wish: Wish) -> None:
    typed = await shell("start", shell.file(wish(sold=LONG_AGO)))
    assert typed.code == 0
    assert ": declined" in typed.out


async def test_show_shows_units_parcels_money_steps_and_the_way_to_the_ui(
    shell: Shell, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_UI_URL", "http://127.0.0.1:8233/")
    typed = await shell("show", opened)
    assert typed.code == 0
    for told in (
        f"{opened} · approved · customer: hand over by ",
        "\nUnits\n  1/1  Shoe  awaiting · pending  refund original 60.00 EUR\n",
        "\nParcels\n  P1  ",
        "\nMoney\n  promised  60.00 EUR\n  paid      0.00 EUR\n",
        "\nOpen steps\n",
        f"http://127.0.0.1:8233/namespaces/default/workflows/return%3A{shell.tenant}%3A{opened}",
    ):
        assert told in typed.out


async def test_show_gives_programs_the_status_as_a_query_does(
    shell: Shell, returns: ReturnsClient, opened: str
) -> None:
    typed = await shell("show", opened, "--json")
    assert typed.data.keys() == (await returns.status(shell.tenant, opened)).model_fields_set
    assert typed.data["return_id"] == opened


async def test_history_tells_each_event_in_a_line(shell: Shell, opened: str) -> None:
    typed = await shell("history", opened)
    lines = typed.out.splitlines()
    assert "Return requested" in lines[0]
    assert "service:python-client" in lines[0]
    assert f"order_id={(await shell('show', opened, '--json')).data['order_id']}" in lines[0]
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]


async def test_history_gives_programs_every_field(shell: Shell, opened: str) -> None:
    events = (await shell("history", opened, "--json")).data["events"]
    assert events[0]["type"] == events[0]["data"]["type"] == "ReturnRequested"


async def test_explain_derives_the_money(shell: Shell, opened: str) -> None:
    typed = await shell("explain", opened)
    assert typed.code == 0
    for told in ("listed", "50.00 EUR", "tax", "10.00 EUR", "Promised: 60.00 EUR"):
        assert told in typed.out
    assert (await shell("explain", opened, "--json")).data["promised_minor"] == 6000


async def test_a_return_declined_before_it_was_priced_cannot_be_explained(
    shell: Shell, wish: Wish
) -> None:
    asked = wish(sold=LONG_AGO)
    await shell("start", shell.file(asked))
    typed = await shell("explain", asked["return_id"])
    assert (typed.code, typed.out) == (1, "")
    assert "not_priced" in typed.err


async def test_quote_says_what_it_would_bring(shell: Shell, wish: Wish) -> None:
    asked = wish()
    typed = await shell("quote", shell.file(asked))
    assert typed.code == 0
    for told in ("approved", "60.00 EUR", "-4.90 EUR", "55.10 EUR", "back to t1"):
        assert told in typed.out
    assert (await shell("show", asked["return_id"])).code == 1


async def test_list_filters_the_board(shell: Shell, pool: Pool, opened: str, wish: Wish) -> None:
    await shell("start", shell.file(wish(sold=LONG_AGO)))
    await catch_up(pool)

    async def found(*options: str) -> list[str]:
        typed = await shell("list", "--json", *options)
        assert typed.code == 0
        return [row["return_id"] for row in typed.data["returns"]]

    assert len(await found()) == 2
    assert await found("--next-actor", "customer") == [opened]
    assert await found("--headline", "approved", "--open", "--method", "own_carrier") == [opened]
    assert await found("--overdue") == []
    assert await found("--closed", "--next-actor", "customer") == []
    assert opened in (await shell("list")).out


async def test_list_goes_on_where_the_page_before_ended(
    shell: Shell, pool: Pool, story: Story
) -> None:
    for number in range(3):
        await story.open(f"R-{number}", order_id=f"W-{number}")
    await catch_up(pool)

    first = await shell("list", "--limit", "2", "--json")
    rest = await shell("list", "--limit", "2", "--json", "--cursor", first.data["next_cursor"])

    ids = [row["return_id"] for page in (first, rest) for row in page.data["returns"]]
    assert sorted(ids) == ["R-0", "R-1", "R-2"]
    assert rest.data["next_cursor"] is None


async def test_list_overdue_shows_what_was_due(shell: Shell, pool: Pool, story: Story) -> None:
    await story.open("R-old")
    await catch_up(pool)
    assert "R-old" in (await shell("list", "--overdue")).out


async def test_goods_are_received_and_inspected_from_files(
    shell: Shell, opened: str, until: Until
) -> None:
    received = await shell("receive", shell.file(receipt(returns=[opened])))
    assert (received.code, received.out) == (0, f"{opened} was told\n")
    await until(opened, "UnitReceived")

    inspected = await shell("inspect", shell.file(inspection(opened)))
    assert inspected.code == 0
    await until(opened, "UnitInspected")


async def test_any_signal_can_be_told(shell: Shell, opened: str, until: Until) -> None:
    seen = {"message_id": "x", "occurred_at": "2026-11-25T10:00:00Z", "tracking_number": "T-1"}
    typed = await shell(
        "tell", opened, "report_tracking", shell.file({**seen, "status": "scanned"}), "--json"
    )
    assert (typed.code, typed.data["code"]) == (0, "told")


async def test_cancel_names_who_did_it(shell: Shell, returns: ReturnsClient, opened: str) -> None:
    typed = await shell("cancel", opened, "--because", "kept", "--actor", "customer:c-7")
    assert typed.code == 0
    assert f"{opened}: cancelled" in typed.out
    last = {event.type: event.actor for event in await returns.events(shell.tenant, opened)}
    assert last["ReturnCancelled"] == "customer:c-7"


async def test_ask_takes_any_update_from_a_file(shell: Shell, opened: str) -> None:
    body = shell.file({"rating": 5, "note": "quick", "request_id": "f-1"})
    for name in ("give_feedback", "give-feedback"):
        assert (await shell("ask", opened, name, body)).code == 0
    told = (await shell("history", opened, "--json")).data["events"]
    assert [event["type"] for event in told].count("FeedbackReceived") == 1


COMMANDS = [
    ["approve", "--unit", "1/1"],
    ["decline", "--because", "no"],
    ["cancel"],
    ["override", "--because", "yes", "--settles", "c-1"],
    ["choose-method", "own_carrier"],
    ["reschedule", "2026-11-30T09:00:00+01:00"],
    ["match", "s-1", "--disposition", "quarantine"],
    ["match", "s-1", "--unit", "1/1"],
    ["unmatch", "s-1"],
    ["dispute", "1/1", "--because", "it was new"],
    ["resolve-dispute", "1/1", "upheld", "--because", "it was"],
    ["release-payout", "p-1"],
    ["choose-payout", "p-1", "store_credit"],
    ["accept-offer", "o-1"],
    ["decline-offer", "o-1"],
    ["contact", "sms", "--time-zone", "Asia/Tokyo"],
    ["feedback", "5", "--note", "quick"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:1]))
async def test_every_update_is_a_command_that_reaches_the_return(
    shell: Shell, command: list[str]
) -> None:
    typed = await shell(command[0], "R-nobody", *command[1:], "--json")
    assert (typed.code, typed.data["code"]) == (1, "unknown_return")


async def test_an_address_is_corrected_from_a_file(shell: Shell) -> None:
    where = {"line1": "2 rue", "city": "Lyon", "country": "FR"}
    typed = await shell("correct-address", "R-nobody", shell.file(where))
    assert "unknown_return" in typed.err


@pytest.mark.parametrize("kind", ["events", "returns", "payouts", "labels"])
async def test_export_writes_a_line_for_each(
    shell: Shell, story: Story, kind: str, tmp_path: Path
) -> None:
    await story.whole("R-1")
    out = tmp_path / "out.jsonl"
    typed = await shell("export", kind, "--out", str(out), "--tenant", story.tenant, "--json")
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert (typed.code, typed.data["rows"]) == (0, len(rows))
    assert all(row["tenant"] == story.tenant for row in rows)
    assert not out.with_name("out.jsonl.unfinished").exists()


async def test_export_can_go_on_to_another_program(shell: Shell, story: Story) -> None:
    await story.open("R-1")
    typed = await shell("export", "returns", "--out", "-", "--tenant", story.tenant)
    assert json.loads(typed.out)["return_id"] == "R-1"


async def test_rebuild_builds_a_read_model_again(shell: Shell, pool: Pool, story: Story) -> None:
    await story.open("R-1")
    typed = await shell("rebuild", "return_board", "--json")
    assert typed.code == 0
    assert "R-1" in (await shell("list")).out


async def test_revive_counts_what_it_started(
    shell: Shell, wish: Wish, returns: ReturnsClient
) -> None:
    await returns.open(wish(method="own_carrier"))
    typed = await shell("revive", "--tenant", shell.tenant)
    assert (typed.code, typed.out) == (0, "0 started, 1 were running\n")


async def test_the_demo_names_the_file_it_cannot_play(bare_shell: Shell) -> None:
    typed = await bare_shell("demo", "--orders", "no-such-orders.json")
    assert typed.code == 2
    assert "no-such-orders.json" in typed.out + typed.err
