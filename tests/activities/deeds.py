"""What an activity does: how often it was done, and the ways in which doing it can go wrong."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from temporalio.exceptions import ApplicationError

from activities.event_store import StoreUnavailable
from activities.recorded import Recorded, Recordings
from activities.steps import key_of
from tests.activities.journey import Journey
from tests.activities.stage import OneWorker
from tests.engine import eventually

OVERLAP_S = 0.1
"""How long a partner takes, so that two who ask at the same time both find nothing before."""

ONCE = (1, 1)


class Deed(Protocol):
    """Something that is to be done once."""

    async def by(self, worker: OneWorker, nth: int = 1) -> Recorded:
        """Let a worker do it, as the nth attempt."""

    async def times(self) -> tuple[int, int]:
        """How often it was done, by the books of whoever it was done with; and was recorded."""

    async def at_once(self, *workers: OneWorker) -> list[Recorded]:
        """Let them do it at the same time, none of them knowing of another."""

    async def dies_before_it_is_recorded(self, worker: OneWorker) -> None:
        """It is done, and whoever did it is not there any more to record it or to answer."""

    async def answer_is_lost(self, worker: OneWorker, fault: str) -> None:
        """It is done, and whoever asked for it does not hear of it."""

    async def must_not_be_asked_for_again(self) -> None:
        """From now on who asks for it again is refused; who only looks is answered."""


@dataclass(frozen=True)
class Trade:
    """How a partner is asked for something, and where it can be seen that it was done."""

    face: str
    operations: tuple[str, ...]  # that lead to it; the last one does it
    book: str
    kind: str
    event: str
    found: bool = True
    """By a look. Otherwise it is asked for again, and they take both for one."""
    is_a_look: bool = False
    """Nothing is done over there; what was done before must not be done again for it."""
    done_before: tuple[str, ...] = ("refund",)
    """By which operation, where this is a look."""
    records_its_doubt: bool = False
    """That the answer was lost is recorded, not raised."""

    @property
    def prepares(self) -> bool:
        """Whether an offer is recorded before the last operation is asked for."""
        return len(self.operations) > 1


@dataclass
class AtPartner:
    """Something done at a partner's: a step of the agenda."""

    trade: Trade
    journey: Journey
    activity: str
    arguments: tuple[Any, ...]
    needle: str  # what its rows in the partner's books hold
    fault_key: str  # what tells what is asked for it from all else that is asked

    @property
    def stream(self) -> str:
        """Where what came of it is recorded."""
        return self.journey.stream

    async def by(self, worker: OneWorker, nth: int = 1) -> Recorded:
        return await worker.attempt(self.activity, *self.arguments, nth=nth)

    async def doubts(self, worker: OneWorker) -> bool:
        """Whether it answers that it does not know whether it was done."""
        return "money_unknown" in (await self.by(worker)).status.flags

    async def times(self) -> tuple[int, int]:
        rows = await self.journey.stage.sandbox.ledger(self.trade.book)
        mine = [row for row in rows if any(self.needle in str(value) for value in row.values())]
        done = sum(row.get("kind", "") == self.trade.kind for row in mine)
        return done, len(await self.journey.told(self.trade.event, self.stream))

    async def at_once(self, *workers: OneWorker) -> list[Recorded]:
        for operation in self.trade.operations:
            await self._fails("slow", operation, seconds=OVERLAP_S)
        return list(await asyncio.gather(*(self.by(worker) for worker in workers)))

    async def dies_before_it_is_recorded(self, worker: OneWorker) -> None:
        stage = self.journey.stage
        async with AsyncExitStack() as until_recorded:
            if self.trade.prepares:
                await self._fails("slow", self.trade.operations[-1], seconds=OVERLAP_S * 5)
                dying = asyncio.create_task(self.by(worker))
                await eventually(self._is_prepared, "prepared")
                await until_recorded.enter_async_context(stage.held(self.stream))
            else:
                await until_recorded.enter_async_context(stage.held(self.stream))
                dying = asyncio.create_task(self.by(worker))
            (writer,) = await stage.waiting()
            await stage.kill(writer)
            with pytest.raises(StoreUnavailable):
                await dying

    async def _is_prepared(self) -> bool:
        """Whether the offer is kept, on which the partner is being asked to act now."""
        prepared = await self.journey.told("TransportPrepared")
        return any(told["step_id"] == self.arguments[0].step_id for told in prepared)

    async def answer_is_lost(self, worker: OneWorker, fault: str) -> None:
        await self._fails(fault, self.trade.operations[-1], times=1)
        if self.trade.records_its_doubt:
            assert await self.doubts(worker)
        elif fault == "silence_after" and self.trade.face == "mail":
            await self._is_given_up(worker)  # the worker would wait for 20 seconds
        else:
            with pytest.raises(ApplicationError) as lost:
                await self.by(worker)
            assert lost.value.type in {"AnswerLost", "Unavailable"}
            assert not lost.value.non_retryable

    async def must_not_be_asked_for_again(self) -> None:
        again = self.trade.done_before if self.trade.is_a_look else self.trade.operations
        for operation in again if self.trade.found else ():
            await self._fails("refuse_before", operation)

    async def _is_given_up(self, worker: OneWorker) -> None:
        """Its worker is told to end while it waits for the answer."""
        waiting = asyncio.create_task(self.by(worker))

        async def done() -> bool:
            return (await self.times())[0] == 1

        await eventually(done, "done")
        while not waiting.done():  # told once, it goes on to the end
            waiting.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async def _fails(self, fault: str, operation: str, **more: Any) -> None:
        sandbox, face = self.journey.stage.sandbox, self.trade.face
        await sandbox.fault(face, operation, fault, key=self.fault_key, **more)


