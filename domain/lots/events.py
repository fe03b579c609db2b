"""What happens to a lot. Past tense; nothing that was told is ever edited."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.lots.facts import (
    Certificate,
    GradedUnit,
    InvoicedGoods,
    LotFacts,
    LotUnit,
    Recovered,
    UnitKey,
)
from domain.model import Country, Id, Minor, Moment, Short, Text, Value
from domain.money import Currency, Money
from domain.upcasting import EventReader, Upcasters
from domain.words import Disposition

By = Literal["partner", "person"]
Amount = Annotated[int, Field(gt=0, le=10**12)]


class _Event(Value):
    """Something that happened; the store adds version, actor and cause."""

    schema_version: Literal[1] = 1
    occurred_at: Moment

    @property
    def move(self) -> str:
        """The word by which the table of lives knows it."""
        return str(getattr(self, "type", ""))


class LotOpened(_Event):
    """There is a place at the hub for goods that leave together."""

    type: Literal["LotOpened"] = "LotOpened"
    facts: LotFacts


class UnitAdded(_Event):
    """A unit joins; `word` counts what its return has said of it."""

    type: Literal["UnitAdded"] = "UnitAdded"
    unit: LotUnit
    word: int


class UnitWithdrawn(_Event):
    """A unit leaves, or shall not join any more; without a word a person took it out."""

    type: Literal["UnitWithdrawn"] = "UnitWithdrawn"
    key: UnitKey
    because: Text
    word: int | None = None


class LotClosed(_Event):
    """Nothing joins any more: it is full, old enough, or a person says so."""

    type: Literal["LotClosed"] = "LotClosed"
    because: Literal["units", "weight", "age", "asked"]


class CustomsDeclared(_Event):
    """A person says what customs must know of a unit."""

    type: Literal["CustomsDeclared"] = "CustomsDeclared"
    key: UnitKey
    hs_code: Short
    origin_country: Country


class LotInvoiced(_Event):
    """All that it holds has its commercial invoice; a later one takes the place of this one."""

    type: Literal["LotInvoiced"] = "LotInvoiced"
    document_id: Id
    goods: tuple[InvoicedGoods, ...]
    currency: Currency
    export_references: tuple[Id, ...]  # the orders under which the goods had left
    relief: Text = ""


class LotOfferRefused(_Event):
    """They do not take it: a person finds another way."""

    type: Literal["LotOfferRefused"] = "LotOfferRefused"
    theirs: Text
    by: By


class LotLabelPrepared(_Event):
    """A carrier's offer to move it; what is bought is bought on this one."""

    type: Literal["LotLabelPrepared"] = "LotLabelPrepared"
    offer_ref: Short


class LotLabelBought(_Event):
    """Transport for all of it in one shipment."""

    type: Literal["LotLabelBought"] = "LotLabelBought"
    label_ref: Short
    tracking_number: Short
    document_ref: Text
    cost: Money


class LotAgreed(_Event):
    """They take it: under an RMA number, for a price, as a gift, for work or disposal."""

    type: Literal["LotAgreed"] = "LotAgreed"
    reference: Short
    price_minor: Minor | None = None  # what they owe for it
    by: By


class LotSent(_Event):
    """It has left the hub."""

    type: Literal["LotSent"] = "LotSent"
    tracking_number: Short = ""


class LotCheckDue(_Event):
    """It is time to ask them how it stands."""

    type: Literal["LotCheckDue"] = "LotCheckDue"


class LotChecked(_Event):
    """They were asked, and told all they knew."""

    type: Literal["LotChecked"] = "LotChecked"


class LotPaid(_Event):
    """Money or a credit came in for it."""

    type: Literal["LotPaid"] = "LotPaid"
    payment_ref: Short
    amount_minor: Amount


class LotCharged(_Event):
    """It cost something: freight, work, disposal."""

    type: Literal["LotCharged"] = "LotCharged"
    charge_ref: Short
    amount_minor: Amount


