"""`recoveries`: what is claimed back from carriers and customs, and what came by post."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from api.cli.beside import show_one, tell_one
from api.cli.desk import COMMON, Common, Desk, Exit, at_desk
from api.cli.showing import columns, money, owed_next, when, words
from api.cli.timing import engine_time
from api.client import ReturnsClient
from api.client.recoveries import Recoveries
from domain.recoveries.showing import RecoveryStatus
from projections.claims import ClaimRow

app = App()
recoveries_app = App(name="recoveries", help="What is claimed back from carriers and customs.")
app.command(recoveries_app)

Flag = Annotated[bool, Parameter(negative="")]


@recoveries_app.command(name="list")
@recoveries_app.default
def list_recoveries(
    *,
    open_only: Annotated[bool, Parameter(name="--open", negative="")] = False,
    overdue: Flag = False,
    return_id: Annotated[str | None, Parameter(name="--return")] = None,
    common: Common = COMMON,
) -> int:
    """List claims, the most pressing first.

    Args:
        open_only: Those that somebody must still do something about.
        overdue: Those that somebody should have done something about before now.
        return_id: Those of this return.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.recoveries.claims(
            desk.tenant,
            only_open=True if open_only else None,
            overdue_at=await engine_time(desk) if overdue else None,
            return_id=return_id,
        )
        desk.say(list(rows(found)) or ["nothing is claimed back"], {"recoveries": list(found)})
        return Exit.DONE

    return at_desk(common, work)


@recoveries_app.command
def show(recovery_id: str, *, common: Common = COMMON) -> int:
    """Show one claim: whose turn it is, by when, what is claimed and what came."""
    return show_one(common, _claims, recovery_id, _whole)


@recoveries_app.command
def file(recovery_id: str, reference: str, *, common: Common = COMMON) -> int:
    """Say that it was filed by hand, or filed again; `reference` is their number for it."""
    return _say(common, recovery_id, "file", reference=reference)


@recoveries_app.command
def answer(
    recovery_id: str,
    verdict: Literal["granted", "refused", "asks"],
    *,
    amount_minor: int | None = None,
    theirs: str = "",
    common: Common = COMMON,
) -> int:
    """Say what they answered.

    Args:
        recovery_id: Which claim.
        verdict: What they said.
        amount_minor: What they grant, in minor units; without it, all that was claimed.
        theirs: Their words.
        common: What every command takes.
    """
    return _say(
        common, recovery_id, "answer", amount_minor=amount_minor, verdict=verdict, theirs=theirs
    )


@recoveries_app.command
def paid(recovery_id: str, reference: str, amount_minor: int, *, common: Common = COMMON) -> int:
    """Say that money came in: the reference of the transfer or credit, and minor units."""
    return _say(common, recovery_id, "book_payment", amount_minor=amount_minor, reference=reference)


@recoveries_app.command
def withdraw(recovery_id: str, *, because: str, common: Common = COMMON) -> int:
    """Say that they were told that nothing is claimed any more."""
    return _say(common, recovery_id, "withdraw", because=because)


@recoveries_app.command
def close(recovery_id: str, *, because: str, common: Common = COMMON) -> int:
    """Give it up, or be content with what came."""
    return _say(common, recovery_id, "close", because=because)


@recoveries_app.command
def give_back(recovery_id: str, reference: str, *, common: Common = COMMON) -> int:
    """Say that they have their money back, by this transfer."""
    return _say(common, recovery_id, "give_back", reference=reference)


@recoveries_app.command
def retry(recovery_id: str, *, common: Common = COMMON) -> int:
    """Try again what failed, now that it is mended."""
    return _say(common, recovery_id, "retry")


def _claims(returns: ReturnsClient) -> Recoveries:
    return returns.recoveries


def _say(
    common: Common, recovery_id: str, update: str, *, amount_minor: int | None = None, **said: Any
) -> int:
    amounts = {"amount": amount_minor}
    return tell_one(common, _claims, recovery_id, _whole, update, money=amounts, **said)


def rows(found: Iterable[ClaimRow]) -> Iterable[str]:
    """A line for each claim."""
    return columns(
        [
            [
                one.recovery_id,
                words(one.kind),
                words(one.life),
                one.counterparty,
                money(one.claimed_minor, one.currency),
                f"paid {money(one.paid_minor, one.currency)}",
                owed_next(one.next_owner, one.next_action, one.due_at),
            ]
            for one in found
        ],
        "",
    )


def _whole(status: RecoveryStatus) -> Iterable[str]:
    yield f"{status.recovery_id}: {words(status.kind)}, {words(status.life)}"
    for step in status.agenda:
        yield f"  {step.owner} must {words(step.action)} by {when(step.due_at)}: {step.summary}"
    facts = [
        ["return", status.return_id],
        ["what", f"{words(status.cause)} {status.subject} {status.tracking_number}".strip()],
        ["from", status.counterparty],
        ["claimed", money(status.claimed_minor, status.currency)],
        ["granted", money(status.granted_minor, status.currency)],
        ["paid", money(status.paid_minor, status.currency)],
        ["to be filed by", f"{when(status.file_by)} ({status.source})"],
        *([["their number", status.reference]] if status.reference else []),
        *([["they say", status.theirs]] if status.theirs else []),
        *([["because", status.because]] if status.because else []),
    ]
    yield from columns(facts)
