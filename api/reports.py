"""What warehouses tell by our own doors: checked, written down, acknowledged, then told.

All of it takes the way of a webhook, through the inbox to the returns it is about, so that a
receipt means the same however it came.
"""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ValidationError

from adapters.epcis.document import Document
from adapters.epcis.meaning import Meaning, meaning_of
from adapters.postgres.tidings import DOCK, EPCIS, Told
from adapters.webhooks.event import Unreadable, parse
from adapters.webhooks.fact import Fact
from api.access.allowed import allowed
from api.access.caller import Caller
from api.bodies import read_body
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem, refusal
from api.shapes import shape_of_document, shape_of_report
from domain.misfits import in_words
from domain.refusal import Refused
from domain.returns.commands import ReportInspection, ReportReceipt
from domain.returns.doors import read_report

router = APIRouter(tags=["warehouse"], responses=PROBLEMS)
log = structlog.get_logger()

Dock = Annotated[Caller, Depends(allowed("report"))]

State = Literal["received", "known", "ignored", "quarantined"]


class Taken(BaseModel):
    """A report is ours now, and need not be sent again."""

    message_id: str
    state: State


class Captured(BaseModel):
    """One event of a document: what it is to us, or why it is nothing."""

    event: int  # in the document, from 0
    event_id: str
    state: State
    because: str = ""


class Capture(BaseModel):
    """What came of a document; it was taken whole."""

    events: tuple[Captured, ...]


@router.post(
    "/v1/warehouse/receipts", status_code=202, openapi_extra=shape_of_report("report_receipt")
)
async def take_receipt(request: Request, behind: Behind, caller: Dock) -> Taken:
    """Take what a dock found in one box; the shape is that of the signal `report_receipt`."""
    body = await _read_report("report_receipt", request)
    fact = Fact("report_receipt", "return", "", body)
    return await _keep_report(behind, caller.tenant, fact)


@router.post(
    "/v1/warehouse/inspections", status_code=202, openapi_extra=shape_of_report("report_inspection")
)
async def take_inspection(request: Request, behind: Behind, caller: Dock) -> Taken:
    """Take what an inspector saw; the shape is that of the signal `report_inspection`."""
    body = await _read_report("report_inspection", request)
    fact = Fact("report_inspection", "return", body["return_id"], body)
    return await _keep_report(behind, caller.tenant, fact)


@router.post("/v1/epcis/capture", status_code=202, openapi_extra=shape_of_document())
async def capture(request: Request, behind: Behind, caller: Dock) -> Capture:
    """Take an EPCIS 2.0 document: all of its events, or none where one of them is unfit."""
    raw = await read_body(request)
    try:
        told = parse(raw)
        document = Document.model_validate(told)
    except Unreadable as unreadable:
        raise Problem(400, "unreadable", f"body: {unreadable}", path="body") from unreadable
    except ValidationError as misfit:
        because = in_words(misfit)
        raise Problem(400, "invalid", because, path=f"body.{because.partition(':')[0]}") from misfit
    listed = zip(document.epcis_body.event_list, told["epcisBody"]["eventList"], strict=True)
    return Capture(
        events=tuple(
            [
                await _keep_event(behind, caller.tenant, number, meaning_of(event, said))
                for number, (event, said) in enumerate(listed)
            ]
        )
    )


async def _read_report(signal: str, request: Request) -> dict[str, Any]:
    """Read a report as strictly as the return would, and give it as it was sent."""
    raw = await read_body(request)
    read = read_report(signal, raw)
    if isinstance(read, Refused):
        raise refusal(read.code, read.because)
    if not isinstance(read, ReportReceipt | ReportInspection):
        raise TypeError(f"{signal} is no report of a warehouse")
    return read.model_dump(mode="json", exclude_unset=True)


async def _keep_report(behind: Doors, tenant: str, fact: Fact) -> Taken:
    message_id = fact.body["message_id"]
    now = await behind.clock.now()
    told = Told(DOCK, tenant, message_id, fact.signal, now, [asdict(fact)])
    kept = await behind.inbox.keep(told.incoming)
    log.info("report.kept", event_id=message_id, kind=fact.signal, kept=kept)
    if kept == "differs":
        because = "message_id: another report has it already; a new report needs an id of its own"
        raise Problem(409, "message_id_reused", because, path="message_id")
    if kept == "new":
        behind.relay.wake()
    return Taken(message_id=message_id, state="received" if kept == "new" else "known")


async def _keep_event(behind: Doors, tenant: str, number: int, meaning: Meaning) -> Captured:
    """Every event leaves a row: what means nothing to us is kept with the reason."""
    facts = [asdict(fact) for fact in meaning.facts]
    told = Told(EPCIS, tenant, meaning.event_id, meaning.kind, meaning.occurred_at, facts)
    state: Literal["received", "ignored"] = "received" if facts else "ignored"
    kept = await behind.inbox.keep(told.incoming, state, meaning.because)
    log.info("report.kept", event_id=meaning.event_id, kind=meaning.kind, kept=kept)
    if kept == "new" and state == "received":
        behind.relay.wake()
    return Captured(
        event=number,
        event_id=meaning.event_id,
        state=state if kept == "new" else "known",
        because=meaning.because,
    )
