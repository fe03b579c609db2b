"""An event as others get it: CloudEvents 1.0, in structured JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.returns.events import ReturnEvent
from domain.returns.state import ReturnState
from domain.subscriptions.public import PUBLIC, told_of

MEDIA_TYPE = "application/cloudevents+json"
TEST_TYPE = "backhaul.test.v1"
"""Sent when somebody asks for it; no filter keeps it back."""


class CloudEvent(BaseModel):
    """The envelope. `id` is the event's own and the same at every attempt and replay.

    `sequence` counts the events of one return (CloudEvents' extension of that name, as text
    that sorts): a reader who has seen a higher one knows that this one is old.
    """

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[str, Field(pattern="^[0-9]{10}$")]
    data: dict[str, Any]

    @property
    def body(self) -> bytes:
        """The very bytes that are signed and sent."""
        return self.model_dump_json().encode()


def as_cloud_event(
    event_id: UUID, tenant: str, event: ReturnEvent, state: ReturnState
) -> CloudEvent:
    """Write an event down for others; the same event is the same text.

    Args:
        event_id: The event's own.
        tenant: Whose return it is.
        event: One that is public.
        state: The return as the event left it.
    """
    return CloudEvent(
        id=str(event_id),
        source=source_of(tenant),
        type=PUBLIC[event.type].name,
        subject=state.return_id,
        time=event.occurred_at,
        sequence=f"{state.version:010d}",
        data=told_of(event, state).model_dump(mode="json"),
    )


def as_test_event(event_id: UUID, tenant: str, subscription_id: str, now: datetime) -> CloudEvent:
    """Write the message that only shows whether messages arrive."""
    return CloudEvent(
        id=str(event_id),
        source=source_of(tenant),
        type=TEST_TYPE,
        subject=subscription_id,
        time=now,
        sequence=f"{0:010d}",
        data={"subscription_id": subscription_id},
    )


def source_of(tenant: str) -> str:
    """Whose returns speak, as a URI reference: an id needs no escapes."""
    return f"/merchants/{tenant}/returns"
