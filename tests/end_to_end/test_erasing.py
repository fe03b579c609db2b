"""A person is in no store in clear, and in none at all once they were forgotten.

The worker as it runs, with everything sealed; what people say is full of canaries.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.data_keys import DataKeys
from adapters.postgres.erasures import UNTIL_DESTROYED, Erasures
from adapters.postgres.pool import connect
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from api.client import ReturnsClient
from domain.refusal import Refused
from projections.runner import catch_up
from tests.engine import TODAY, environment_of, eventually, order, request
from tests.sandbox_process import running_sandbox
from tests.workflows.worker_process import running_worker
from workflows.names import workflow_id

CANARIES = ("Kanarienvogel", "kanari@example.org", "4477001122", "Nachtigallenweg", "Rotkehlchen")
MASTER = bytes(32)
TENANT, CUSTOMER = "acme", "c-7"


@dataclass(frozen=True)
class World:
    """One worker, its stores, and somebody who sent something back."""

    returns: ReturnsClient
    database: str
    env: WorkflowEnvironment
    log: Path
    return_id: str

    async def rows(self) -> str:
        """Every row of every table of ours, as text."""
        async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as owner:
            tables = await owner.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('backhaul', 'projections')"
            )
            told = []
            for (table,) in await tables.fetchall():
                every = sql.SQL("SELECT t::text FROM {} AS t").format(sql.SQL(table))
                rows = await owner.execute(every)
                told += [table, *(row[0] for row in await rows.fetchall())]
        return "\n".join(told)

    async def later(self) -> None:
        """So much time passes that no process holds a key any more."""
        async with await connect(self.database, migrate=False) as pool:
            await Erasures(pool).destroy_due(datetime.now(UTC) + UNTIL_DESTROYED)

    async def history(self) -> WorkflowHistory:
        return await self.env.client.get_workflow_handle(
            workflow_id(TENANT, self.return_id)
        ).fetch_history()

    async def listed(self) -> str:
        """What the server's lists say of it."""
        handle = self.env.client.get_workflow_handle(workflow_id(TENANT, self.return_id))
        return str((await handle.describe()).raw_description)

    async def opened(self) -> str:
        """Everything that a process with all keys reads in the history."""
        async with await connect(self.database, migrate=False) as pool:
            keys = DataKeys(pool, MasterKeys(MASTER))
            codec = converter_of(keys, "default", "sealed").payload_codec
            assert codec is not None
            payloads = [
                payload
                for event in (await self.history()).events
                for field in ("input", "result")
                for payload in _payloads(event, field)
            ]
            found = await codec.decode(payloads)
        return "\n".join(payload.data.decode(errors="replace") for payload in found)


def _payloads(event: Any, field: str) -> list[Any]:
    attributes = getattr(event, event.WhichOneof("attributes"))
    if field == "input" and event.HasField("workflow_execution_update_accepted_event_attributes"):
        return list(attributes.accepted_request.input.args.payloads)
    payloads = getattr(attributes, field, None)
    return list(getattr(payloads, "payloads", ()))


@pytest.fixture
async def world(
    temporal_env: WorkflowEnvironment, fresh_database: str, tmp_path: Path
) -> AsyncIterator[World]:
    log, queue = tmp_path / "worker.log", f"erasing-{uuid4().hex[:8]}"
    address = temporal_env.client.service_client.config.target_host
    async with running_sandbox(tmp_path) as sandbox:
        await sandbox.client.capture("pi_canary", 18600, "EUR")
        environment = {
            **environment_of(fresh_database, address, sandbox.url, sandbox.smtp_port),
            "BACKHAUL_TASK_QUEUE": queue,
            "BACKHAUL_PAYLOADS": "sealed",
            "BACKHAUL_LOG": "json",
            "BACKHAUL_STATE": str(tmp_path / "no-stack"),
        }
        async with (
            running_worker(environment, log),
            await ReturnsClient.connect(environment) as returns,
        ):
            yield World(returns, fresh_database, temporal_env, log, f"R-{uuid4().hex[:8]}")


