"""Papers are kept once, come back as they were, and are gone with the person."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from adapters.documents.store import Document, Documents, Tampered
from adapters.postgres.pool import Pool, borrowed, connect
from adapters.postgres.subjects import PostgresSubjects
from adapters.sealing.wrapping import MasterKeys

KEY = MasterKeys(bytes(32))
LABEL = Document("application/pdf", b"%PDF-1.4 Ann, 1 Weg")
WHOSE = ("acme", "R-1", "label:P1:1")


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    async with await connect(fresh_database) as opened:
        await PostgresSubjects(opened, KEY).put("acme", "c-1", {"name": "Ann"})
        yield opened


async def test_the_first_paper_of_a_name_is_the_one_that_is_kept(pool: Pool) -> None:
    documents = Documents(pool, KEY)
    assert await documents.get(*WHOSE) is None
    assert await documents.put(*WHOSE, "c-1", LABEL) == LABEL
    other = Document("application/pdf", b"%PDF-1.4 drawn anew")
    assert await documents.put(*WHOSE, "c-1", other) == LABEL
    assert await documents.get(*WHOSE) == LABEL


async def test_what_is_kept_cannot_be_read_without_the_key_and_is_gone_with_the_person(
    pool: Pool,
) -> None:
    documents = Documents(pool, KEY)
    await documents.put(*WHOSE, "c-1", LABEL)
    async with borrowed(pool) as connection:
        rows = await (await connection.execute("SELECT sealed FROM backhaul.document")).fetchall()
    assert b"Ann" not in rows[0][0]
    await PostgresSubjects(pool, KEY).erase("acme", "c-1")
    assert await documents.get(*WHOSE) is None
    assert await documents.put(*WHOSE, "c-1", LABEL) is None


async def test_a_paper_with_another_checksum_than_was_noted_is_not_given_out(
    pool: Pool, fresh_database: str
) -> None:
    documents = Documents(pool, KEY)
    await documents.put(*WHOSE, "c-1", LABEL)
    async with await psycopg.AsyncConnection.connect(fresh_database) as owner:
        await owner.execute("UPDATE backhaul.document SET sha256 = repeat('0', 64)")
    with pytest.raises(Tampered):
        await documents.get(*WHOSE)
