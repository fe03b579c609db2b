"""A storm of webhooks, doubled, shuffled and partly forged, while the API is killed in it.

As partners do, whoever gets no answer sends again. Each good one is in its return's events once,
a forged one in none, and the inbox holds nothing else.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.pool import Pool, borrowed, connect
from tests.api.api_process import ApiProcess, running_api
from tests.api.signed import SECRETS, Sent, easypost
from tests.engine import (
    PATIENCE_S,
    Engine,
    environment_of,
    eventually,
    order,
    request,
    running_engine,
)

SECRET = SECRETS["easypost"][0]
A_MINUTE = timedelta(minutes=1)
ACCEPTED = 202
FEWEST_RETURNS, MOST_SCANS = 6, 400
"""Of each return so many scans, before there are more returns."""

DOUBLED, FORGED = 0.2, 0.05
WINDOW = 40
"""How far one may overtake others."""

SENDERS = 8
KILLED_EVERY = 2_500
A_SECOND_AT_LEAST = 10
"""Webhooks that take effect, on whichever machine."""

_LABELS = """
SELECT stream_id, data ->> 'tracking_number' FROM backhaul.event WHERE type = 'LabelPurchased'"""
_EFFECTS = """
SELECT stream_id, occurred_at, count(*) FROM backhaul.event
WHERE type IN ('ParcelScanned', 'ParcelTraced') GROUP BY 1, 2"""
_INBOX = "SELECT state, count(*) FROM backhaul.inbox GROUP BY 1"


@dataclass(frozen=True)
class World:
    """An engine at work, and the doors of a process that is killed."""

    engine: Engine
    pool: Pool
    api: ApiProcess

    async def labelled(self, count: int) -> dict[str, str]:
        """Open so many returns; give by their streams the numbers on their labels."""
        gate = asyncio.Semaphore(SENDERS)

        async def opened(key: str) -> None:
            async with gate:
                sold = order(order_id=f"W-{key}")
                wish = request(f"R-{key}", order_id=f"W-{key}", order=sold)
                assert (await self.engine.open(wish))["accepted"]

        async with asyncio.timeout(PATIENCE_S + 2 * count):
            await asyncio.gather(*(opened(uuid4().hex[:8]) for _ in range(count)))

        async def numbers() -> dict[str, str]:
            async with borrowed(self.pool) as connection:
                rows = await (await connection.execute(_LABELS)).fetchall()
            return dict(rows) if len(rows) == count else {}

        return await eventually(numbers, "labelled", PATIENCE_S + count)

    async def effects(self) -> dict[tuple[str, datetime], int]:
        """How often each moment of a parcel stands in its return's events."""
        async with borrowed(self.pool) as connection:
            rows = await (await connection.execute(_EFFECTS)).fetchall()
        return {(stream, at): times for stream, at, times in rows}

    async def inbox(self) -> dict[str, int]:
        """How many rows stand in each state."""
        async with borrowed(self.pool) as connection:
            return dict(await (await connection.execute(_INBOX)).fetchall())


@pytest.fixture
async def world(
    temporal_env: WorkflowEnvironment, fresh_database: str, tmp_path: Path
) -> AsyncIterator[World]:
    async with (
        running_engine(temporal_env, fresh_database, tmp_path) as engine,
        await connect(fresh_database) as pool,
    ):
        known = engine.settings
        address = temporal_env.client.service_client.config.target_host
        environment = {
            **os.environ,
            **environment_of(fresh_database, address, known.sandbox_url or "", known.smtp_port),
            "BACKHAUL_TASK_QUEUE": engine.queue,
            "BACKHAUL_WEBHOOK_SECRET_EASYPOST": SECRET,
        }
        async with running_api(environment, tmp_path / "api") as api:
            yield World(engine, pool, api)


