"""Lots: units told to them by their returns, offered, shipped, looked up, put away; each once.

A lot is written to by the returns whose units join it and by whoever follows it, through one
door. Every step looks first whether it is still open, and asks the partner whether it was done.
"""

from datetime import datetime

from temporalio import activity

from activities.beside import ENGINE, Aggregate, Beside, Outcome, Runs
from activities.event_store import Append, EventStore, VersionConflict
from activities.known import Known, return_stream
from activities.recorded import Perform, Recorded
from activities.recorder import Recorder
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.steps import Steps, defect, time_of
from activities.stored import as_stored
from domain.keys import RETURN_TYPE
from domain.lots import commands as c
from domain.lots.agenda import lot_agenda
from domain.lots.decider import decide
from domain.lots.events import LotOpened, read_lot_event
from domain.lots.evolve import fold
from domain.lots.facts import LotFacts
from domain.lots.messages import LotRecorded, PerformLot
from domain.lots.placing import to_tell
from domain.lots.shelf import LotBegun, Shelf
from domain.lots.showing import as_markdown, status_of
from domain.lots.state import Inside, LotState
from domain.lots.words import LOT_TYPE, LotKey, LotLife
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.goods import gathering
from domain.words import Disposition


def _answer(key: LotKey, outcome: Outcome[LotState]) -> LotRecorded:
    status = status_of(key, outcome.state)
    refused = outcome.refused
    return LotRecorded(
        accepted=refused is None,
        code=refused.code if refused else "",
        because=refused.because if refused else "",
        status=status,
        details=as_markdown(status),
    )


LOT = Aggregate(
    what="lot",
    read=read_lot_event,
    fold=fold,
    decide=decide,
    updates=c.LOT_UPDATES,
    time_passed=c.NoteTimePassed,
    step_failed=c.NoteLotStepFailed,
    agenda=lot_agenda,
    answer=_answer,
)


AT_ONCE = 20
"""Returns that one attempt tells: what is left over is the next one's."""


