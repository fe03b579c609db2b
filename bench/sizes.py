"""How large the answers and the recordings of the engine are, for the bare worker to copy."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import psycopg
from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from bench.words import TENANT
from workflows.names import workflow_id

_EVENTS = """
SELECT causation_id, sum(octet_length(data::text))::int
FROM backhaul.event WHERE correlation_id = %s GROUP BY causation_id ORDER BY min(position)"""

_NOTICES = """
SELECT data ->> 'template', data -> 'facts'
FROM backhaul.event WHERE correlation_id = %s AND type = 'NoticePlanned'"""


class Sizes(BaseModel):
    """Bytes, in the order in which they came; and what the messages said."""

    answers: dict[str, list[int]]  # by activity
    recordings: list[int]
    facts: dict[str, dict[str, str]]  # what each message shows, by template

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls.model_validate_json(path.read_text())


async def sizes_of(history: WorkflowHistory, database_url: str, return_id: str) -> Sizes:
    """Measure one return of the engine."""
    answers: dict[str, list[int]] = {}
    scheduled: dict[int, str] = {}
    for event in history.events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                about = event.activity_task_scheduled_event_attributes
                scheduled[event.event_id] = about.activity_type.name
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                name = scheduled[done.scheduled_event_id]
                answers.setdefault(name, []).append(_bytes(done.result.payloads))
            case EventType.EVENT_TYPE_MARKER_RECORDED:
                marker = event.marker_recorded_event_attributes.details
                told = json.loads(marker["data"].payloads[0].data)
                name = "record" if told["activity_type"] == "record" else "notify"
                answers.setdefault(name, []).append(_bytes(marker["result"].payloads))
            case _:
                pass
    stream = [workflow_id(TENANT, return_id)]
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        written = await (await connection.execute(_EVENTS, stream)).fetchall()
        told = await (await connection.execute(_NOTICES, stream)).fetchall()
    return Sizes(answers=answers, recordings=[size for _cause, size in written], facts=dict(told))


def _bytes(payloads: Iterable[object]) -> int:
    return sum(len(getattr(payload, "data", b"")) for payload in payloads)
