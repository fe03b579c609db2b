"""`setup` before the first start: once, and again to no effect."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.client.conftest import NOBODY, Shell
from tests.databases import drop_database, new_database


@pytest.fixture
async def empty_database(database_url: str) -> AsyncIterator[str]:
    address = await new_database(database_url, "setup")
    yield address
    await drop_database(database_url, address)


async def test_setup_makes_what_is_missing_and_again_leaves_it_alone(
    shell: Shell, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace = f"new-{uuid4().hex[:8]}"
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", namespace)

    first = (await shell("setup", "--json")).data
    assert (first["namespace"], first["new_namespace"]) == (namespace, True)
    assert "Headline" in first["new_search_attributes"]
    assert {one["outcome"] for one in first["schedules"]} == {"created"}

    again = (await shell("setup", "--json")).data
    assert (again["new_namespace"], again["new_search_attributes"]) == (False, [])
    assert {one["outcome"] for one in again["schedules"]} == {"updated"}

    told = await shell("history", "R-nobody")
    assert (told.code, told.err[:8]) == (1, "refused ")  # the schema is there to be asked


async def test_setup_says_which_server_is_away(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", NOBODY)
    typed = await shell("setup")
    assert (typed.code, typed.out) == (3, "")
    assert f"Temporal at {NOBODY}" in typed.err


async def test_where_no_worker_says_its_release_there_is_none(shell: Shell) -> None:
    assert (await shell("releases")).out == "no worker says which release it is\n"
    refused = await shell("release", "9.9", "--percent", "5")
    assert refused.code == 1
    assert refused.err.startswith("refused (no_such_release): release 9.9: ")
