"""Goods of many returns that leave a hub together: looked at, and told what became of them.

Each of a lot's updates has a path of its name. As with returns, the same `Idempotency-Key` acts
once, and with another body it is a 409.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from api.access.allowed import allowed
from api.access.caller import Caller
from api.access.rights import LOT_RIGHTS
from api.bodies import read_object
from api.client.lot_papers import LotPaper
from api.commands import Asking, asking_to, leave_out
from api.doors import Behind
from api.once import take_key
from api.problems import PROBLEMS, Problem, refusal
from api.returns import ID
from api.shapes import shape_of_lot_ask
from domain.lots.commands import LOT_UPDATES
from domain.lots.messages import LotAnswer
from domain.lots.showing import LotShown
from domain.lots.words import LotKey, LotKind
from domain.refusal import Refused
from projections.lots import LotRow

router = APIRouter(tags=["lots"], responses=PROBLEMS)

LotId = Annotated[str, Path(max_length=100, pattern=ID)]
Looking = Annotated[Caller, Depends(allowed("look_at_lots"))]


class LotQuery(BaseModel):
    """Which lots a list holds; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid")

    kind: LotKind | None = None
    closed: bool | None = None
    overdue: bool = False


class Lots(BaseModel):
    """Lots, the most pressing first."""

    lots: tuple[LotRow, ...]


@router.get("/v1/lots")
async def list_lots(query: Annotated[LotQuery, Query()], behind: Behind, caller: Looking) -> Lots:
    """List lots, the most pressing first, at most 500. The list may be a moment behind."""
    found = await behind.returns.lots.lots(
        caller.tenant,
        only_open=None if query.closed is None else not query.closed,
        overdue_at=await behind.clock.now() if query.overdue else None,
        kind=query.kind,
    )
    return Lots(lots=found)


@router.get("/v1/lots/{lot_id}")
async def show_lot(lot_id: LotId, behind: Behind, caller: Looking) -> LotShown:
    """Tell how a lot stands and what is in it, by its stream."""
    found = await behind.returns.lots.whole(caller.tenant, lot_id)
    if not found.status.version:
        raise _unknown(behind.returns.lots.unknown(lot_id))
    return found


@router.get(
    "/v1/lots/{lot_id}/documents/{kind}",
    response_class=Response,
    responses={200: {"content": {name: {} for name in ("application/pdf", "application/json")}}},
)
async def show_lot_paper(
    lot_id: LotId, kind: LotPaper, behind: Behind, caller: Looking
) -> Response:
    """Give a paper of a lot: its newest commercial invoice, or the label of its shipment."""
    found = await behind.returns.lots.paper(caller.tenant, lot_id, kind)
    if isinstance(found, Refused):
        raise Problem(404, found.code, found.because)
    digest = f'"{found.sha256}"'
    return Response(found.content, media_type=found.media_type, headers={"ETag": digest})


def _telling(update: str) -> Callable[..., Awaitable[LotAnswer]]:
    """Make the route of one update."""

    async def tell(
        lot_id: LotId,
        request: Request,
        behind: Behind,
        asking: Annotated[Asking, Depends(asking_to(LOT_RIGHTS[update]))],
    ) -> LotAnswer:
        body = await read_object(request)
        leave_out(body)
        lots = behind.returns.lots
        ask = lots.read(update, body, actor=asking.actor, request_id=asking.request_id)
        if isinstance(ask, Refused):  # the key is still good for the body that was meant
            raise refusal(ask.code, ask.because)
        if not (await lots.status(asking.tenant, lot_id)).version:
            raise _unknown(lots.unknown(lot_id))
        key = f"{lot_id}:{update}:{asking.request_id}"
        await take_key(behind.pool, asking.tenant, key, body)
        answer = await lots.ask(LotKey(asking.tenant, lot_id), update, ask)
        if not answer.accepted:
            raise refusal(answer.code, answer.because)
        return answer

    tell.__doc__ = (LOT_UPDATES[update].__doc__ or "").strip()
    return tell


for _name in sorted(LOT_UPDATES):
    router.add_api_route(
        f"/v1/lots/{{lot_id}}/{_name}",
        _telling(_name),
        methods=["POST"],
        name=f"{_name}_lot",
        openapi_extra=shape_of_lot_ask(_name),
    )


def _unknown(refused: Refused) -> Problem:
    """In the same words for one of somebody else."""
    return Problem(404, refused.code, refused.because, path="lot_id")
