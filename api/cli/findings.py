"""`reconcile`, `findings`, `schedules`: where our books and a provider's differ, and who settles it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from cyclopts import App, Parameter

from api.cli.desk import COMMON, Common, Desk, Exit, UsageError, as_json, at_desk
from api.cli.showing import columns, when, words
from api.cli.timing import engine_time
from domain.reconciliation.finding import REMEDIES
from domain.reconciliation.words import Kind
from projections.findings import ComparisonRow, FindingRow

app = App()
findings_app = App(name="findings", help="What differs between our books and the providers'.")
schedules_app = App(name="schedules", help="What is done regularly.")
app.command(findings_app)
app.command(schedules_app)

Flag = Annotated[bool, Parameter(negative="")]


@app.command
def reconcile(*, provider: str | None = None, common: Common = COMMON) -> int:
    """Compare our books with the providers' now, and show what is to be settled.

    Args:
        provider: This one alone.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        until = await engine_time(desk) if desk.returns.where.sandbox_url else None
        compared = [
            await desk.returns.reconciliation.compare(desk.tenant, one, until=until)
            for one in _providers(desk, provider)
        ]
        desk.say([one.sentence for one in compared], {"compared": compared})
        return Exit.DONE

    return at_desk(common, work)


@findings_app.default
def list_findings(
    *,
    open_only: Annotated[bool, Parameter(name="--open", negative="")] = False,
    overdue: Flag = False,
    provider: str | None = None,
    common: Common = COMMON,
) -> int:
    """List findings, the most pressing first.

    Args:
        open_only: Those that somebody must still settle.
        overdue: Those that somebody should have settled before now.
        provider: Those with this provider.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        asked = desk.returns.reconciliation
        found = await asked.findings(
            desk.tenant,
            provider=provider,
            only_open=True if open_only else None,
            overdue_at=await engine_time(desk) if overdue else None,
        )
        compared = await asked.comparisons(desk.tenant, provider=provider)
        told = {"findings": list(found), "compared": list(compared)}
        desk.say([*lines(found), *_last(compared)], told)
        every = timedelta(hours=desk.returns.where.reconcile_hours)
        now = await engine_time(desk)
        for one in compared:
            if now - one.compared_at > 2 * every:
                desk.note(
                    f"{one.provider} was not compared for {(now - one.compared_at).days} days"
                )
        return Exit.DONE

    return at_desk(common, work)


@findings_app.command
def acknowledge(finding_id: str, *, because: str, common: Common = COMMON) -> int:
    """Say that somebody looks after it; it is due again in a week."""
    return _settle(common, finding_id, "acknowledge", because)


@findings_app.command
def resolve(finding_id: str, *, because: str, common: Common = COMMON) -> int:
    """Say why it may stay as it is, or how it was settled. Other facts open it again."""
    return _settle(common, finding_id, "resolve", because)


@schedules_app.command
def apply(*, provider: str | None = None, common: Common = COMMON) -> int:
    """Have the books compared regularly; applied again, it is the same schedule.

    With whom, how often and how far back: BACKHAUL_RECONCILE_PROVIDERS, _HOURS and _DAYS.

    Args:
        provider: With this one alone.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        applied = await desk.returns.reconciliation.schedule(
            desk.tenant, _providers(desk, provider)
        )
        told = (
            f"{one.schedule} {one.outcome}: every {one.every_hours:g} h, {one.days} days back"
            for one in applied
        )
        desk.say(list(told), {"schedules": applied})
        return Exit.DONE

    return at_desk(common, work)


def lines(found: Iterable[FindingRow]) -> list[str]:
    """Each finding with its sentence, and what can be done about it while it is open."""
    told: list[str] = []
    for one in found:
        due = f"due {when(one.due_at)}" if one.due_at else when(one.updated_at)
        told += columns([[one.finding_id, words(one.life), one.severity, one.owner, due]], "")
        told += columns([[one.because]])
        if one.said:
            told += columns([[f"{one.actor}: {one.said}"]])
        if one.due_at:
            told += columns([[f"to do: {REMEDIES[Kind(one.kind)]}"]])
    return told or ["no findings"]


def _last(compared: Iterable[ComparisonRow]) -> list[str]:
    return [
        f"{one.provider} was last compared on {when(one.compared_at)}: "
        f"{one.ours} of ours against {one.theirs} of theirs"
        for one in compared
    ] or ["the books were never compared: `schedules apply`, or `reconcile`"]


def _settle(
    common: Common, finding_id: str, verb: Literal["acknowledge", "resolve"], because: str
) -> int:
    async def work(desk: Desk) -> Exit:
        at: datetime = await engine_time(desk)
        answer = await desk.returns.reconciliation.settle(
            desk.tenant, finding_id, verb, because, at=at
        )
        if not answer.accepted:
            if desk.common.json:
                print(as_json(answer))  # noqa: T201 a no is a result
            else:
                desk.note(f"refused ({answer.code}): {answer.because}")
            return Exit.REFUSED
        due = f", due {when(answer.due_at)}" if answer.due_at else ""
        desk.say([f"{answer.finding_id} is {answer.life}{due}"], answer)
        return Exit.DONE

    return at_desk(common, work)


def _providers(desk: Desk, wanted: str | None) -> tuple[str, ...]:
    known = desk.returns.where.reconcile_providers
    if wanted is not None and wanted not in known:
        choose = f"choose {', '.join(known)}, or name it in BACKHAUL_RECONCILE_PROVIDERS"
        raise UsageError(f"--provider: {choose}")
    return (wanted,) if wanted else known