class LotCertified(_Event):
    """They prove what became of it, or that they were given it."""

    type: Literal["LotCertified"] = "LotCertified"
    certificate: Certificate


class LotReceived(_Event):
    """The other warehouse has counted: these units of it, and what is none of it."""

    type: Literal["LotReceived"] = "LotReceived"
    report_id: Short
    keys: tuple[UnitKey, ...]


class UnitGraded(_Event):
    """The workshop is done with a unit."""

    type: Literal["UnitGraded"] = "UnitGraded"
    graded: GradedUnit


class UnitPlaced(_Event):
    """A unit is where it goes from here."""

    type: Literal["UnitPlaced"] = "UnitPlaced"
    key: UnitKey
    warehouse: Id
    disposition: Disposition
    move_ref: Short


class ReturnTold(_Event):
    """The unit's return knows that it was put elsewhere at its hub, and where."""

    type: Literal["ReturnTold"] = "ReturnTold"
    key: UnitKey


class LotFindingOpened(_Event):
    """Something does not agree, and a person has to settle it."""

    type: Literal["LotFindingOpened"] = "LotFindingOpened"
    finding_id: Text
    what: Literal["missing", "extra", "withdrawn_late", "short"]
    subject: Text


class LotFindingDisputed(_Event):
    """They were told that we do not agree."""

    type: Literal["LotFindingDisputed"] = "LotFindingDisputed"
    finding_id: Text
    because: Text


class LotFindingResolved(_Event):
    """It is settled, by a person or by what came since."""

    type: Literal["LotFindingResolved"] = "LotFindingResolved"
    finding_id: Text
    because: Text


class LotAccepted(_Event):
    """A person is content with what came of it, and waits for no more."""

    type: Literal["LotAccepted"] = "LotAccepted"
    because: Text


class LotSettled(_Event):
    """It is over. What each unit brought adds up to its proceeds."""

    type: Literal["LotSettled"] = "LotSettled"
    proceeds_minor: int
    recovered: tuple[Recovered, ...]


class LotDissolved(_Event):
    """It is given up: what is still in it goes elsewhere."""

    type: Literal["LotDissolved"] = "LotDissolved"
    because: Text
    goes: Disposition


class LotOverdue(_Event):
    """A deadline has passed; from now on the merchant knows."""

    type: Literal["LotOverdue"] = "LotOverdue"
    step_id: Text
    owner: Short
    action: Short
    due_at: Moment


class LotStepFailed(_Event):
    """A step of ours cannot be done without a person."""

    type: Literal["LotStepFailed"] = "LotStepFailed"
    step_id: Text
    kind: Short
    because: Text


class LotRetried(_Event):
    """A person has looked at what failed: it is tried again."""

    type: Literal["LotRetried"] = "LotRetried"


LotEvent = (
    LotOpened | UnitAdded | UnitWithdrawn | LotClosed | CustomsDeclared | LotInvoiced
    | LotOfferRefused | LotLabelPrepared | LotLabelBought | LotAgreed | LotSent | LotCheckDue
    | LotChecked | LotPaid | LotCharged | LotCertified | LotReceived | UnitGraded | UnitPlaced
    | ReturnTold | LotFindingOpened | LotFindingDisputed | LotFindingResolved | LotAccepted
    | LotSettled | LotDissolved | LotOverdue | LotStepFailed | LotRetried
)  # fmt: skip

LOT_EVENT: TypeAdapter[LotEvent] = TypeAdapter(Annotated[LotEvent, Field(discriminator="type")])
"""Reads a stored event back."""

UPCASTERS: Upcasters = {}
"""None yet: every event is in its first version. Shapes are pinned by tests' golden files."""

_READER: EventReader[LotEvent] = EventReader(LOT_EVENT, UPCASTERS)


def read_lot_event(event_type: str, schema_version: int, data: str | bytes) -> LotEvent:
    """Read a stored event, whichever version it was stored in.

    Raises:
        ValidationError: It is none that this code knows: newer than it, or tampered with.
    """
    return _READER.read(event_type, schema_version, data)
