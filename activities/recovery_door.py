"""The one door through which a recovery changes: load, decide, append.

Known again by what caused it, so that a lost answer is found and not recorded twice.
"""

from datetime import datetime
from typing import NamedTuple

import structlog

from activities.event_store import Append, EventStore, VersionConflict
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.stored import as_stored
from domain.recoveries import commands as c
from domain.recoveries import events as e
from domain.recoveries.decider import decide
from domain.recoveries.state import RecoveryState, fold
from domain.recoveries.words import RecoveryKey
from domain.refusal import Refused

log = structlog.get_logger()


class Outcome(NamedTuple):
    """How it stands afterwards; and the no, where it was one."""

    state: RecoveryState
    refused: Refused | None = None


class KnownRecovery(NamedTuple):
    """A recovery as it was read."""

    state: RecoveryState
    version: int
    causes: frozenset[str]


class RecoveryDoor:
    """Loads, decides, appends."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def decide(
        self, key: RecoveryKey, command: c.RecoveryCommand, now: datetime, *, cause: str, actor: str
    ) -> Outcome:
        """Let the recovery decide, and write down what it decided.

        Raises:
            StoreUnavailable: The store did not answer; ask again, it is recorded once.
            Crowded: Too many others wrote at the same time; ask again.
        """
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            known = await self.load(key)
            if cause in known.causes:
                return Outcome(known.state)  # our answer got lost, not our work
            decision = decide(known.state, command, now)
            if isinstance(decision, Refused):
                return Outcome(known.state, decision)
            if not decision.events:
                return Outcome(known.state)
            new = as_stored(decision.events, key.tenant, key.name, actor, cause)
            try:
                await self._store.append(Append(key.name, known.version, new))
            except VersionConflict:
                continue
            log.info("recovery.recorded", types=[event.type for event in decision.events])
            return Outcome(decision.state)
        raise Crowded(f"{key.name}: others were faster {PATIENCE} times")

    async def load(self, key: RecoveryKey) -> KnownRecovery:
        stored = (await self._store.read((key.name, 0)))[key.name]
        told = (e.read_recovery_event(one.type, one.schema_version, one.data) for one in stored)
        causes_known = frozenset(one.causation_id for one in stored)
        return KnownRecovery(fold(told), len(stored), causes_known)
