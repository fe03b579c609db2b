"""What a lot is asked and told: by returns, by people, and by what we did ourselves."""

from typing import Annotated

from pydantic import Field

from domain.lots.facts import Certificate, CountedLine, GradedUnit, LotFacts, LotUnit, UnitKey
from domain.model import Country, Short, Text, Value
from domain.money import Money
from domain.returns.commands import Who
from domain.returns.commands.base import Key
from domain.words import Disposition

Why = Annotated[Text, Field(min_length=1)]
Named = Annotated[Short, Field(min_length=1)]
MOST_LINES = 500


class OpenLot(Value):
    """It is begun on its shelf: from now on units may join."""

    facts: LotFacts


class OfReturn(Value):
    """What a return says. Of two words on one unit the higher number counts, whichever comes first."""

    word: Annotated[int, Field(ge=1)]


class AddUnit(OfReturn):
    """A unit joins."""

    unit: LotUnit


class RemoveUnit(OfReturn):
    """A unit has no place in it any more."""

    key: UnitKey
    because: Text


class LotAsk(Value):
    """What a person says. The same `request_id` counts once."""

    request_id: Key
    actor: Who


class CloseLot(LotAsk):
    """Nothing joins any more, though it is not full."""


class TakeOut(LotAsk):
    """A unit is not in it, or shall not be."""

    key: UnitKey
    because: Why


class DeclareUnit(LotAsk):
    """What customs must know of a unit."""

    key: UnitKey
    hs_code: Annotated[Short, Field(min_length=4)]
    origin_country: Country


class AgreeLot(LotAsk):
    """They take it: their number for it, and what they pay, where they do."""

    reference: Named
    price: Money | None = None


class RefuseLot(LotAsk):
    """They do not take it, or not any more."""

    because: Why


class HandOver(LotAsk):
    """It has left the hub."""

    tracking_number: Short = ""


class BookProceeds(LotAsk):
    """Money or a credit came in; the same `reference` counts once."""

    amount: Money
    reference: Named


class BookCost(LotAsk):
    """It cost something; the same `reference` counts once."""

    amount: Money
    reference: Named


class CertifyLot(LotAsk):
    """Their paper is here: a certificate of disposal, a receipt for a gift."""

    certificate: Certificate


class ReceiveLot(LotAsk):
    """The other warehouse has counted. The same `report_id` counts once."""

    report_id: Named
    units: Annotated[tuple[CountedLine, ...], Field(max_length=MOST_LINES)]


class GradeUnits(LotAsk):
    """The workshop is done with these."""

    units: Annotated[tuple[GradedUnit, ...], Field(min_length=1, max_length=MOST_LINES)]


class DisputeFinding(LotAsk):
    """They are told that we do not agree with what they credited, or lost."""

    finding_id: Why
    because: Why


class ResolveFinding(LotAsk):
    """What did not agree is settled."""

    finding_id: Why
    because: Why


class AcceptLot(LotAsk):
    """What came of it is enough."""

    because: Why


class DissolveLot(LotAsk):
    """It is given up; what is in it goes elsewhere."""

    because: Why
    goes: Disposition = Disposition.QUARANTINE


class RetryLot(LotAsk):
    """What failed is mended: try again."""


class LotNote(Value):
    """What our own steps came to, and what time brought."""


class NoteTimePassed(LotNote):
    """Whatever was due by now is late."""


class NoteOffered(LotNote):
    """They take it."""

    reference: Named
    price: Money | None = None


class NoteOfferRefused(LotNote):
    """They do not."""

    theirs: Short


class NoteLabelPrepared(LotNote):
    """A carrier's offer; the first that is noted is the one that counts."""

    offer_ref: Named


class NoteLotLabel(LotNote):
    """Transport is bought; an empty reference: the carrier said no, in its words."""

    label_ref: Short = ""
    tracking_number: Short = ""
    document_ref: Text = ""
    cost: Money | None = None
    theirs: Short = ""


class BookedPayment(Value):
    """One payment, as they tell it."""

    reference: Named
    amount: Money


class NoteLotStanding(LotNote):
    """How they say that it stands: all that they know, each time."""

    left: bool = False  # its carrier has seen it
    payments: tuple[BookedPayment, ...] = ()
    certificate: Certificate | None = None
    report_id: Short = ""  # of what they counted; none: they did not
    counted: tuple[CountedLine, ...] = ()
    graded: tuple[GradedUnit, ...] = ()


class NotePlaced(LotNote):
    """Units are where they go from here: by unit, the stock move."""

    moves: dict[str, str]


class NoteReturnsTold(LotNote):
    """The returns of these units know where they are."""

    keys: tuple[UnitKey, ...]


class NoteLotStepFailed(LotNote):
    """A step cannot be done without a person."""

    step_id: Text
    kind: Short
    because: Text


LotCommand = OpenLot | OfReturn | LotAsk | LotNote

LOT_UPDATES: dict[str, type[LotAsk]] = {
    "close": CloseLot,
    "take_out": TakeOut,
    "declare": DeclareUnit,
    "agree": AgreeLot,
    "refuse": RefuseLot,
    "hand_over": HandOver,
    "book_proceeds": BookProceeds,
    "book_cost": BookCost,
    "certify": CertifyLot,
    "receive": ReceiveLot,
    "grade": GradeUnits,
    "dispute_finding": DisputeFinding,
    "resolve_finding": ResolveFinding,
    "accept": AcceptLot,
    "dissolve": DissolveLot,
    "retry": RetryLot,
}
"""The updates of a lot's workflow, by name."""
