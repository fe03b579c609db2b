"""An EPCIS 2.0 document as it has to be; the first look refuses, and names the field.

What an event may hold beside what we read (sensors, certificates, a company's own fields
under its prefix) is let by. GS1's published schema takes documents that the standard forbids,
so the shape, the vocabulary and the times are checked here.
Source: GS1 EPCIS 2.0, section 7 (data model) and 10 (JSON binding).
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from adapters.epcis import vocabulary as v

MOST_EVENTS = 500
"""In one document; what is more goes into another."""

Uri = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^\S+:\S+$")]
Offset = Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-3]):[0-5]\d$|^[+-]14:00$")]


def _of(known: frozenset[str], what: str) -> AfterValidator:
    return AfterValidator(lambda text: v.word(text, known, what))


BizStep = Annotated[str, _of(v.BIZ_STEPS, "business step")]
Disposition = Annotated[str, _of(v.DISPOSITIONS, "disposition")]


class Part(BaseModel):
    """A piece of a document: what it does not name is somebody else's, and stays unread."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True
    )


class Place(Part):
    """Where it happened."""

    id: Uri


class Transaction(Part):
    """A paper that the goods go with."""

    type: Annotated[str, _of(v.TRANSACTIONS, "kind of business transaction")] = ""
    biz_transaction: Uri


class Counted(Part):
    """So many of a class, or so much of it by weight or length."""

    epc_class: Uri
    quantity: Annotated[float, Field(gt=0, strict=True)] = 1
    uom: str = ""


class ErrorDeclaration(Part):
    """The event that it stands in did not happen, or not so."""

    declaration_time: AwareDatetime
    reason: Annotated[str, _of(v.REASONS, "reason of an error")] = ""
    corrective_event_ids: Annotated[tuple[Uri, ...], Field(alias="correctiveEventIDs")] = ()


class EpcisEvent(Part):
    """What somebody saw happen to goods."""

    type: Literal[
        "ObjectEvent",
        "AggregationEvent",
        "TransactionEvent",
        "TransformationEvent",
        "AssociationEvent",
    ]
    event_id: Annotated[Uri | None, Field(alias="eventID")] = None
    event_time: AwareDatetime
    event_time_zone_offset: Offset
    action: Literal["ADD", "OBSERVE", "DELETE"] | None = None
    biz_step: BizStep | None = None
    disposition: Disposition | None = None
    epc_list: tuple[Uri, ...] = ()
    quantity_list: tuple[Counted, ...] = ()
    parent_id: Annotated[Uri | None, Field(alias="parentID")] = None
    child_epcs: Annotated[tuple[Uri, ...], Field(alias="childEPCs")] = ()
    child_quantity_list: tuple[Counted, ...] = ()
    biz_transaction_list: tuple[Transaction, ...] = ()
    read_point: Place | None = None
    biz_location: Place | None = None
    error_declaration: ErrorDeclaration | None = None
    sensor_element_list: tuple[dict[str, Any], ...] = ()

    @property
    def errorless(self) -> bool:
        """Whether it is told as true."""
        return self.error_declaration is None

    @property
    def is_group(self) -> bool:
        """Whether it is about putting together and taking apart: taken out is what comes in."""
        return self.type in {"AggregationEvent", "AssociationEvent"}

    @field_validator("event_time", mode="before")
    @classmethod
    def _is_written_out(cls, value: object) -> object:
        if not isinstance(value, str) or "T" not in value:
            raise ValueError("expected a time with its offset, as 2026-03-09T10:00:00Z")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.type != "TransformationEvent" and self.action is None:
            raise ValueError("action: is missing, expected one of ADD, OBSERVE, DELETE")
        if self.type == "TransformationEvent" and self.action is not None:
            raise ValueError("action: a transformation has none")
        seen = self.epc_list or self.quantity_list or self.sensor_element_list
        if self.type == "ObjectEvent" and not seen:
            raise ValueError("epcList: is missing, give it or a quantityList")
        if self.type == "AssociationEvent" and self.parent_id is None:
            raise ValueError("parentID: is missing, it has to be given")
        if self.type == "AggregationEvent" and self.parent_id is None and self.action != "OBSERVE":
            raise ValueError("parentID: is missing, only an OBSERVE may do without")
        if self.type == "TransactionEvent" and not self.biz_transaction_list:
            raise ValueError("bizTransactionList: is missing, it has to be given")
        return self


class Body(Part):
    """What it tells."""

    event_list: Annotated[tuple[EpcisEvent, ...], Field(max_length=MOST_EVENTS)]


class Document(Part):
    """What is captured."""

    context: Annotated[Any, Field(alias="@context", min_length=1)]
    type: Literal["EPCISDocument"]
    schema_version: Literal["2.0", "2.0.0", "2.0.1"]
    creation_date: AwareDatetime
    epcis_body: Body
