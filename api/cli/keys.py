"""`keys make|list|revoke|denied`: who may come in through HTTP."""

from typing import Annotated

from cyclopts import App, Parameter, validators

from api.access.rights import Role
from api.cli.desk import COMMON, WORD, Common, Desk, Exit, UsageError, at_desk
from api.client import Answer
from domain.refusal import Refused

app = App()
keys = App(name="keys", help="Keys of services for the HTTP API; a merchant's own.")
app.command(keys)

_SERVICES = tuple(role for role in Role if role is not Role.CUSTOMER)


@keys.command
def make(
    name: str,
    *,
    role: Annotated[Role, Parameter(name_transform=WORD)],
    days: Annotated[int | None, Parameter(validator=validators.Number(gte=1, lte=3650))] = None,
    common: Common = COMMON,
) -> int:
    """Make a key. It is shown once: only its digest is kept.

    Args:
        name: What it is for, such as shop-eu.
        role: What it may do; docs/operations.md has the table.
        days: For how long; without it, until it is revoked.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        if role not in _SERVICES:
            raise UsageError("--role: a customer comes in by the link of a return, not by a key")
        if not name.isprintable() or not 1 <= len(name) <= 100:
            raise UsageError("name: expected 1 to 100 printable characters")
        made = await desk.returns.access.make_key(desk.tenant, name, role, days)
        desk.say([made], {"key": made, "name": name, "role": role, "tenant": desk.tenant})
        return Exit.DONE

    return at_desk(common, work)


@keys.command(name="list")
def list_keys(*, common: Common = COMMON) -> int:
    """List the keys, also those that open nothing any more."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.access.keys(desk.tenant)
        lines = [
            f"{row.key_id}  {row.role:<10} {row.name}"
            + (f"  until {row.expires_at:%Y-%m-%d}" if row.expires_at else "")
            + (f"  revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "")
            for row in found
        ]
        desk.say(lines or ["no keys"], [_told(row._asdict()) for row in found])
        return Exit.DONE

    return at_desk(common, work)


@keys.command
def revoke(key_id: str, *, common: Common = COMMON) -> int:
    """Let a key open nothing from now on."""

    async def work(desk: Desk) -> Exit:
        if not await desk.returns.access.revoke_key(desk.tenant, key_id):
            return desk.refuse(
                Answer.no(Refused(code="unknown_key", because=f"there is no live key {key_id}"))
            )
        desk.say([f"{key_id} was revoked"], {"key_id": key_id, "revoked": True})
        return Exit.DONE

    return at_desk(common, work)


@keys.command
def denied(
    *,
    limit: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=1000))] = 50,
    common: Common = COMMON,
) -> int:
    """List who wanted what over HTTP and was not let, the newest first."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.access.denied(desk.tenant, limit)
        lines = [
            f"{row.at:%Y-%m-%d %H:%M:%S}  {row.caller} ({row.role}): {row.operation}"
            + (f" of {row.return_id}" if row.return_id else "")
            for row in found
        ]
        desk.say(lines or ["nothing was denied"], [_told(row._asdict()) for row in found])
        return Exit.DONE

    return at_desk(common, work)


def _told(row: dict[str, object]) -> dict[str, object]:
    return {name: str(value) if value is not None else None for name, value in row.items()}
