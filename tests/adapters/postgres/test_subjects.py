"""Who a customer is lies sealed, under a key that can be destroyed."""

import os

import pytest
from psycopg import sql

from adapters.postgres.pool import Connection, Pool
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.cipher import Tampered
from adapters.sealing.wrapping import MasterKeys, UnknownMasterKey

CANARY = "Ada Canary"
MASTER = bytes(range(32))


@pytest.fixture
def subjects(pool: Pool) -> PostgresSubjects:
    return PostgresSubjects(pool, MasterKeys(MASTER))


async def rows(owner: Connection, table: str) -> list[tuple[object, ...]]:
    question = sql.SQL("SELECT * FROM {}").format(sql.Identifier("backhaul", table))
    return await (await owner.execute(question)).fetchall()


async def test_the_database_does_not_hold_a_word_of_it(
    subjects: PostgresSubjects, owner: Connection
) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    held = repr([await rows(owner, table) for table in ("subject", "subject_key")])
    assert "c-7" in held
    for form in (CANARY, "Ada", CANARY.encode().hex()):
        assert form not in held


async def test_a_person_keeps_one_key_until_erased(
    pool: Pool, subjects: PostgresSubjects, owner: Connection
) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    before = await rows(owner, "subject_key")
    await PostgresSubjects(pool, MasterKeys(os.urandom(32), MASTER)).put(
        "acme", "c-7", {"name": "Ada King"}
    )
    assert await rows(owner, "subject_key") == before
    assert await subjects.get("acme", "c-7") == {"name": "Ada King"}


async def test_a_copy_kept_from_before_the_erasure_opens_never_again(
    subjects: PostgresSubjects, owner: Connection
) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    await owner.execute("CREATE TABLE public.backup AS SELECT * FROM backhaul.subject")
    await subjects.erase("acme", "c-7")
    assert (await rows(owner, "subject"), await rows(owner, "subject_key")) == ([], [])
    await subjects.put("acme", "c-7", {"name": "somebody new"})  # under a key of its own
    await owner.execute("UPDATE backhaul.subject SET sealed = backup.sealed FROM public.backup")
    with pytest.raises(Tampered):
        await subjects.get("acme", "c-7")


async def test_a_row_copied_under_another_name_does_not_open(
    subjects: PostgresSubjects, owner: Connection
) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    await owner.execute(
        "INSERT INTO backhaul.subject_key"
        " SELECT tenant, 'c-8', wrapped_key, master_key_id FROM backhaul.subject_key"
    )
    await owner.execute("UPDATE backhaul.subject SET subject_id = 'c-8'")
    with pytest.raises(Tampered):
        await subjects.get("acme", "c-8")


async def test_a_changed_byte_does_not_open(subjects: PostgresSubjects, owner: Connection) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    await owner.execute(
        "UPDATE backhaul.subject SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
    )
    with pytest.raises(Tampered):
        await subjects.get("acme", "c-7")


async def test_after_a_change_of_the_master_key_older_persons_open_with_the_older_key(
    pool: Pool, subjects: PostgresSubjects
) -> None:
    await subjects.put("acme", "c-7", {"name": CANARY})
    newest = os.urandom(32)
    rotated = PostgresSubjects(pool, MasterKeys(newest, MASTER))
    assert await rotated.get("acme", "c-7") == {"name": CANARY}
    await rotated.put("acme", "c-8", {"name": "Grace"})
    assert await PostgresSubjects(pool, MasterKeys(newest)).get("acme", "c-8") == {"name": "Grace"}
    with pytest.raises(UnknownMasterKey):
        await PostgresSubjects(pool, MasterKeys(newest)).get("acme", "c-7")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="expected 32 bytes"):
        MasterKeys(bytes(length))