class Gathering:
    """What a return's units say to lots, and what is said to them."""

    def __init__(self, store: EventStore, recorder: Recorder, runs: Runs) -> None:
        self._store = store
        self._door = Beside(store, LOT)
        self._steps = Steps(recorder)
        self._recorder = recorder
        self._runs = runs

    @activity.defn
    async def join_lot(self, perform: Perform) -> Recorded:
        """Put a unit in the lot that gathers now. Idempotent on the word that the lot is told."""
        return await self._steps.perform(perform, self._join)

    @activity.defn
    async def leave_lot(self, perform: Perform) -> Recorded:
        """Take a unit out of its lot. Idempotent on the word that the lot is told."""
        return await self._steps.perform(perform, self._leave)

    @activity.defn
    async def tell_returns(self, perform: PerformLot) -> LotRecorded:
        """Tell returns where their units were put. Idempotent on the move that put each there."""
        return await self._door.perform(perform, self._tell)

    async def _join(self, known: Known, step: Step, perform: Perform) -> n.Note:
        known = await self._chosen(known, step, perform)
        unit = known.state.units[step.subject]
        if unit.lot is None or unit.lot.life != "chosen":  # it has no place in a lot any more
            return n.NoteLotJoined(unit=unit.id, lot_id="none", taken=False)
        key = LotKey(perform.tenant, unit.lot.lot_id)
        told = gathering.lot_unit(known.state, unit)
        outcome = await self._told(key, c.AddUnit(unit=told, word=unit.lot.word), perform)
        # It was taken once that word is heard; what people did with it since is told apart.
        taken = outcome.state.heard.get(told.key, 0) >= unit.lot.word
        return n.NoteLotJoined(unit=unit.id, lot_id=key.lot_id, taken=taken)

    async def _leave(self, known: Known, step: Step, perform: Perform) -> n.Note:
        unit = known.state.units[step.subject]
        if unit.lot is None:
            raise defect(f"{unit.id} is in no lot that it could leave")
        key, word = LotKey(perform.tenant, unit.lot.lot_id), unit.lot.word + 1
        name = gathering.lot_unit(known.state, unit).key
        because = f"{unit.id} of {known.state.return_id} is not to leave its hub with it any more"
        outcome = await self._told(key, c.RemoveUnit(key=name, because=because, word=word), perform)
        put = outcome.state.out.get(name)
        if put is not None and put.placed:  # by people, before we came
            return _given_back(key, outcome.state, put)
        gone = name in outcome.state.inside
        return n.NoteLotLeft(unit=unit.id, lot_id=key.lot_id, word=word, gone=gone)

    async def _tell(self, perform: PerformLot, state: LotState) -> c.NoteReturnsTold:
        keys = []
        for put in to_tell(state)[:AT_ONCE]:
            note = _given_back(perform.key, state, put)
            of = Perform(
                tenant=perform.tenant,
                return_id=put.told.return_id,
                step_id=perform.step_id,
                now=perform.now,
            )
            cause = f"{perform.key.name}:{put.told.unit}:{put.placed}"[:200]
            await self._recorder.decide(of, note, perform.now, cause)
            name = return_stream(of.tenant, of.return_id)
            start = {"tenant": of.tenant, "return_id": of.return_id}
            await self._runs.wake(RETURN_TYPE, name, start, activity.info().task_queue)
            keys.append(put.told.key)
        return c.NoteReturnsTold(keys=tuple(keys))

    async def _told(self, key: LotKey, command: c.OfReturn, perform: Perform) -> Outcome[LotState]:
        cause = f"{perform.return_id}:{perform.step_id}"[:200]
        outcome = await self._door.decide(key, command, time_of(perform), cause=cause)
        start = {"tenant": key.tenant, "lot_id": key.lot_id}
        await self._runs.wake(LOT_TYPE, key.name, start, activity.info().task_queue)
        return outcome

    async def _chosen(self, known: Known, step: Step, perform: Perform) -> Known:
        """Say which lot it is to be before the lot is told: the first choice is the one that counts."""
        unit = known.state.units[step.subject]
        facts = gathering.wanted(known.state, unit)
        if facts is None or (unit.lot is not None and unit.lot.life == "chosen"):
            return known
        lot_id = await self._gathers(gathering.shelf_of(known.state, facts), facts, perform.now)
        word = gathering.next_word(unit)
        note = n.NoteLotChosen(unit=unit.id, lot_id=lot_id, word=word)
        cause = f"chosen:{step.id}"[:200]
        return (await self._recorder.decide(perform, note, time_of(perform), cause)).known

    async def _gathers(self, shelf: Shelf, facts: LotFacts, now: datetime) -> str:
        """Find the lot that gathers now, or begin the next one; two who begin it begin one."""
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            number = len((await self._store.read((shelf.name, 0)))[shelf.name])
            if number:
                last = LotKey(shelf.tenant, shelf.lot_id(number))
                if (await self._door.load(last)).state.life is LotLife.COLLECTING:
                    return last.lot_id
            key = LotKey(shelf.tenant, shelf.lot_id(number + 1))
            begun = LotBegun(occurred_at=now, lot_id=key.lot_id)
            opened = LotOpened(occurred_at=now, facts=facts)
            told = (shelf.tenant, key.name, ENGINE, f"begin:{key.lot_id}")
            try:
                await self._store.append(
                    Append(shelf.name, number, as_stored([begun], *told)),
                    Append(key.name, 0, as_stored([opened], *told)),
                )
            except VersionConflict:
                continue
            return key.lot_id
        raise Crowded(f"{shelf.name}: others were faster {PATIENCE} times")


def _given_back(key: LotKey, state: LotState, put: Inside) -> n.NoteLotGaveBack:
    why = put.because or (f"graded {put.grade}" if put.grade else state.because)
    return n.NoteLotGaveBack(
        unit=put.told.unit,
        lot_id=key.lot_id,
        disposition=put.goes or Disposition.QUARANTINE,
        move_ref=put.placed,
        because=why,
    )
