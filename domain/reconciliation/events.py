"""What happens to the findings of one merchant's books with one provider.

One stream for each (`BooksKey.stream`). Nothing that was found is corrected by us: people
acknowledge and resolve, or the books agree again.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.model import Id, Moment, Text, Value
from domain.reconciliation.finding import Finding
from domain.upcasting import EventReader, Upcasters


class _Event(Value):
    """Something that happened; the store adds version, actor and cause."""

    schema_version: Literal[1] = 1
    occurred_at: Moment


class BooksCompared(_Event):
    """Both books were read and compared, whatever came of it."""

    type: Literal["BooksCompared"] = "BooksCompared"
    since: Moment
    until: Moment
    ours: Annotated[int, Field(ge=0)]  # of ours, judged
    theirs: Annotated[int, Field(ge=0)]  # in their list
    findings: Annotated[int, Field(ge=0)]


class FindingOpened(_Event):
    """A difference that nobody has seen before."""

    type: Literal["FindingOpened"] = "FindingOpened"
    finding: Finding
    due_at: Moment  # until then somebody is to look


class FindingReopened(_Event):
    """A known difference tells other facts than before, or is there again after it was gone."""

    type: Literal["FindingReopened"] = "FindingReopened"
    finding: Finding
    due_at: Moment
    why: Literal["changed", "came_back"]


class FindingAcknowledged(_Event):
    """Somebody says that they look after it."""

    type: Literal["FindingAcknowledged"] = "FindingAcknowledged"
    finding_id: Id
    because: Text
    due_at: Moment  # until then it is to be resolved


class FindingResolved(_Event):
    """It is over: the books agree, or a person says why it may stay as it is."""

    type: Literal["FindingResolved"] = "FindingResolved"
    finding_id: Id
    by: Literal["books", "person"]
    because: Text


ReconciliationEvent = (
    BooksCompared | FindingOpened | FindingReopened | FindingAcknowledged | FindingResolved
)

RECONCILIATION_EVENT: TypeAdapter[ReconciliationEvent] = TypeAdapter(
    Annotated[ReconciliationEvent, Field(discriminator="type")]
)
"""Reads a stored event back."""

UPCASTERS: Upcasters = {}
"""None yet: every event is in its first version. Shapes are pinned by tests' golden files."""

_READER: EventReader[ReconciliationEvent] = EventReader(RECONCILIATION_EVENT, UPCASTERS)


def read_reconciliation_event(
    event_type: str, schema_version: int, data: str | bytes
) -> ReconciliationEvent:
    """Read a stored event, whichever version it was stored in.

    Raises:
        ValidationError: It is none that this code knows: newer than it, or tampered with.
    """
    return _READER.read(event_type, schema_version, data)
