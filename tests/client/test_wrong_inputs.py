"""Whatever is wrong is said in a sentence with its field; nothing of it is a traceback."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.returns.doors import BODY_LIMIT
from tests.client.conftest import Shell, Typed
from tests.client.test_looking import inspection, receipt

Wish = Callable[..., dict[str, Any]]

FILE_COMMANDS = [
    ["start", "FILE"],
    ["quote", "FILE"],
    ["receive", "FILE"],
    ["inspect", "FILE"],
    ["ask", "R-1", "cancel", "FILE"],
    ["tell", "R-1", "report_tracking", "FILE"],
    ["correct-address", "R-1", "FILE"],
]
each_file_command = pytest.mark.parametrize(
    "command", FILE_COMMANDS, ids=lambda command: str(command[0])
)


async def typed_with(shell: Shell, command: list[str], file: str) -> Typed:
    return await shell(*(file if word == "FILE" else word for word in command))


def assert_refused(typed: Typed, *said: str) -> None:
    assert (typed.code, typed.out) == (1, ""), typed.err
    for each in said:
        assert each in typed.err
    assert len(typed.err.splitlines()) == 1


NOT_BODIES = [
    ("", "not_json"),
    ("{", "not_json"),
    ("{'a': 1}", "not_json"),
    ('{"a": NaN}', "NaN is not a number"),
    ('{"a": 1, "a": 2}', "a is given twice"),
    ("[" * 100_000, "too_deep"),
    ('"a text"', "expected an object"),
    ("[]", "expected an object"),
    ("[1]", "expected an object"),
    ("9" * 5_000, "invalid"),
]


@each_file_command
@pytest.mark.parametrize(("content", "said"), NOT_BODIES, ids=[said for _, said in NOT_BODIES])
async def test_a_file_that_holds_no_body_is_refused(
    bare_shell: Shell, command: list[str], content: str, said: str
) -> None:
    assert_refused(await typed_with(bare_shell, command, bare_shell.file(content)), said)


@each_file_command
async def test_a_file_that_is_not_utf_8_is_refused(bare_shell: Shell, command: list[str]) -> None:
    path = bare_shell.folder / "latin.json"
    path.write_bytes('{"because": "gefällt nicht"}'.encode("latin-1"))
    assert_refused(await typed_with(bare_shell, command, str(path)), "is not UTF-8")


@each_file_command
async def test_a_file_that_cannot_be_read_is_wrong_usage(
    bare_shell: Shell, command: list[str]
) -> None:
    for absent in ("no-such-file.json", str(bare_shell.folder)):
        typed = await typed_with(bare_shell, command, absent)
        assert (typed.code, typed.out) == (2, "")
        assert f"{absent}: cannot be read" in typed.err


@each_file_command
async def test_an_unknown_field_is_named(bare_shell: Shell, command: list[str]) -> None:
    typed = await typed_with(bare_shell, command, bare_shell.file({"becuase": "typo"}))
    assert_refused(typed, "becuase: ")


@each_file_command
async def test_one_byte_too_many_is_refused(bare_shell: Shell, command: list[str]) -> None:
    typed = await typed_with(bare_shell, command, bare_shell.file({"x": "x" * BODY_LIMIT}))
    assert_refused(typed, "refused (too_large): body: ", f"at most {BODY_LIMIT} are taken")


MISFIT_REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"lines": None}, "request.lines: "),
    ({"method": "by_owl"}, "request.method: "),
    ({"requested_at": "2026-11-24T10:00:00"}, "request.requested_at: "),
    ({"requested_at": "yesterday"}, "request.requested_at: "),
    ({"return_id": "no spaces"}, "request.return_id: "),
    ({"order_id": "W-other"}, "order.order_id: is not the order_id of the request"),
    ({"parcels": "1"}, "request.parcels: "),
    ({"priority": "high"}, "request.priority: "),
]


@pytest.mark.parametrize(("changed", "said"), MISFIT_REQUESTS, ids=lambda each: str(each)[:30])
@pytest.mark.parametrize("command", ["start", "quote"])
async def test_a_request_is_refused_by_its_field(
    bare_shell: Shell, wish: Wish, command: str, changed: dict[str, Any], said: str
) -> None:
    asked = wish() | changed
    typed = await bare_shell(command, bare_shell.file(asked))
    assert_refused(typed, said)


MISFIT_LINES: list[tuple[dict[str, Any], str]] = [
    ({"quantity": -1}, "quantity: "),
    ({"quantity": 0}, "quantity: "),
    ({"quantity": "2"}, "quantity: "),
    ({"quantity": 1.5}, "quantity: "),
    ({"quantity": 10**30}, "invalid"),
    ({"reason": "bored"}, "reason: "),
    ({"reason": "other"}, "note: "),
    ({"resolution": "exchange"}, "exchange_for: "),
    ({"line_id": None}, "line_id: "),
]


@pytest.mark.parametrize(("changed", "said"), MISFIT_LINES, ids=lambda each: str(each)[:30])
async def test_a_line_is_refused_by_its_field(
    bare_shell: Shell, wish: Wish, changed: dict[str, Any], said: str
) -> None:
    line = {"line_id": "1", "quantity": 1, "reason": "too_small"} | changed
    assert_refused(await bare_shell("start", bare_shell.file(wish(lines=[line]))), said)


@pytest.mark.parametrize("currency", ["EURO", "eur", "XXX", "", 978])
async def test_a_currency_nobody_knows_is_refused(
    bare_shell: Shell, wish: Wish, currency: Any
) -> None:
    asked = wish(sold={"currency": currency})
    typed = await bare_shell("start", bare_shell.file(asked))
    assert_refused(typed, "request.order.currency: ")


async def test_what_the_return_knows_better_is_refused_by_it(shell: Shell, wish: Wish) -> None:
    nine = wish(lines=[{"line_id": "1", "quantity": 9, "reason": "too_small"}])
    assert_refused(await shell("start", shell.file(nine)), "nothing_left_to_return", "quantity")
    none = wish(lines=[{"line_id": "7", "quantity": 1, "reason": "too_small"}])
    assert_refused(await shell("start", shell.file(none)), "unknown_line", "lines.0.line_id")


async def test_an_order_in_a_foreign_currency_is_not_the_order_that_was_recorded(
    shell: Shell, wish: Wish
) -> None:
    first = wish(method="own_carrier")
    assert (await shell("start", shell.file(first))).code == 0
    foreign = {**first, "return_id": "R-2", "order": {**first["order"], "currency": "USD"}}
    assert_refused(await shell("start", shell.file(foreign)), "order_differs", "currency")


REPORTS: list[tuple[str, dict[str, Any], str]] = [
    ("receive", {"units": [{"sku": "S", "quantity": -1}]}, "units.0.quantity: "),
    ("receive", {"units": "many"}, "units: "),
    ("receive", {"occurred_at": None}, "occurred_at: "),
    ("receive", {"returns": ["a/b"]}, "returns.0: "),
    ("receive", {"parcel": {"tracking": "T"}}, "parcel.tracking: "),
    ("inspect", {"units": [{"line_id": "1", "unit": 0, "grade": "used"}]}, "units.0.unit: "),
    ("inspect", {"units": [{"line_id": "1", "unit": 1, "grade": "shiny"}]}, "units.0.grade: "),
    ("inspect", {"return_id": 7}, "return_id: "),
]


@pytest.mark.parametrize(("command", "changed", "said"), REPORTS)
async def test_a_report_is_refused_by_its_field(
    bare_shell: Shell, command: str, changed: dict[str, Any], said: str
) -> None:
    whole = receipt(returns=["R-1"]) if command == "receive" else inspection("R-1")
    assert_refused(await bare_shell(command, bare_shell.file(whole | changed)), said)


@pytest.mark.parametrize(
    "command",
    [
        ["show", "R-nobody"],
        ["history", "R-nobody"],
        ["explain", "R-nobody"],
        ["cancel", "R-nobody"],
        ["approve", "no id"],
    ],
)
async def test_a_return_nobody_opened_is_refused(shell: Shell, command: list[str]) -> None:
    typed = await shell(*command)
    assert_refused(typed, "refused (")
    program = await shell(*command, "--json")
    assert (program.code, program.err) == (1, "")
    assert program.data["accepted"] is False


USAGE = [
    [],
    ["fly"],
    ["show"],
    ["show", "R-1", "R-2"],
    ["show", "R-1", "--jsno"],
    ["decline", "R-1"],
    ["feedback", "R-1", "good"],
    ["resolve-dispute", "R-1", "1/1", "maybe", "--because", "x"],
    ["choose-method", "R-1", "by_owl"],
    ["choose-payout", "R-1", "p-1", "bitcoin"],
    ["match", "R-1", "s-1", "--disposition", "burn"],
    ["list", "--next-actor", "nobody"],
    ["list", "--headline", "fine"],
    ["list", "--limit", "0"],
    ["list", "--limit", "many"],
    ["list", "--open", "--closed"],
    ["export", "everything", "--out", "x"],
    ["export", "events"],
    ["ask", "R-1", "fly", "-"],
    ["tell", "R-1", "fly", "-"],
    ["cancel", "R-1", "--tenant", "no/id"],
    ["cancel", "R-1", "--actor", "robot:7"],
    ["cancel", "R-1", "--actor", "staff"],
]


@pytest.mark.parametrize("command", USAGE, ids=" ".join)
async def test_wrong_usage_ends_with_2_and_a_sentence(
    bare_shell: Shell, command: list[str]
) -> None:
    typed = await bare_shell(*command)
    assert typed.code == 2
    assert "Traceback" not in typed.out + typed.err
    assert (typed.err or typed.out).strip()


@pytest.mark.parametrize(
    "command", [["list", "--cursor", "made-up"], ["rebuild", "no_such_board"]], ids=" ".join
)
async def test_what_only_the_engine_can_tell_to_be_wrong_is_wrong_usage_too(
    shell: Shell, command: list[str]
) -> None:
    typed = await shell(*command)
    assert (typed.code, typed.out) == (2, "")
    assert "expected" in typed.err or "there are" in typed.err


async def test_a_variable_that_makes_no_sense_is_named(
    bare_shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = bare_shell.file("[", "temporal.toml")
    for variable, value in (("TEMPORAL_CONFIG_FILE", broken), ("BACKHAUL_TENANT", "no/id")):
        monkeypatch.setenv(variable, value)
        typed = await bare_shell("show", "R-1")
        assert (typed.code, typed.out) == (2, "")
        assert variable in typed.err
        monkeypatch.delenv(variable)


async def test_an_export_that_cannot_be_written_is_wrong_usage(shell: Shell) -> None:
    typed = await shell("export", "events", "--out", "/no/such/folder/out.jsonl")
    assert (typed.code, typed.out) == (2, "")
    assert "/no/such/folder/out.jsonl: cannot be written" in typed.err


NEEDS_THE_ENGINE = [
    ["show", "R-1"],
    ["list"],
    ["history", "R-1"],
    ["explain", "R-1"],
    ["cancel", "R-1"],
    ["export", "events", "--out", "-"],
    ["rebuild", "return_board"],
    ["revive"],
]


@pytest.mark.parametrize("command", NEEDS_THE_ENGINE, ids=lambda command: str(command[0]))
async def test_without_an_engine_each_command_says_what_to_set(
    bare_shell: Shell, command: list[str]
) -> None:
    typed = await bare_shell(*command)
    assert (typed.code, typed.out) == (3, "")
    assert "is not set: set it, or start the local stack" in typed.err
    assert len(typed.err.splitlines()) == 1
