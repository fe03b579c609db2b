"""Whom an event is for: facts in, signals to returns out, or why not (yet).

A return is found by the references in our own streams. The ids that a warehouse writes into
a report count too, beside its tracking number: its reports are about nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from activities.event_store import EventStore
from activities.known import return_stream
from adapters.postgres.inbox import Open, Tidings, Turn
from adapters.postgres.tidings import NAMES_ITS_MERCHANT
from adapters.postgres.unplaced import BY_SIGNAL
from api.receipts import (
    POINTERS,
    Expecting,
    Pointers,
    readable_units,
    share_inspection,
    share_out,
    sold_with_serial,
)
from api.settings import account_key
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event
from projections.partner_references import find_returns
from projections.streams import ReturnKey

RECEIPT, INSPECTION = "report_receipt", "report_inspection"

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


@dataclass(frozen=True, slots=True)
class NotOurs:
    """It is about other goods than returned ones, as far as can be seen."""

    reason: str


Resolution = list[Tidings] | NotYet | ForAPerson | NotOurs
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
        if event.provider == BY_SIGNAL:  # it was told to this very return, before there was one
            return [
                Tidings(event.account, fact["reference"], fact["signal"], fact["body"])
                for fact in event.facts
            ]
        early = now - event.received_at < EARLY
        found = await self._resolve(turn, event, early=early)
        unsure = any(fact.get("only_if_known") for fact in event.facts)
        if isinstance(found, list) or not unsure:
            return found
        return NotYet(found.reason) if early else NotOurs(found.reason)

    async def _resolve(
        self, turn: Turn, event: Open, *, early: bool
    ) -> list[Tidings] | NotYet | ForAPerson:
        tidings: list[Tidings] = []
        receipts = [fact for fact in event.facts if fact["signal"] == RECEIPT]
        others = [fact for fact in event.facts if fact["signal"] != RECEIPT]
        for fact in others:
            report = fact["body"]
            is_seen = fact["signal"] == INSPECTION and not report.get("return_id")
            unnamed = is_seen and bool(Pointers.of(report))
            found = await (
                self._in_parcel(turn, event, report, early=early)
                if unnamed
                else self._meant(turn, event, fact, early=early)
            )
            if not isinstance(found, list):
                return found
            split = unnamed and bool(report.get("units"))
            told = (
                await self._split_inspection(report, found)
                if split
                else [Tidings(*key, fact["signal"], _for(key, report)) for key in found]
            )
            tidings += told
            if fact["signal"] == INSPECTION:
                tidings += await self._taken_back(turn, event, report, told)
        if receipts:  # one report, as a fact for each return that it names
            found = await self._in_parcel(turn, event, receipts[0]["body"], early=early)
            if not isinstance(found, list):
                return found
            report = await self._in_series(turn, receipts[0], found)
            tidings += await self._split(turn, report, found)
        return tidings

    async def _taken_back(
        self, turn: Turn, event: Open, report: Mapping[str, Any], told: Sequence[Tidings]
    ) -> list[Tidings]:
        """A return that heard the inspection which this one takes back hears of that as well."""
        before = report.get("corrects") or report.get("retracts")
        knew = await self._find(turn, event, "inspection", before)
        hears = {(one.tenant, one.return_id) for one in told}
        merchants = {one.tenant for one in told}
        said = {name: report[name] for name in _OF_INSPECTION if name in report}
        return [
            Tidings(*key, INSPECTION, {**said, "return_id": key.return_id, "retracts": before})
            for key in knew
            if key.tenant in merchants and (key.tenant, key.return_id) not in hears
        ]

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
        """The returns whose parcel it is, and those that the report names or takes back.

        Where there are none: those of the orders it names, then those sold with its serials.
        """
        told = Pointers.of(report)
        if not told:
            return ForAPerson("names neither a parcel nor a return")
        by_number = await self._find(turn, event, "tracking", told.number)
        by_id = [await self._find(turn, event, "return", one) for one in told.returns]
        if early and not all(by_id):
            return NotYet("names a return that is not known")
        merchants = {key.tenant for key in by_number}
        besides = [k for keys in by_id for k in keys if not merchants or k.tenant in merchants]
        before = await self._find(turn, event, "receipt", told.takes_back)
        before += await self._find(turn, event, "inspection", told.takes_back)
        keys = list(dict.fromkeys([*by_number, *besides, *before]))
        for kind, references in (("order", told.orders), ("serial", told.serials)):
            if keys:
                break
            found = [k for one in references for k in await self._find(turn, event, kind, one)]
            keys = await self._fitting(dict.fromkeys(found), report) if kind == "serial" else found
        keys = list(dict.fromkeys(keys))
        return _of_one_merchant(keys) if keys else NotYet("no return has this parcel or id")

    async def _in_series(
        self, turn: Turn, fact: Mapping[str, Any], keys: Sequence[ReturnKey]
    ) -> Mapping[str, Any]:
        """A report of a series takes the place of the one before, as far as that was told."""
        report: Mapping[str, Any] = fact["body"]
        series = fact.get("series")
        if not series:
            return report
        told = [body for key in keys for body in await turn.bodies_for(*key, RECEIPT)]
        before = [b["message_id"] for b in told if str(b["message_id"]).startswith(f"{series}:")]
        if not before or report["message_id"] in before:
            return report
        return {**report, "corrects": before[-1]}

    async def _fitting(
        self, keys: Iterable[ReturnKey], report: Mapping[str, Any]
    ) -> list[ReturnKey]:
        """Of returns with a serial of the report's those with that serial of that article."""
        units = readable_units({**report, "units": _with_quantity(report)}) or []
        return [key for key in keys if sold_with_serial(await self._state(key), units)]

    async def _find(self, turn: Turn, event: Open, kind: str, reference: object) -> list[ReturnKey]:
        if not isinstance(reference, str) or not 0 < len(reference) <= LONGEST_REFERENCE:
            return []
        if not reference.isprintable():
            return []
        tenant = (
            event.account  # what comes by a door of our own names its merchant
            if event.provider in NAMES_ITS_MERCHANT
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
                    report.get("corrects") or report.get("retracts"),
                    await turn.bodies_for(*key, RECEIPT),
                )
                for key in keys
            ]
            shares = share_out(report, expecting)
        if shares is None:
            return [Tidings(*keys[0], RECEIPT, report)]
        return [Tidings(*key, RECEIPT, share) for key, share in zip(keys, shares, strict=True)]

    async def _split_inspection(
        self, report: Mapping[str, Any], keys: Sequence[ReturnKey]
    ) -> list[Tidings]:
        """Tell each return what was seen of its own units."""
        returns = [(key.return_id, await self._state(key)) for key in keys]
        shares = share_inspection(report, returns)
        return [Tidings(*keys[index], INSPECTION, share) for index, share in shares]

    async def _state(self, key: ReturnKey) -> ReturnState:
        stream = return_stream(*key)
        events = (await self._store.read((stream, 0)))[stream]
        return fold(read_event(event.type, event.schema_version, event.data) for event in events)


_OF_INSPECTION = ("message_id", "occurred_at", "source", "warehouse", "inspector")


def _for(key: ReturnKey, report: Mapping[str, Any]) -> Mapping[str, Any]:
    """An inspection names the return that hears it, and nothing that led there."""
    if "inspector" not in report or report.get("return_id"):
        return report
    said = {name: value for name, value in report.items() if name not in POINTERS}
    return {**said, "return_id": key.return_id}


def _of_one_merchant(keys: list[ReturnKey]) -> _Found:
    """A number that two merchants' returns have in common proves nothing about either."""
    merchants = {key.tenant for key in keys}
    return keys if len(merchants) == 1 else ForAPerson("means returns of several merchants")


def _with_quantity(report: Mapping[str, Any]) -> list[Any]:
    """The units of an inspection, one of each, beside those of a receipt as they are."""
    units = report.get("units")
    if not isinstance(units, list):
        return []
    return [{"quantity": 1, **unit} if isinstance(unit, dict) else unit for unit in units]
