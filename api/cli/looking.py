"""`show`, `list`, `history`, `explain`: how returns stand, and how that came about."""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from cyclopts import App, Parameter

from adapters.wording import UnknownLocale, amounts_in
from api.cli.desk import COMMON, WORD, Common, Desk, Exit, UsageError, at_desk
from api.cli.findings import lines
from api.cli.lot_pages import rows as lot_rows
from api.cli.recoveries import rows as claim_rows
from api.cli.showing import board, shown, whole
from api.cli.stories import history
from api.cli.timing import engine_time
from api.client import Answer
from api.client.exporting import event_row
from domain.money import Money
from domain.refusal import Refused
from domain.returns.money.explaining import Explanation
from domain.words import Actor, Headline, Method, Reason
from projections.board import PAGE_MAX, BoardFilter, InvalidCursor
from projections.claims import ClaimRow
from projections.findings import FindingRow
from projections.lots import LotRow

app = App()

Flag = Annotated[bool, Parameter(negative="")]


@app.command
def show(return_id: str, *, common: Common = COMMON) -> int:
    """Show how a return stands, whose turn it is, and until when."""

    async def work(desk: Desk) -> Exit:
        status = await desk.returns.status(desk.tenant, return_id)
        if not status.version:
            return _unknown(desk, return_id)
        link = desk.returns.where.ui_link(desk.tenant, return_id)
        desk.say(list(whole(status, link)), status)
        return Exit.DONE

    return at_desk(common, work)


@app.command(name="list")
def list_returns(
    *,
    overdue: Flag = False,
    open_only: Annotated[bool, Parameter(name="--open", negative="")] = False,
    closed: Flag = False,
    next_actor: Annotated[Actor | None, Parameter(name="--next-actor", name_transform=WORD)] = None,
    headline: Annotated[Headline | None, Parameter(name_transform=WORD)] = None,
    reason: Annotated[Reason | None, Parameter(name_transform=WORD)] = None,
    method: Annotated[Method | None, Parameter(name_transform=WORD)] = None,
    flag: str | None = None,
    order: str | None = None,
    tracking_number: str | None = None,
    cursor: str = "",
    limit: int = 50,
    common: Common = COMMON,
) -> int:
    """List returns, the newest request first.

    Args:
        overdue: Those with a step that was due before now.
        open_only: Those with something left to do.
        closed: Those with nothing left to do.
        next_actor: Those that wait for this one.
        headline: Those that stand so.
        reason: Those sent back for this reason.
        method: Those handed over this way.
        flag: Those with this flag, such as money_held.
        order: Those of this order.
        tracking_number: Those with this parcel.
        cursor: Where the page before ended; its last line tells.
        limit: Rows of a page, up to 200.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        if open_only and closed:
            raise UsageError("--open, --closed: give one of them")
        wanted = BoardFilter(
            tenant=desk.tenant,
            headline=headline,
            next_actor=next_actor,
            reason=reason,
            method=method,
            flag=flag,
            order_id=order,
            tracking_number=tracking_number,
            closed=closed if open_only or closed else None,
            overdue_at=await engine_time(desk) if overdue else None,
        )
        late = await _late_beside(desk, wanted) if not cursor else None
        return await _page(desk, wanted, cursor, limit, late)

    return at_desk(common, work)


class _Late(NamedTuple):
    """What is overdue beside returns."""

    findings: tuple[FindingRow, ...]
    recoveries: tuple[ClaimRow, ...]
    lots: tuple[LotRow, ...]

    def lines(self) -> list[str]:
        found = lines(self.findings) if self.findings else []
        return [*found, *claim_rows(self.recoveries), *lot_rows(self.lots)]


async def _late_beside(desk: Desk, wanted: BoardFilter) -> _Late | None:
    """What is overdue in streams of its own, where all that is overdue is asked for.

    None where something narrower is.
    """
    at, tenant = wanted.overdue_at, desk.tenant
    if at is None or wanted != BoardFilter(tenant=tenant, overdue_at=at):
        return None
    asked = desk.returns
    return _Late(
        findings=await asked.reconciliation.findings(tenant, overdue_at=at),
        recoveries=await asked.recoveries.claims(tenant, overdue_at=at),
        lots=await asked.lots.lots(tenant, overdue_at=at),
    )


async def _page(
    desk: Desk, wanted: BoardFilter, cursor: str, limit: int, late: _Late | None
) -> Exit:
    if not 1 <= limit <= PAGE_MAX:
        raise UsageError(f"--limit: expected 1 to {PAGE_MAX}")
    try:
        page = await desk.returns.list(wanted, cursor=cursor, limit=limit)
    except InvalidCursor as invalid:
        raise UsageError(f"--{invalid}") from None
    told = {"returns": list(page.rows), "next_cursor": page.next_cursor}
    desk.say(
        [*(board(page.rows) or ["no returns"]), *(late.lines() if late else [])],
        told if late is None else {**told, **late._asdict()},
    )
    if page.next_cursor and not desk.common.json:
        desk.note(f"more: --cursor {page.next_cursor}")
    return Exit.DONE


@app.command(name="history")
def tell_history(return_id: str, *, common: Common = COMMON) -> int:
    """Tell everything that happened to a return, in order."""

    async def work(desk: Desk) -> Exit:
        events = await desk.returns.events(desk.tenant, return_id)
        if not events:
            return _unknown(desk, return_id)
        desk.say(history(events), {"events": [event_row(event) for event in events]})
        return Exit.DONE

    return at_desk(common, work)


@app.command
def explain(
    return_id: str,
    *,
    unit: str = "",
    payout: str = "",
    locale: str = "",
    common: Common = COMMON,
) -> int:
    """Explain the money of a return, to the minor unit.

    Args:
        return_id: Which return.
        unit: Only what concerns this unit, such as 1/1.
        payout: Only this instruction, by its id or the beginning of it.
        locale: How amounts are written, such as de_DE; without it 10.85 EUR.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        amounts = _amounts(locale)
        explained = await desk.returns.explain(desk.tenant, return_id)
        if explained is not None:
            part = _part(explained, unit, payout)
            if part is None:
                because = f"{return_id} has no {'unit ' + unit if unit else 'payout ' + payout}"
                return desk.refuse(Answer.no(Refused(code="unknown_part", because=because)))
            desk.say([shown(line) for line in part.as_text(amounts).splitlines()], part)
            return Exit.DONE
        if not await desk.returns.events(desk.tenant, return_id):
            return _unknown(desk, return_id)
        because = f"{return_id} was declined before it was priced"
        return desk.refuse(Answer.no(Refused(code="not_priced", because=because), return_id))

    return at_desk(common, work)


def _amounts(locale: str) -> Callable[[Money], str]:
    try:
        return amounts_in(locale) if locale else str
    except UnknownLocale as unknown:
        raise UsageError(f"--locale: {unknown}") from None


def _part(explained: Explanation, unit: str, payout: str) -> Explanation | None:
    if unit and payout:
        raise UsageError("--unit, --payout: give one of them")
    if unit:
        return explained.of_unit(unit)
    return explained.of_payout(payout) if payout else explained


def _unknown(desk: Desk, return_id: str) -> Exit:
    because = f"there is no return {return_id} of {desk.tenant}"
    return desk.refuse(Answer.no(Refused(code="unknown_return", because=because), return_id))
