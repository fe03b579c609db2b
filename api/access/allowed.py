"""What a route depends on: somebody who has proven who they are, and may do what they want."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from api.access.caller import Caller, NotProven
from api.access.rights import Role, may
from api.doors import Behind, Doors
from api.problems import Problem, unknown_return

log = structlog.get_logger()
_BEARER = HTTPBearer(auto_error=False, description="An API key, a staff token or a return's link")


def allowed(operation: str) -> Callable[..., Awaitable[Caller]]:
    """Make what a route depends on: a caller who may do this, or a problem.

    A return that is not theirs is not there for them: whether it exists is nobody's business.
    """

    async def find(request: Request, behind: Behind, _shown: object = Depends(_BEARER)) -> Caller:
        caller = await _proven(request, behind)
        return_id = request.path_params.get("return_id", "")
        if not may(caller.role, operation):
            await _deny(behind, caller, operation, return_id)
            raise Problem(403, "not_allowed", f"a {caller.role} may not {_in_words(operation)}")
        if caller.return_id and return_id != caller.return_id:
            await _deny(behind, caller, operation, return_id)
            raise unknown_return(return_id)
        await behind.limits.take(caller.tenant, return_id)
        return caller

    find.__name__ = f"allowed_to_{operation}"
    return find


async def _proven(request: Request, behind: Doors) -> Caller:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    in_address = request.path_params.get("reader_key", "")
    shown = in_address or (shown if scheme.lower() == "bearer" else "")
    if not shown:
        raise _unproven("expected `Authorization: Bearer …`")
    try:
        caller = await behind.gate.prove(shown.strip(), await behind.clock.now())
    except NotProven as unproven:
        log.warning("access.unproven", because=str(unproven))
        raise _unproven(str(unproven)) from unproven
    if in_address and caller.role is not Role.READER:
        raise _unproven("only the key of a reader may stand in an address")
    return caller


def _unproven(because: str) -> Problem:
    return Problem(401, "not_proven", because, headers={"WWW-Authenticate": "Bearer"})


async def _deny(behind: Doors, caller: Caller, operation: str, return_id: str) -> None:
    """An attempt is written down, also where nothing came of it."""
    log.warning("access.denied", operation=operation, role=caller.role)
    await behind.attempts.note(caller.tenant, str(caller.who), caller.role, operation, return_id)


def _in_words(operation: str) -> str:
    return operation.replace("_", " ")
