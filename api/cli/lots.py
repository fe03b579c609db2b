"""`lots`: goods of many returns that leave a hub together, and what became of them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from cyclopts import App, Parameter

from api.cli.beside import tell_one
from api.cli.desk import COMMON, WORD, Common, Desk, Exit, at_desk, refusal
from api.cli.files import File, bytes_of, read_one
from api.cli.keeping import take_paper
from api.cli.lot_pages import rows, units, whole
from api.cli.timing import engine_time
from api.client import ReturnsClient
from api.client.lot_papers import LotPaper
from api.client.lots import Lots
from domain.lots.words import LotKind
from domain.words import Disposition

app = App()
lots_app = App(name="lots", help="Goods of many returns that leave a hub together.")
app.command(lots_app)

Flag = Annotated[bool, Parameter(negative="")]


@lots_app.command(name="list")
@lots_app.default
def list_lots(
    *,
    open_only: Annotated[bool, Parameter(name="--open", negative="")] = False,
    overdue: Flag = False,
    kind: Annotated[LotKind | None, Parameter(name_transform=WORD)] = None,
    common: Common = COMMON,
) -> int:
    """List lots, the most pressing first.

    Args:
        open_only: Those that somebody must still do something about.
        overdue: Those that somebody should have done something about before now.
        kind: Those of this kind, such as liquidation.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.lots.lots(
            desk.tenant,
            only_open=True if open_only else None,
            overdue_at=await engine_time(desk) if overdue else None,
            kind=kind,
        )
        desk.say(rows(found) or ["nothing leaves in lots"], {"lots": list(found)})
        return Exit.DONE

    return at_desk(common, work)


