"""News that waits for a person, as far as it is surely of the caller's merchant.

The inbox knows accounts and no merchants: what came by an account that may speak of several is
for operators, by the command line, and is not there for anybody here.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel

from api.access.allowed import allowed
from api.access.caller import Caller
from api.bodies import read_wish
from api.client.quarantine import Looked, Quarantined
from api.doors import Behind, Doors
from api.problems import PROBLEMS, refusal
from api.shapes import shape_of_wish
from api.wishes import EndingWish
from domain.refusal import Refused

router = APIRouter(tags=["quarantine"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, lt=2**63)]
Looking = Annotated[Caller, Depends(allowed("look_at_quarantine"))]
End = Callable[..., Awaitable[Refused | None]]
Ending = Annotated[Caller, Depends(allowed("end_quarantine"))]


class QuarantineList(BaseModel):
    """What waits, the first received first, 200 at most."""

    news: tuple[Quarantined, ...]


@router.get("/v1/quarantine")
async def list_quarantine(behind: Behind, caller: Looking) -> QuarantineList:
    """List news that nobody could be told by itself, and what may be done with each."""
    among = behind.settings.accounts_of(caller.tenant)
    return QuarantineList(news=tuple(await behind.returns.quarantine.all(among)))


@router.get("/v1/quarantine/{number}")
async def show_quarantined(number: Number, behind: Behind, caller: Looking) -> Looked:
    """Show news with what it tells, whatever became of it."""
    return await _look(behind, caller, number)


@router.post("/v1/quarantine/{number}/release", openapi_extra=shape_of_wish(EndingWish))
async def release(number: Number, request: Request, behind: Behind, caller: Ending) -> Looked:
    """Let it be told after all; what still finds no return comes back with the reason."""
    looked = await _ended(number, request, behind, caller, behind.returns.quarantine.release)
    behind.relay.wake()
    return looked


@router.post("/v1/quarantine/{number}/drop", openapi_extra=shape_of_wish(EndingWish))
async def drop(number: Number, request: Request, behind: Behind, caller: Ending) -> Looked:
    """Let it be told to nobody, for good."""
    return await _ended(number, request, behind, caller, behind.returns.quarantine.drop)


async def _ended(number: int, request: Request, behind: Doors, caller: Caller, end: End) -> Looked:
    """End it, for a reason that is kept with whose it was."""
    wish = await read_wish(EndingWish, request)
    among = behind.settings.accounts_of(caller.tenant)
    refused = await end(number, wish.because, among=among, actor=caller.who)
    if refused is not None:
        raise refusal(refused.code, refused.because)
    return await _look(behind, caller, number)


async def _look(behind: Doors, caller: Caller, number: int) -> Looked:
    among = behind.settings.accounts_of(caller.tenant)
    found = await behind.returns.quarantine.look(number, among)
    if isinstance(found, Refused):
        raise refusal(found.code, found.because)
    return found
