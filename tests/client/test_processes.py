"""As a shell sees it: `python starter.py …` with its exit code, its two outputs and its input."""

import json
from collections.abc import Callable
from typing import Any

from tests.client.conftest import NOBODY, Processes

Wish = Callable[..., dict[str, Any]]


async def test_a_return_comes_in_by_standard_input_and_out_as_json(
    processes: Processes, wish: Wish
) -> None:
    asked = wish(method="own_carrier")
    typed = await processes("start", "-", "--json", stdin=json.dumps(asked).encode())
    assert (typed.code, typed.err) == (0, "")
    assert typed.data["accepted"] is True
    assert typed.data["status"]["return_id"] == asked["return_id"]


async def test_a_refusal_ends_with_1(processes: Processes) -> None:
    typed = await processes("cancel", "R-nobody")
    assert (typed.code, typed.out) == (1, "")
    assert typed.err.startswith("refused (unknown_return): ")


async def test_wrong_usage_ends_with_2(processes: Processes) -> None:
    typed = await processes("list", "--next-actor", "nobody")
    assert (typed.code, typed.out) == (2, "")
    assert "warehouse" in typed.err  # what can be chosen


async def test_where_nobody_answers_it_ends_with_3_and_prints_nothing_else(
    processes: Processes,
) -> None:
    processes.env |= {"TEMPORAL_ADDRESS": NOBODY}
    typed = await processes("cancel", "R-1", "--json")
    assert (typed.code, typed.out) == (3, "")
    told = json.loads(typed.err)
    assert told["code"] == "unavailable"
    assert NOBODY in told["because"]


async def test_a_terminal_that_knows_ascii_only_is_no_reason_to_fail(
    processes: Processes, wish: Wish
) -> None:
    processes.env |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    asked = wish(method="own_carrier")
    typed = await processes("start", "-", stdin=json.dumps(asked).encode())
    assert typed.code == 0
    assert asked["return_id"] in typed.out


async def test_help_ends_with_0(processes: Processes) -> None:
    typed = await processes("--help")
    assert typed.code == 0
    for command in ("start", "show", "list", "history", "explain", "receive", "inspect", "revive"):
        assert command in typed.out
