"""Comparing our books with a provider's, and what people say about what was found.

Nothing is corrected here. What was found is recorded, and returns are told to ask the
provider; see `domain.reconciliation.hints`. Neither list travels through Temporal: they are
read, compared and forgotten in one activity, and read again by the next attempt.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import structlog
from temporalio import activity

from activities.causes import digest
from activities.event_store import Append, EventStore, VersionConflict
from activities.failures import PartnerFailure
from activities.ports import Booked, Bookkeeper, LabelSeller
from activities.rivals import PATIENCE, Crowded, let_others_pass
from activities.steps import alive, defect
from activities.stored import as_stored
from activities.translation import as_application_error
from domain.reconciliation import events as e
from domain.reconciliation.books import BooksKey, Movement, OurBooks, Span
from domain.reconciliation.comparing import Comparison, compare
from domain.reconciliation.deciding import acknowledge, note_comparison, resolve
from domain.reconciliation.hints import Hint, hints_of
from domain.reconciliation.labels import Sold, compare_labels
from domain.reconciliation.markdown import as_markdown, sentences
from domain.reconciliation.messages import (
    Compare,
    ComparedInFull,
    FindingAnswer,
    SettleFinding,
)
from domain.reconciliation.state import Findings, evolve, fold
from domain.refusal import Refused

log = structlog.get_logger()

ENGINE = "system:backhaul"


class MoneyBooks(Protocol):
    """Our side, from the streams as they are when it is asked for."""

    async def read(self, books: BooksKey, listed: Sequence[Movement], window: Span) -> OurBooks:
        """Give what we know of the window, and of all that the list names.

        Raises:
            StoreUnavailable: The database does not answer.
        """


class LabelBooks(Protocol):
    """Our side of what carriers sold."""

    async def known(self, label_refs: Collection[str]) -> frozenset[str]:
        """Give those of a carrier's references that stand in our streams.

        Raises:
            StoreUnavailable: The database does not answer.
        """


class Tidings(Protocol):
    """The way in for news, as for a provider's own webhooks."""

    async def leave(self, books: BooksKey, hint: Hint) -> None:
        """Leave it, to be told to the returns it is about. Idempotent on its message's id.

        Raises:
            StoreUnavailable: The database does not answer.
        """


class Known(NamedTuple):
    """A stream of findings as it was read."""

    findings: Findings
    version: int
    by_cause: Mapping[str, Sequence[e.ReconciliationEvent]]


