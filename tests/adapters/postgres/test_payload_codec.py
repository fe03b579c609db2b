"""Payloads are sealed, each for its workflow; what does not open is data that says so."""

import asyncio
import os
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from activities.event_store import StoreUnavailable
from adapters.postgres.data_keys import DataKeys, UnknownKey
from adapters.postgres.pool import Connection, Pool, connect
from adapters.sealing.codec import SealingCodec, converter_of
from adapters.sealing.wrapping import MasterKeys
from domain.sealed import READABLE, SEALED_WITH

MASTER = bytes(range(32))
CANARY = "Camille Kanarienvogel"
BODY = Payload(metadata={"encoding": b"json/plain"}, data=f'{{"name":"{CANARY}"}}'.encode())


def codec(
    pool: Pool, workflow: str = "return:acme:R-1", namespace: str = "default", **how: Any
) -> SealingCodec:
    """A process of its own: nothing is remembered."""
    keys = DataKeys(pool, how.pop("master", MasterKeys(MASTER)))
    made = SealingCodec(keys, "default", **how)
    return made.with_context(WorkflowSerializationContext(namespace, workflow))


async def once(made: SealingCodec, payload: Payload = BODY) -> Payload:
    [sealed] = await made.encode([payload])
    return sealed


async def opened(made: SealingCodec, payload: Payload) -> Payload:
    [found] = await made.decode([payload])
    return found


async def test_what_is_sealed_opens_for_its_workflow_and_shows_nothing(pool: Pool) -> None:
    sealed = await once(codec(pool))
    assert CANARY.encode() not in sealed.SerializeToString()
    found = await opened(codec(pool), sealed)
    assert found.data == BODY.data
    assert found.metadata["encoding"] == b"json/plain"
    assert found.metadata[SEALED_WITH] == sealed.metadata[SEALED_WITH]


async def test_twice_the_same_looks_different(pool: Pool) -> None:
    mine = codec(pool)
    assert (await once(mine)).data != (await once(mine)).data


@pytest.mark.parametrize("place", [("return:acme:R-2", "default"), ("return:acme:R-1", "another")])
async def test_a_payload_that_was_copied_elsewhere_does_not_open(
    pool: Pool, place: tuple[str, str]
) -> None:
    found = await opened(codec(pool, *place), await once(codec(pool)))
    assert b'"foreign"' in found.data
    assert SEALED_WITH not in found.metadata


async def test_a_changed_byte_or_a_key_of_another_return_is_data_and_no_error(pool: Pool) -> None:
    mine, other = await once(codec(pool)), await once(codec(pool, "return:acme:R-2"))
    changed = Payload(metadata=dict(mine.metadata), data=mine.data[:-1] + b"\0")
    swapped = Payload(metadata=dict(other.metadata), data=mine.data)
    nameless = Payload(metadata={"encoding": mine.metadata["encoding"]}, data=mine.data)
    for forged in (changed, swapped, nameless):
        found = await opened(codec(pool), forged)
        assert b'"foreign"' in found.data


async def test_what_others_say_in_clear_is_read_as_it_is(pool: Pool) -> None:
    assert await opened(codec(pool), BODY) == BODY


@pytest.mark.parametrize(
    "shown",
    [
        Payload(metadata={"encoding": b"json/plain"}, data=b'"Return R-1 of order W-1"'),
        Payload(metadata={"encoding": b"binary/null"}),
        Payload(
            metadata={
                "encoding": b"json/protobuf",
                "messageType": b"temporal.api.sdk.v1.WorkflowMetadata",
            },
            data=b"{}",
        ),
    ],
)
async def test_summaries_and_details_stay_readable(pool: Pool, shown: Payload) -> None:
    assert await once(codec(pool), shown) == shown


async def test_an_answer_to_whoever_asked_in_clear_is_in_clear_without_the_mark(pool: Pool) -> None:
    marked = Payload(metadata={**BODY.metadata, READABLE: b"true"}, data=BODY.data)
    assert await once(codec(pool), marked) == BODY
    assert await once(codec(pool, seals=False), marked) == BODY


async def test_what_is_no_file_of_a_person_is_not_sealed(pool: Pool) -> None:
    assert await once(codec(pool, "reconcile:acme:stripe"), BODY) == BODY


async def test_readers_come_first_they_open_and_do_not_seal(pool: Pool) -> None:
    reader = codec(pool, seals=False)
    assert await once(reader) == BODY
    assert (await opened(reader, await once(codec(pool)))).data == BODY.data


async def test_after_a_change_of_the_master_key_all_that_is_there_opens(pool: Pool) -> None:
    sealed = await once(codec(pool))
    rotated = MasterKeys(os.urandom(32), MASTER)
    assert (await opened(codec(pool, master=rotated), sealed)).data == BODY.data
    newer = await once(codec(pool, "return:acme:R-2", master=rotated))
    assert (await opened(codec(pool, "return:acme:R-2", master=rotated), newer)).data == BODY.data


async def test_a_destroyed_key_leaves_a_mark_and_no_error(pool: Pool, owner: Connection) -> None:
    sealed = await once(codec(pool))
    await owner.execute(
        "UPDATE backhaul.data_key SET wrapped_key = NULL, retired_at = now(), destroyed_at = now()"
    )
    assert b'"erased"' in (await opened(codec(pool), sealed)).data
    anew = await once(codec(pool))
    assert (await opened(codec(pool), anew)).data == BODY.data


async def test_a_key_that_is_not_here_is_waited_for(pool: Pool) -> None:
    sealed = await once(codec(pool))
    stranger = Payload(
        metadata={**sealed.metadata, SEALED_WITH: str(uuid4()).encode()}, data=sealed.data
    )
    with pytest.raises(UnknownKey):
        await opened(codec(pool), stranger)


async def test_a_database_that_is_away_is_waited_for(fresh_database: str) -> None:
    async with await connect(fresh_database) as closed:
        sealed = await once(codec(closed))
    with pytest.raises(StoreUnavailable):
        await opened(codec(closed), sealed)


async def test_a_failure_says_what_it_is_and_seals_what_it_says(pool: Pool) -> None:
    keys = DataKeys(pool, MasterKeys(MASTER))
    place = WorkflowSerializationContext("default", "return:acme:R-1")
    converter = converter_of(keys, "default", "sealed").with_context(place)
    failure = Failure()
    await converter.encode_failure(ApplicationError(CANARY, type="carrier_no"), failure)
    assert failure.application_failure_info.type == "carrier_no"
    assert CANARY.encode() not in failure.SerializeToString()
    assert str(await converter.decode_failure(failure)) == f"carrier_no: {CANARY}"


async def test_all_who_begin_at_once_seal_with_one_key(pool: Pool) -> None:
    sealed = await asyncio.gather(*(once(codec(pool)) for _ in range(8)))
    assert len({one.metadata[SEALED_WITH] for one in sealed}) == 1


async def test_a_key_is_looked_for_once_in_a_while_and_not_for_each_payload(
    pool: Pool, owner: Connection
) -> None:
    now = [0.0]
    keys = DataKeys(pool, MasterKeys(MASTER), fresh_s=60, clock=lambda: now[0])
    first = await keys.newest("return:acme:R-1")
    await owner.execute("UPDATE backhaul.data_key SET retired_at = now()")
    assert await keys.newest("return:acme:R-1") is first
    assert await keys.named(first.key_id) is first
    now[0] = 61.0
    assert (await keys.newest("return:acme:R-1")).key_id != first.key_id
