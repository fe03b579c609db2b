"""`export`, `rebuild`, `revive`: what is recorded, written out and taken up again."""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, TextIO

from cyclopts import App, Parameter

from adapters.documents.store import Document
from api.cli.desk import COMMON, Common, Desk, Exit, UsageError, at_desk
from api.client.documents import Kind as DocumentKind
from api.client.exporting import Kind
from domain.refusal import Refused
from projections.runner import UnknownProjection

app = App()


@app.command
def export(
    kind: Kind,
    *,
    out: Annotated[
        str,
        Parameter(
            help="A file, replaced when all is written; - is standard output.",
            allow_leading_hyphen=True,
        ),
    ],
    common: Common = COMMON,
) -> int:
    """Write what is recorded, a JSON object a line, the oldest first.

    Every merchant's, unless --tenant names one. Straight from the store: nothing is missing
    that was acknowledged before.
    """

    async def work(desk: Desk) -> Exit:
        if out == "-":
            await _write(desk, kind, sys.stdout)
            return Exit.DONE
        path = Path(out)
        beside = path.with_name(f"{path.name}.unfinished")
        try:
            with beside.open("w", encoding="utf-8") as file:
                lines = await _write(desk, kind, file)
            beside.replace(path)
        except OSError as unwritable:
            why = (unwritable.strerror or "unknown reason").lower()
            raise UsageError(f"{out}: cannot be written ({why})") from None
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        desk.say([f"{lines} {kind} in {out}"], {"kind": kind, "rows": lines, "out": out})
        return Exit.DONE

    return at_desk(common, work)


@app.command
def document(
    return_id: str,
    kind: DocumentKind,
    *,
    out: Annotated[str, Parameter(help="A file, replaced when the document is there.")],
    parcel: str = "",
    common: Common = COMMON,
) -> int:
    """Fetch a label, the code to show instead of one, or the slip for the box.

    Args:
        return_id: Which return.
        kind: Which paper.
        out: Where it is written to.
        parcel: Which parcel, where there are several.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.documents.get(desk.tenant, return_id, kind, parcel_id=parcel)
        return take_paper(desk, found, f"{kind} of {return_id}", out)

    return at_desk(common, work)


def take_paper(desk: Desk, found: Document | Refused, what: str, out: str) -> Exit:
    """Write a paper to a file, and say its checksum."""
    if isinstance(found, Refused):
        desk.note(f"refused ({found.code}): {found.because}")
        return Exit.REFUSED
    _put(out, found.content)
    told = {"paper": what, "media_type": found.media_type, "sha256": found.sha256, "out": out}
    desk.say([f"{what} in {out}, sha256 {found.sha256}"], told)
    return Exit.DONE


def _put(out: str, content: bytes) -> None:
    try:
        Path(out).write_bytes(content)
    except OSError as unwritable:
        why = (unwritable.strerror or "unknown reason").lower()
        raise UsageError(f"{out}: cannot be written ({why})") from None


async def _write(desk: Desk, kind: Kind, file: TextIO) -> int:
    lines = 0
    async for row in desk.returns.export(kind, tenant=desk.common.tenant):
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        lines += 1
    return lines


@app.command(name="rebuild")
def rebuild_projection(projection: str, *, common: Common = COMMON) -> int:
    """Throw a read model away and build it from the first event; readers see the old meanwhile.

    Args:
        projection: Such as return_board.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        try:
            position = await desk.returns.rebuild(projection)
        except UnknownProjection as unknown:
            raise UsageError(str(unknown.args[0])) from None
        told = {"projection": projection, "position": position}
        desk.say([f"{projection} is built up to position {position}"], told)
        return Exit.DONE

    return at_desk(common, work)


@app.command
def revive(*, common: Common = COMMON) -> int:
    """Start all that is open again from the store, where it does not run.

    Returns, refunds by staff, claims, lots, subscriptions; every merchant's, unless --tenant names one.
    Needed when Temporal's own data was lost: what was under way goes on under the same keys,
    and nothing is paid twice.
    """

    async def work(desk: Desk) -> Exit:
        revived = [one async for one in desk.returns.revive(tenant=desk.common.tenant)]
        started = sorted(name for name, was_started in revived if was_started)
        running = len(revived) - len(started)
        told = {"started": started, "running": running}
        desk.say([f"{len(started)} started, {running} were running"], told)
        return Exit.DONE

    return at_desk(common, work)