class Storm:
    """What partners send, and what somebody sends who has no secret."""

    def __init__(self, labels: dict[str, str], scans: int) -> None:
        self.dice = random.Random(scans)
        self.moments: set[tuple[str, datetime]] = set()
        self.good: list[Sent] = []
        self.forged: list[Sent] = []
        began = datetime.now(UTC).replace(microsecond=0) - scans * A_MINUTE
        for nth in range(scans):
            for stream, number in labels.items():
                self._add(stream, number, began + nth * A_MINUTE)

    def _add(self, stream: str, number: str, at: datetime) -> None:
        event_id = f"evt_{len(self.moments)}"
        self.moments.add((stream, at))
        self.good += [scan(number, at, event_id)] * (2 if self.dice.random() < DOUBLED else 1)
        if self.dice.random() < FORGED:
            self.forged.append(self.dice.choice(list(forgeries(number, at, event_id))))

    def shuffled(self) -> list[tuple[Sent, bool]]:
        """All of them with whether they are good; each overtakes a few others."""
        mixed = [(sent, True) for sent in self.good]
        for sent in self.forged:
            mixed.insert(self.dice.randrange(len(mixed)), (sent, False))
        places = [nth + self.dice.uniform(0, WINDOW) for nth in range(len(mixed))]
        return [mixed[nth] for nth in sorted(range(len(mixed)), key=places.__getitem__)]


def scan(number: str, at: datetime, event_id: str, secret: str = SECRET) -> Sent:
    detail = {"status": "in_transit", "datetime": at.isoformat()}
    result = {"tracking_code": number, "status": "in_transit", "tracking_details": [detail]}
    return easypost("tracker.updated", result, event_id, secret)


def forgeries(number: str, at: datetime, event_id: str) -> Iterator[Sent]:
    """Of somebody who has seen a good one: under its id, of a moment that never was."""
    never = at + A_MINUTE / 2
    yield scan(number, at, event_id).but(raw=scan(number, never, event_id).raw)
    yield scan(number, never, event_id, secret="guessed")
    yield scan(number, never, event_id).but(headers={})
    yield scan(number, never, event_id).but(account="another")


async def answered(http: httpx2.AsyncClient, sent: Sent) -> int:
    """The status of the answer; 0 where there is none, or the doors are only opening."""
    try:
        answer = await http.post(sent.path, content=sent.raw, headers=dict(sent.headers))
    except httpx2.TransportError:
        return 0
    return 0 if answer.status_code >= 500 else answer.status_code


async def blow(world: World, storm: Storm, kills: int) -> None:
    """Send all of it, some at a time; kill the API when so many are sent, and so many more."""
    waiting = storm.shuffled()
    every = len(waiting) // (kills + 1)
    killed = 0

    async def send(http: httpx2.AsyncClient) -> None:
        nonlocal killed
        while waiting:
            sent, is_good = waiting.pop()
            if len(waiting) % every == 0 and killed < kills:
                killed += world.api.child.kill()
            status = await eventually(partial(answered, http, sent), "answered", PATIENCE_S * 3)
            assert (status == ACCEPTED) == is_good, (status, sent)

    async with (
        httpx2.AsyncClient(base_url=world.api.url, trust_env=False) as http,
        asyncio.TaskGroup() as senders,
    ):
        for _ in range(SENDERS):
            senders.create_task(send(http))
    assert killed == kills


@pytest.mark.parametrize("good", [240, pytest.param(20_000, marks=pytest.mark.storm)])
async def test_each_good_webhook_takes_effect_once_and_no_forged_one_ever(
    good: int, world: World
) -> None:
    opened = max(FEWEST_RETURNS, good // MOST_SCANS)
    storm = Storm(await world.labelled(opened), scans=good // opened)
    await blow(world, storm, kills=1 + good // KILLED_EVERY)

    async def all_told() -> bool:
        return await world.inbox() == {"relayed": good} and len(await world.effects()) >= good

    await eventually(all_told, "all told", PATIENCE_S + good / A_SECOND_AT_LEAST)
    assert await world.effects() == dict.fromkeys(storm.moments, 1)