@dataclass
class AtStore:
    """Something recorded: the store is who it is done with, and its events are its books."""

    journey: Journey
    asked: Recordings
    event: str
    stream: str

    async def by(self, worker: OneWorker, nth: int = 1) -> Recorded:
        return await worker.attempt("record", self.asked, nth=nth)

    async def times(self) -> tuple[int, int]:
        recorded = len(await self.journey.told(self.event, self.stream))
        return recorded, recorded

    async def at_once(self, *workers: OneWorker) -> list[Recorded]:
        """All have decided on the same past before the first one can write."""
        stage = self.journey.stage
        async with stage.held(self.stream):
            writing = [asyncio.create_task(self.by(worker)) for worker in workers]
            await stage.waiting(self.writers(*workers))
        return list(await asyncio.gather(*writing))

    def writers(self, *workers: OneWorker) -> int:
        """How many of them come as far as the store at once."""
        return len(workers)

    async def dies_before_it_is_recorded(self, worker: OneWorker) -> None:
        """It is recorded, and dies before it can say so."""
        await self.answer_is_lost(worker, "cut_after")

    async def answer_is_lost(self, worker: OneWorker, _fault: str) -> None:
        stage = self.journey.stage
        lost = stage.network.answers_lost
        async with stage.held(self.stream):
            writing = asyncio.create_task(self.by(worker))
            (writer,) = await stage.waiting()
            stage.network.cut(writer.port)
        with pytest.raises(StoreUnavailable):
            await writing
        assert stage.network.answers_lost == lost + 1

    async def must_not_be_asked_for_again(self) -> None:
        """Who asks again writes nothing: the number of events says so."""


@dataclass
class InBooks(AtStore):
    """Something recorded of a comparison, by another activity than `record`."""

    activity: str
    asked_for: Any
    about: str  # what its events hold

    async def by(self, worker: OneWorker, nth: int = 1) -> Any:
        return await worker.attempt(self.activity, self.asked_for, nth=nth)

    async def times(self) -> tuple[int, int]:
        told = await self.journey.told(self.event, self.stream)
        recorded = sum(self.about in str(each) for each in told)
        return recorded, recorded


async def at_partner(
    trade: Trade, journey: Journey, activity: str, *, action: str = "", **told: Any
) -> AtPartner:
    """Take the open step that an activity performs, and what its partner will know it by."""
    order = await journey.order(action or activity)
    arguments = told.pop("arguments", (order,))
    if trade.face in {"mail", "twilio"}:
        told = {"needle": key_of(order), "fault_key": key_of(order)}
    return AtPartner(
        trade=trade,
        journey=journey,
        activity=activity,
        arguments=arguments,
        **{"needle": journey.return_id, "fault_key": journey.return_id, **told},
    )
