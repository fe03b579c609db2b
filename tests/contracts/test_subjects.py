"""What every keeper of personal data keeps: the one on PostgreSQL and its twin in memory."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from activities.subjects import Subjects
from adapters.memory.subjects import MemorySubjects
from adapters.postgres.pool import connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.wrapping import MasterKeys

ADA: dict[str, Any] = {"name": "Ada", "address": {"city": "Łódź", "lines": ["1", "2"]}}


@pytest.fixture
def memory() -> Subjects:
    return MemorySubjects()


@pytest.fixture
async def postgres(fresh_database: str) -> AsyncIterator[Subjects]:
    async with await connect(fresh_database) as pool:
        yield PostgresSubjects(pool, MasterKeys(os.urandom(32)))


@pytest.fixture(params=["memory", "postgres"])
def subjects(request: pytest.FixtureRequest) -> Subjects:
    kept: Subjects = request.getfixturevalue(request.param)
    return kept


async def test_a_person_comes_back_as_put(subjects: Subjects) -> None:
    await subjects.put("acme", "c-7", ADA)
    assert await subjects.get("acme", "c-7") == ADA


async def test_a_person_nobody_has_put_is_unknown(subjects: Subjects) -> None:
    assert await subjects.get("acme", "c-7") is None


async def test_what_was_put_last_is_what_is_known(subjects: Subjects) -> None:
    await subjects.put("acme", "c-7", ADA)
    await subjects.put("acme", "c-7", {"name": "Ada King"})
    assert await subjects.get("acme", "c-7") == {"name": "Ada King"}


async def test_the_same_id_at_another_tenant_is_another_person(subjects: Subjects) -> None:
    await subjects.put("acme", "c-7", ADA)
    assert await subjects.get("zenith", "c-7") is None


async def test_an_erased_person_is_unknown_and_erasing_again_changes_nothing(
    subjects: Subjects,
) -> None:
    await subjects.put("acme", "c-7", ADA)
    await subjects.put("acme", "c-8", {"name": "Grace"})
    for _ in range(2):
        await subjects.erase("acme", "c-7")
        assert await subjects.get("acme", "c-7") is None
    assert await subjects.get("acme", "c-8") == {"name": "Grace"}


async def test_an_erased_person_who_comes_back_is_known_again(subjects: Subjects) -> None:
    await subjects.put("acme", "c-7", ADA)
    await subjects.erase("acme", "c-7")
    await subjects.put("acme", "c-7", {"name": "Ada King"})
    assert await subjects.get("acme", "c-7") == {"name": "Ada King"}


async def test_what_a_caller_changes_afterwards_is_not_what_is_known(subjects: Subjects) -> None:
    person: dict[str, Any] = {"name": "Ada", "notes": []}
    await subjects.put("acme", "c-7", person)
    person["notes"].append("changed")
    assert await subjects.get("acme", "c-7") == {"name": "Ada", "notes": []}