class Reconciling:
    """The activities of reconciliation, for each provider that tells what it booked."""

    def __init__(
        self,
        store: EventStore,
        books: MoneyBooks,
        tidings: Tidings,
        bookkeepers: Mapping[str, Bookkeeper],
        labels: tuple[LabelBooks, Mapping[str, LabelSeller]] | None = None,
    ) -> None:
        self._store = store
        self._books = books
        self._tidings = tidings
        self._bookkeepers = bookkeepers
        self._labels = labels

    @activity.defn
    async def compare_books(self, asked: Compare) -> ComparedInFull:
        """Read their list, then our books; compare; record what is new and what is gone.

        Idempotent on the window and what was found in it: a second attempt, or another run
        at the same time, records the same findings once.

        Raises:
            ApplicationError: The provider failed us; it says whether a retry makes sense.
        """
        try:
            return await alive(self._compare(asked))
        except PartnerFailure as failure:
            log.warning(
                "books.not_compared", provider=asked.provider, failure=type(failure).__name__
            )
            raise as_application_error(failure) from failure

    @activity.defn
    async def settle_finding(self, said: SettleFinding) -> FindingAnswer:
        """Record what a person says of a finding. Idempotent on the request's id."""
        say = acknowledge if said.verb == "acknowledge" else resolve
        cause = f"{said.verb}:{said.request_id}"[:200]
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            known = await self._load(said.books)
            if cause not in known.by_cause:
                event = say(known.findings, said.finding_id, said.because, said.now)
                if isinstance(event, Refused):
                    return FindingAnswer(
                        accepted=False,
                        code=event.code,
                        because=event.because,
                        finding_id=said.finding_id,
                    )
                if not await self._append(said.books, known, [event], said.actor, cause):
                    continue
                known = await self._load(said.books)
            standing = known.findings.known[said.finding_id]
            return FindingAnswer(
                finding_id=said.finding_id, life=standing.life, due_at=standing.due_at
            )
        raise Crowded(f"{said.books.stream}: others were faster {PATIENCE} times")

    async def _compare(self, asked: Compare) -> ComparedInFull:
        if self._labels is not None and asked.provider in self._labels[1]:
            return await self._compare_labels(asked, *self._labels)
        bookkeeper = self._bookkeepers.get(asked.provider)
        if bookkeeper is None:
            raise defect(f"{asked.provider} does not tell what it booked")
        theirs = [_movement(one) for one in await bookkeeper.booked(asked.since, asked.until)]
        ours = await self._books.read(asked.books, theirs, asked.window)
        judged = Span(asked.since, max(asked.since, asked.until - bookkeeper.late))
        comparison = compare(asked.books, ours, theirs, judged)
        return await self._record(asked, comparison, judged)

    async def _compare_labels(
        self, asked: Compare, books: LabelBooks, sellers: Mapping[str, LabelSeller]
    ) -> ComparedInFull:
        theirs = [
            Sold(**one.model_dump(exclude={"cost", "sold_at"}), cost=one.cost, at=one.sold_at)
            for one in await sellers[asked.provider].sold(asked.since, asked.until)
        ]
        known = await books.known([one.label_ref for one in theirs])
        comparison = compare_labels(asked.books, known, theirs, asked.window)
        return await self._record(asked, comparison, asked.window)

    async def _record(self, asked: Compare, comparison: Comparison, judged: Span) -> ComparedInFull:
        cause = _cause_of(asked, comparison)
        for attempt in range(PATIENCE):
            await let_others_pass(attempt)
            known = await self._load(asked.books)
            if cause in known.by_cause:  # our answer got lost, not our work
                return _told(asked, known.findings, comparison, known.by_cause[cause])
            events = note_comparison(known.findings, comparison, judged, asked.until)
            # Before the findings are recorded: after a crash they are still news.
            for hint in hints_of(events, asked.until):
                await self._tidings.leave(asked.books, hint)
            if await self._append(asked.books, known, events, ENGINE, cause):
                return _told(asked, fold(events, known.findings), comparison, events)
        raise Crowded(f"{asked.books.stream}: others were faster {PATIENCE} times")

    async def _load(self, books: BooksKey) -> Known:
        stored = (await self._store.read((books.stream, 0)))[books.stream]
        by_cause: dict[str, list[e.ReconciliationEvent]] = {}
        findings = Findings()
        for one in stored:
            event = e.read_reconciliation_event(one.type, one.schema_version, one.data)
            by_cause.setdefault(one.causation_id, []).append(event)
            findings = evolve(findings, event)
        return Known(findings, len(stored), by_cause)

    async def _append(
        self,
        books: BooksKey,
        known: Known,
        events: Sequence[e.ReconciliationEvent],
        actor: str,
        cause: str,
    ) -> bool:
        """Write, unless somebody was faster."""
        new = as_stored(events, books.tenant, books.stream, actor, cause)
        try:
            await self._store.append(Append(books.stream, known.version, new))
        except VersionConflict:
            return False
        log.info("findings.recorded", types=[event.type for event in events])
        return True


def _cause_of(asked: Compare, comparison: Comparison) -> str:
    found = [one.model_dump_json() for one in comparison.findings]
    content = digest(f"{comparison.ours} {comparison.theirs} {found}")
    return f"compared:{asked.since.isoformat()}:{asked.until.isoformat()}:{content}"


def _told(
    asked: Compare,
    findings: Findings,
    comparison: Comparison,
    events: Sequence[e.ReconciliationEvent],
) -> ComparedInFull:
    unresolved = findings.unresolved
    opened = (e.FindingOpened, e.FindingReopened)
    compared = e.BooksCompared(
        occurred_at=asked.until,
        since=asked.since,
        until=asked.until,
        ours=comparison.ours,
        theirs=comparison.theirs,
        findings=len(comparison.findings),
    )
    return ComparedInFull(
        tenant=asked.tenant,
        provider=asked.provider,
        since=asked.since,
        until=asked.until,
        ours=comparison.ours,
        theirs=comparison.theirs,
        opened=sum(isinstance(event, opened) for event in events),
        resolved=sum(isinstance(event, e.FindingResolved) for event in events),
        unresolved=len(unresolved),
        next_owner=unresolved[0].finding.owner if unresolved else "",
        due_at=unresolved[0].due_at if unresolved else None,
        findings=sentences(findings),
        details=as_markdown(findings, compared),
    )


def _movement(booked: Booked) -> Movement:
    return Movement(
        kind=booked.kind,
        ref=booked.ref,
        instruction_id=booked.instruction_id,
        payment_ref=booked.payment_ref,
        amount=booked.amount,
        state=booked.state,
        at=booked.at,
    )
