"""How returns can be looked at. The board answers lists; one return is read from its stream."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from activities.event_store import StoredEvent
from activities.known import return_stream
from api.access.allowed import allowed
from api.access.caller import Caller
from api.client.documents import Kind
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem, unknown_return
from domain.refusal import Refused
from domain.returns.evolve import fold
from domain.returns.money.explaining import Explanation, explain
from domain.returns.shown.status import Status, status_of
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event
from projections.board import PAGE_MAX, BoardFilter, BoardRow

router = APIRouter(tags=["returns"], responses=PROBLEMS)

ID = r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$"
ReturnId = Annotated[str, Path(max_length=100, pattern=ID)]
Word = Annotated[str | None, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class BoardQuery(BaseModel):
    """Which returns a list holds; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid")

    headline: Word = None
    authorisation: Word = None
    next_actor: Word = None
    next_action: Word = None
    order_id: Word = None
    country: Word = None
    currency: Word = None
    method: Word = None
    carrier: Word = None
    reason: Word = None
    flag: Word = None
    tracking_number: Word = None
    closed: bool | None = None
    overdue: bool = False
    cursor: Annotated[str, Field(max_length=1_000)] = ""
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50


class ReturnList(BaseModel):
    """A page of the board, the newest request first; with `next_cursor` there is another."""

    returns: tuple[BoardRow, ...]
    next_cursor: str | None


class RecordedEvent(BaseModel):
    """Something that happened to a return, as it was written down."""

    event_id: UUID
    stream_id: str
    version: int
    type: str
    schema_version: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    causation_id: str
    correlation_id: str
    tenant: str
    data: dict[str, Any]


class EventList(BaseModel):
    """The events of a return in order; the first is version 1."""

    events: tuple[RecordedEvent, ...]


@router.get("/v1/returns")
async def list_returns(
    query: Annotated[BoardQuery, Query()],
    behind: Behind,
    caller: Annotated[Caller, Depends(allowed("list"))],
) -> ReturnList:
    """List returns, the newest request first. The board may be a moment behind."""
    asked = query.model_dump(exclude={"overdue", "cursor", "limit"})
    asked["tenant"] = caller.tenant
    asked["overdue_at"] = await behind.clock.now() if query.overdue else None
    page = await behind.board.list_returns(
        BoardFilter(**asked), cursor=query.cursor, limit=query.limit
    )
    return ReturnList(returns=page.rows, next_cursor=page.next_cursor)


@router.get("/v1/returns/{return_id}")
async def show_return(
    return_id: ReturnId, behind: Behind, caller: Annotated[Caller, Depends(allowed("look"))]
) -> Status:
    """Tell how a return stands, by its stream: never behind what was acknowledged."""
    events = await _stream(behind, caller.tenant, return_id)
    return status_of(caller.tenant, return_id, _folded(events))


@router.get("/v1/returns/{return_id}/money")
async def explain_money(
    return_id: ReturnId,
    behind: Behind,
    caller: Annotated[Caller, Depends(allowed("look_at_money"))],
) -> Explanation:
    """Derive what is promised and what was paid, to the minor unit."""
    return explain(_folded(await _stream(behind, caller.tenant, return_id)))


@router.get("/v1/returns/{return_id}/events")
async def list_events(
    return_id: ReturnId,
    behind: Behind,
    caller: Annotated[Caller, Depends(allowed("look_at_events"))],
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> EventList:
    """Tell what happened to a return, from version `after` + 1 on."""
    events = await _stream(behind, caller.tenant, return_id)
    return EventList(events=tuple(_told(each) for each in events if each.version > after))


@router.get(
    "/v1/returns/{return_id}/documents/{kind}",
    response_class=Response,
    responses={200: {"content": {name: {} for name in ("application/pdf", "image/png")}}},
)
async def show_document(
    return_id: ReturnId,
    kind: Kind,
    behind: Behind,
    caller: Annotated[Caller, Depends(allowed("look_at_documents"))],
    parcel_id: Annotated[str, Query(max_length=100, pattern=rf"^$|{ID}")] = "",
) -> Response:
    """Give a paper of a return: made or fetched when first asked for, the same bytes ever after."""
    await _stream(behind, caller.tenant, return_id)
    found = await behind.returns.documents.get(caller.tenant, return_id, kind, parcel_id=parcel_id)
    if isinstance(found, Refused):
        raise Problem(404, found.code, found.because)
    digest = f'"{found.sha256}"'
    return Response(found.content, media_type=found.media_type, headers={"ETag": digest})


async def _stream(behind: Doors, tenant: str, return_id: str) -> tuple[StoredEvent, ...]:
    stream = return_stream(tenant, return_id)
    events = (await behind.store.read((stream, 0)))[stream]
    if not events:
        raise unknown_return(return_id)
    return events


def _folded(events: Iterable[StoredEvent]) -> ReturnState:
    return fold(read_event(event.type, event.schema_version, event.data) for event in events)


def _told(event: StoredEvent) -> RecordedEvent:
    fields = {name: getattr(event, name) for name in RecordedEvent.model_fields if name != "data"}
    return RecordedEvent(**fields, data=json.loads(event.data))