def wish(world: World) -> dict[str, Any]:
    sold = order()
    sold["customer"] |= {
        "name": "Camille Kanarienvogel", "email": "kanari@example.org", "phone": "+4477001122",
        "address": {
            "line1": "Nachtigallenweg 3", "city": "Paris", "postcode": "75002", "country": "FR",
        },
    }  # fmt: skip
    sold["tenders"][0]["payment_ref"] = "pi_canary"
    return request(world.return_id, order=sold)


async def sent_back_and_paid(world: World) -> None:
    """The whole life, with words of the dock's own in it."""
    answer = await world.returns.open(wish(world))
    assert answer.accepted, answer.because

    async def labelled() -> str:
        parcels = (await world.returns.status(TENANT, world.return_id)).parcels
        return parcels[0].tracking_number if parcels else ""

    number = await eventually(labelled, "labelled")
    async with await connect(world.database, migrate=False) as pool:
        await catch_up(pool)
    about = {"occurred_at": TODAY.isoformat(), "warehouse": "hub-de"}
    box = {"parcel": {"tracking_number": number}, "units": [{"sku": "SHOE-42", "quantity": 1}]}
    await world.returns.receive(TENANT, {"message_id": "m-1", **about, **box})
    seen = {"line_id": "1", "unit": 1, "grade": "like_new", "note": "asked for by Rotkehlchen"}
    said = {"return_id": world.return_id, "inspector": "w-17", "units": [seen]}
    await world.returns.inspect(TENANT, {"message_id": "m-2", **about, **said})

    async def ended() -> bool:
        return (await world.returns.status(TENANT, world.return_id)).closed

    await eventually(ended, "ended")


def canaries_in(*told: str) -> list[str]:
    return [canary for canary in CANARIES if any(canary in text for text in told)]


async def test_who_is_forgotten_is_in_no_store_and_the_sums_are_what_they_were(
    world: World,
) -> None:
    await sent_back_and_paid(world)
    async with await connect(world.database, migrate=False) as pool:
        await catch_up(pool)
    before = await world.returns.explain(TENANT, world.return_id)
    assert canaries_in(await world.opened())  # they are there, for who has the keys
    clear = [
        await world.rows(),
        str((await world.history()).to_json()),
        await world.listed(),
        world.log.read_text("utf-8"),
    ]
    assert canaries_in(*clear) == []

    done = await world.returns.erasing.erase(TENANT, CUSTOMER, "T-1")
    assert not isinstance(done, Refused), done
    await world.later()

    assert canaries_in(await world.opened(), await world.rows()) == []
    assert await world.returns.explain(TENANT, world.return_id) == before


async def test_a_copy_of_the_store_that_came_back_forgets_again(
    world: World, tmp_path: Path
) -> None:
    await sent_back_and_paid(world)
    async with await psycopg.AsyncConnection.connect(world.database, autocommit=True) as owner:
        for table in ("subject_key", "subject", "data_key"):
            await owner.execute(f"CREATE TABLE copy_of_{table} AS TABLE backhaul.{table}".encode())
        done = await world.returns.erasing.erase(TENANT, CUSTOMER, "T-1")
        assert not isinstance(done, Refused), done
        await world.later()
        await owner.execute("DELETE FROM backhaul.data_key")
        for table in ("subject_key", "subject", "data_key"):  # the copy comes back
            await owner.execute(f"INSERT INTO backhaul.{table} TABLE copy_of_{table}".encode())
        assert canaries_in(await world.opened())
        await world.returns.erasing.again([done])
        await world.later()
        assert canaries_in(await world.opened()) == []


async def test_who_has_an_open_return_is_needed_until_it_ends(world: World) -> None:
    answer = await world.returns.open(wish(world))
    assert answer.accepted, answer.because
    refused = await world.returns.erasing.erase(TENANT, CUSTOMER, "T-1")
    assert isinstance(refused, Refused)
    assert refused.code == "open_returns"
    assert world.return_id in refused.because
    assert await world.returns.erasing.done(TENANT) == []
