"""Persons who want to be forgotten: an administrator of the merchant says so, and sees who was."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from adapters.postgres.erasures import Erasure
from api.access.allowed import allowed
from api.access.caller import Caller
from api.bodies import read_wish
from api.doors import Behind
from api.problems import PROBLEMS, refusal
from api.shapes import shape_of_wish
from api.wishes import ErasureWish
from domain.refusal import Refused

router = APIRouter(tags=["privacy"], responses=PROBLEMS)


class ErasureList(BaseModel):
    """Who was forgotten, the first first."""

    erasures: tuple[Erasure, ...]


@router.post("/v1/erasures", status_code=201, openapi_extra=shape_of_wish(ErasureWish))
async def erase(
    request: Request, behind: Behind, caller: Annotated[Caller, Depends(allowed("erase"))]
) -> Erasure:
    """Forget a customer, for good; the same wish again is the same erasure.

    While it is `under_way`, what they said in their own words can still be read. It is refused
    while a return or a refund of theirs is open (`open_returns`), and those are named.
    """
    wish = await read_wish(ErasureWish, request)
    erasing = behind.returns.erasing
    done = await erasing.erase(caller.tenant, wish.customer_id, wish.reference, actor=caller.who)
    if isinstance(done, Refused):
        raise refusal(done.code, done.because)
    return done


@router.get("/v1/erasures")
async def list_erasures(
    behind: Behind, caller: Annotated[Caller, Depends(allowed("look_at_erasures"))]
) -> ErasureList:
    """List who was forgotten. Keep it apart from copies of the store: it forgets again."""
    return ErasureList(erasures=tuple(await behind.returns.erasing.done(caller.tenant)))
