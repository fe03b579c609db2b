"""What a claim is about: enough to file it, and nothing personal."""

from typing import Literal

from domain.model import Country, Id, Minor, Moment, Short, Text, Value
from domain.money import Currency
from domain.recoveries.words import RecoveryCause, RecoveryKind


class ClaimedUnit(Value):
    """One unit, and what is claimed for it."""

    unit: Short
    sku: Short
    name: Short
    amount_minor: Minor
    hs_code: Short = ""
    origin_country: Country | None = None


class RecoveryFacts(Value):
    """A claim as it is opened. Its limits stand in it: they bind it whatever is changed later.

    Attributes:
        counterparty: The carrier, or the country whose customs had taken the duties.
        channel: Through whom it is filed; without one a person files it.
        counted_from: Where the limit's days begin.
        not_before: Before then it is not taken.
        file_by: After then it is not taken any more.
        answer_days: After so many a silent counterparty is somebody's problem.
        source: Where the limit stands.
    """

    kind: RecoveryKind
    cause: RecoveryCause
    return_id: Id
    order_id: Id
    subject: Id  # the parcel; `duties` for all that crossed the border
    counterparty: Short
    channel: Literal["easypost", ""] = ""
    tracking_number: Short = ""
    label_ref: Short = ""
    currency: Currency
    units: tuple[ClaimedUnit, ...]
    counted_from: Moment
    not_before: Moment
    file_by: Moment
    answer_days: int
    source: Text

    @property
    def claimed_minor(self) -> int:
        """All that is claimed."""
        return sum(unit.amount_minor for unit in self.units)
