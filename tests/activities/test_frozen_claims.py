"""A worker that stands still while it files a claim, for longer than the others wait for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Literal

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities.ports import ClaimFiled, ClaimOrder, ClaimRefused
from activities.recorder import Recorder
from activities.recovering import Recoveries
from adapters.carriers.easypost_claims import EasyPostClaims
from adapters.http import open_client
from adapters.policies import Policies
from adapters.postgres.pool import connect
from adapters.postgres.unplaced import InboxUnplaced
from adapters.runs import WorkflowRuns
from domain.recoveries.messages import PerformRecovery
from tests.activities.journey import Journey
from tests.activities.recovering_proofs import ClaimJourney, opened_claim
from tests.activities.stage import Stage

Moment = Literal["before", "after"]


class StandsStill(EasyPostClaims):
    """Their counter, and somebody who stands still before filing, or after it was taken."""

    moment: Moment
    stands: asyncio.Event
    goes_on: asyncio.Event

    async def file_claim(self, order: ClaimOrder) -> ClaimFiled | ClaimRefused:
        if self.moment == "before":
            await self._stand_still()
        filed = await super().file_claim(order)
        if self.moment == "after":
            await self._stand_still()
        return filed

    async def _stand_still(self) -> None:
        self.stands.set()
        await self.goes_on.wait()


Connect = Callable[[type[EasyPostClaims]], tuple[EasyPostClaims, Recoveries]]


@pytest.fixture
async def connect_claims(stage: Stage) -> AsyncIterator[Connect]:
    """Workers' activities at a counter of the given kind; they wait for nobody who files."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_client())
        pool = await stack.enter_async_context(await connect(stage.database_url))
        recorder = Recorder(stage.store, stage.subjects, Policies.load(), InboxUnplaced(pool))
        runs = WorkflowRuns(stage.settings.temporal_connect(), pydantic_data_converter)

        def connected(kind: type[EasyPostClaims]) -> tuple[EasyPostClaims, Recoveries]:
            access = stage.settings.partner("easypost").model_dump()
            claims = kind(http, **access, contact="claims@shop.example", currency="EUR")
            return claims, Recoveries(stage.store, recorder, claims, runs, looks=0)

        yield connected


def filing(by: Recoveries, order: PerformRecovery) -> Awaitable[Any]:
    """Let it be filed, in the surroundings that Temporal would give it."""
    env = ActivityEnvironment()
    env.info = replace(env.info, attempt=1)
    return env.run(by.file_claim, order)


async def standing(claim: ClaimJourney) -> tuple[list[str], list[str]]:
    """What is filed over there and not withdrawn; and what the claim knows to be filed."""
    number = await claim.tracking_number()
    rows = await claim.stage.sandbox.ledger("claims")
    mine = [row for row in rows if row["tracking_number"] == number]
    gone = [row["claim"] for row in mine if row["kind"] == "cancelled"]
    filed = [row["claim"] for row in mine if row["kind"] == "filed"]
    known = [event["reference"] for event in await claim.told("RecoveryFiled")]
    return [one for one in filed if one not in gone], known


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_another_goes_on_and_one_claim_stands_when_the_first_wakes_up(
    moment: Moment, journey: Journey, connect_claims: Connect
) -> None:
    claim, order = await opened_claim(journey)
    counter, first = connect_claims(StandsStill)
    assert isinstance(counter, StandsStill)
    counter.moment, counter.stands, counter.goes_on = moment, asyncio.Event(), asyncio.Event()
    _, second = connect_claims(EasyPostClaims)
    sleeping = asyncio.ensure_future(filing(first, order))
    await counter.stands.wait()
    assert (await filing(second, order)).accepted
    there, known = await standing(claim)
    assert there == known
    assert len(known) == 1
    counter.goes_on.set()
    assert (await sleeping).accepted
    assert await standing(claim) == (there, known)
