"""Whom an event is for: facts in, signals to returns out, or why not (yet).

A return is found by the references in our own streams. The ids that a warehouse writes into
a report count too, beside its tracking number: its reports are about nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from activities.event_store import EventStore
from activities.known import return_stream
from adapters.postgres.inbox import Open, Tidings, Turn
from adapters.postgres.tidings import OURS
from adapters.postgres.unplaced import BY_SIGNAL
from api.receipts import Expecting, share_out
from api.settings import account_key
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event
from projections.partner_references import find_returns
from projections.streams import ReturnKey

RECEIPT = "report_receipt"

LONGEST_REFERENCE = 200

EARLY = timedelta(minutes=1)
"""An event may come before the call that caused it has answered. For so long its own
reference is looked for, and all of those it names; afterwards what is known has to do."""

SECOND_BEST: Mapping[str, tuple[str, str]] = {
    "payout": ("instruction", "instruction_id"),
    "pickup": ("tracking", "tracking_number"),
    "label": ("tracking", "tracking_number"),
}
"""Another of our references that a fact's body may hold, by the kind of its first."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """No return has this reference; an event may be faster than what it is about."""

    reason: str


@dataclass(frozen=True, slots=True)
class ForAPerson:
    """It cannot be told to a return by itself, now or later."""

    reason: str


Resolution = list[Tidings] | NotYet | ForAPerson
_Found = list[ReturnKey] | NotYet | ForAPerson


class Resolver:
    """Finds returns; `tenants` says which accounts speak of one merchant's returns only."""

    def __init__(self, store: EventStore, tenants: Mapping[str, str]) -> None:
        self._store = store
        self._tenants = tenants

    async def resolve(self, turn: Turn, event: Open, now: datetime) -> Resolution:
        """Say which returns are to be told what. All of an event, or none of it.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        if event.provider == BY_SIGNAL:  # it was told to a return by name, which has begun now
            told = [(fact["reference"], fact["signal"], fact["body"]) for fact in event.facts]
            return [Tidings(event.account, *news) for news in told]
        early = now - event.received_at < EARLY
        tidings: list[Tidings] = []
        receipts = [fact for fact in event.facts if fact["signal"] == RECEIPT]
        others = [fact for fact in event.facts if fact["signal"] != RECEIPT]
        for fact in others:
            found = await self._meant(turn, event, fact, early=early)
            if not isinstance(found, list):
                return found
            tidings += [Tidings(*key, fact["signal"], fact["body"]) for key in found]
        if receipts:  # one report, as a fact for each return that it names
            report = receipts[0]["body"]
            found = await self._in_parcel(turn, event, report, early=early)
            if not isinstance(found, list):
                return found
            tidings += await self._split(turn, report, found)
        return tidings

    async def _meant(
        self, turn: Turn, event: Open, fact: Mapping[str, Any], *, early: bool
    ) -> _Found:
        kind, reference = fact["reference_kind"], fact["reference"]
        if not reference:
            return ForAPerson(f"names no {kind}")
        keys = await self._find(turn, event, kind, reference)
        second = SECOND_BEST.get(kind)
        if not keys and second is not None and not early:
            keys = await self._find(turn, event, second[0], fact["body"].get(second[1]))
        return _of_one_merchant(keys) if keys else NotYet(f"no return has this {kind}")

    async def _in_parcel(
        self, turn: Turn, event: Open, report: Mapping[str, Any], *, early: bool
    ) -> _Found:
        """The returns whose parcel it is, then those that the report names besides."""
        parcel = report.get("parcel")
        number = parcel.get("tracking_number") if isinstance(parcel, dict) else None
        named = report.get("returns")
        ids = named if isinstance(named, list) else []
        if not number and not ids:
            return ForAPerson("names neither a parcel nor a return")
        by_number = await self._find(turn, event, "tracking", number)
        by_id = [await self._find(turn, event, "return", one) for one in ids]
        if early and not all(by_id):
            return NotYet("names a return that is not known")
        merchants = {key.tenant for key in by_number}
        besides = [k for keys in by_id for k in keys if not merchants or k.tenant in merchants]
        keys = list(dict.fromkeys([*by_number, *besides]))
        return _of_one_merchant(keys) if keys else NotYet("no return has this parcel or id")

    async def _find(self, turn: Turn, event: Open, kind: str, reference: object) -> list[ReturnKey]:
        if not isinstance(reference, str) or not 0 < len(reference) <= LONGEST_REFERENCE:
            return []
        if not reference.isprintable():
            return []
        tenant = (
            event.account  # news of our own names its merchant
            if event.provider == OURS
            else self._tenants.get(account_key(event.provider, event.account))
        )
        return await find_returns(turn.connection, kind, reference, tenant=tenant)

    async def _split(
        self, turn: Turn, report: Mapping[str, Any], keys: Sequence[ReturnKey]
    ) -> list[Tidings]:
        """Tell each return that shares the parcel of its own units."""
        shares: list[dict[str, Any]] | None = None
        if len(keys) > 1:
            expecting = [
                Expecting.of(
                    await self._state(key),
                    report.get("corrects"),
                    await turn.bodies_for(*key, RECEIPT),
                )
                for key in keys
            ]
            shares = share_out(report, expecting)
        if shares is None:
            return [Tidings(*keys[0], RECEIPT, report)]
        return [Tidings(*key, RECEIPT, share) for key, share in zip(keys, shares, strict=True)]

    async def _state(self, key: ReturnKey) -> ReturnState:
        stream = return_stream(*key)
        events = (await self._store.read((stream, 0)))[stream]
        return fold(read_event(event.type, event.schema_version, event.data) for event in events)


def _of_one_merchant(keys: list[ReturnKey]) -> _Found:
    """A number that two merchants' returns have in common proves nothing about either."""
    merchants = {key.tenant for key in keys}
    return keys if len(merchants) == 1 else ForAPerson("means returns of several merchants")