@lots_app.command
def show(lot_id: str, *, common: Common = COMMON) -> int:
    """Show one lot: whose turn it is, by when, what is in it and what it brings."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.lots.whole(desk.tenant, lot_id)
        if not found.status.version:
            return refusal(desk.returns.lots.unknown(lot_id), desk.common, found)
        desk.say([*whole(found.status), *units(found)], found)
        return Exit.DONE

    return at_desk(common, work)


@lots_app.command
def close(lot_id: str, *, common: Common = COMMON) -> int:
    """Let nothing join it any more, though it is not full."""
    return _say(common, lot_id, "close")


@lots_app.command
def take_out(lot_id: str, unit: str, *, because: str, common: Common = COMMON) -> int:
    """Take a unit out of it while it is at its hub; `unit` is RETURN:UNIT, as `show` lists it."""
    return _say(common, lot_id, "take_out", key=unit, because=because)


@lots_app.command
def declare(
    lot_id: str, unit: str, hs_code: str, origin_country: str, *, common: Common = COMMON
) -> int:
    """Say what customs must know of a unit."""
    told: dict[str, Any] = {"hs_code": hs_code, "origin_country": origin_country}
    return _say(common, lot_id, "declare", key=unit, **told)


@lots_app.command
def agree(
    lot_id: str, reference: str, *, price_minor: int | None = None, common: Common = COMMON
) -> int:
    """Say that they take it.

    Args:
        lot_id: Which lot.
        reference: Their number for it.
        price_minor: What they pay for all of it, in minor units; what is sold needs one.
        common: What every command takes.
    """
    return _say(common, lot_id, "agree", amounts={"price": price_minor}, reference=reference)


@lots_app.command
def refuse(lot_id: str, *, because: str, common: Common = COMMON) -> int:
    """Say that they do not take it, or not any more."""
    return _say(common, lot_id, "refuse", because=because)


@lots_app.command
def hand_over(lot_id: str, *, tracking_number: str = "", common: Common = COMMON) -> int:
    """Say that it has left its hub."""
    return _say(common, lot_id, "hand_over", tracking_number=tracking_number)


@lots_app.command
def proceeds(lot_id: str, reference: str, amount_minor: int, *, common: Common = COMMON) -> int:
    """Say that money or a credit came: its reference, and minor units."""
    amounts = {"amount": amount_minor}
    return _say(common, lot_id, "book_proceeds", amounts=amounts, reference=reference)


@lots_app.command
def cost(lot_id: str, reference: str, amount_minor: int, *, common: Common = COMMON) -> int:
    """Say that it cost something: the reference of the bill, and minor units."""
    amounts = {"amount": amount_minor}
    return _say(common, lot_id, "book_cost", amounts=amounts, reference=reference)


@lots_app.command
def certify(
    lot_id: str,
    number: str,
    paper: File,
    *,
    issued_at: datetime | None = None,
    url: str = "",
    common: Common = COMMON,
) -> int:
    """Say that their certificate or receipt is here.

    Args:
        lot_id: Which lot.
        number: The paper's own number.
        paper: The file itself: its checksum is kept; - is standard input.
        issued_at: When it was made out, as a time with its zone.
        url: Where it is kept.
        common: What every command takes.
    """
    sha256 = hashlib.sha256(bytes_of(paper)).hexdigest()
    told = {"number": number, "sha256": sha256, "url_ref": url, "issued_at": issued_at}
    return _say(common, lot_id, "certify", certificate=told)


@lots_app.command
def receive(lot_id: str, report: File, *, common: Common = COMMON) -> int:
    """Say what the other warehouse counted.

    Args:
        lot_id: Which lot.
        report: JSON with report_id and units (sku, quantity, serial, key); - is standard input.
        common: What every command takes.
    """
    return _say(common, lot_id, "receive", **read_one(report))


@lots_app.command
def grade(lot_id: str, report: File, *, common: Common = COMMON) -> int:
    """Say what a workshop made of units.

    Args:
        lot_id: Which lot.
        report: JSON with units (key, grade, goes); - is standard input.
        common: What every command takes.
    """
    return _say(common, lot_id, "grade", **read_one(report))


@lots_app.command
def dispute(lot_id: str, finding: str, *, because: str, common: Common = COMMON) -> int:
    """Say that they were told that we do not agree with what they credited, or lost."""
    return _say(common, lot_id, "dispute_finding", finding_id=finding, because=because)


@lots_app.command
def resolve(lot_id: str, finding: str, *, because: str, common: Common = COMMON) -> int:
    """Say how what did not agree was settled."""
    return _say(common, lot_id, "resolve_finding", finding_id=finding, because=because)


@lots_app.command
def accept(lot_id: str, *, because: str, common: Common = COMMON) -> int:
    """Be content with what came of it."""
    return _say(common, lot_id, "accept", because=because)


@lots_app.command
def dissolve(
    lot_id: str,
    *,
    because: str,
    goes: Annotated[Disposition, Parameter(name_transform=WORD)] = Disposition.QUARANTINE,
    common: Common = COMMON,
) -> int:
    """Give it up; what is in it is put elsewhere at its hub."""
    return _say(common, lot_id, "dissolve", because=because, goes=goes)


@lots_app.command
def retry(lot_id: str, *, common: Common = COMMON) -> int:
    """Try again what failed, now that it is mended."""
    return _say(common, lot_id, "retry")


@lots_app.command
def document(
    lot_id: str,
    kind: LotPaper,
    *,
    out: Annotated[str, Parameter(help="A file, replaced when the document is there.")],
    common: Common = COMMON,
) -> int:
    """Fetch the commercial invoice of a lot over a border, or the label of its shipment."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.lots.paper(desk.tenant, lot_id, kind)
        return take_paper(desk, found, f"{kind} of {lot_id}", out)

    return at_desk(common, work)


def _lots(returns: ReturnsClient) -> Lots:
    return returns.lots


def _say(
    common: Common,
    lot_id: str,
    update: str,
    *,
    amounts: Mapping[str, int | None] | None = None,
    **said: Any,
) -> int:
    return tell_one(common, _lots, lot_id, whole, update, money=amounts, **said)
