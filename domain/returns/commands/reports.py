"""What a return may be told: somebody saw something and waits for nothing."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.model import Id, Moment, Quantity, Short, Text, Value
from domain.money import Money
from domain.policy.inspecting import CheckResult
from domain.returns.asking.request import Evidence
from domain.returns.commands.base import Key, Report
from domain.words import Disposition, Grade, PickupException, Reason


class ReportTracking(Report):
    """A carrier saw a parcel, or says that it cannot find it."""

    tracking_number: Key
    status: Literal[
        "scanned",
        "at_hub",
        "customs_hold",
        "delayed",
        "delivered",
        "lost",
        "found",
        "returned_to_customer",
    ]
    place: Short = ""
    carrier_code: Short = ""


class ReportPickup(Report):
    """What came of a visit."""

    pickup_ref: Short = ""
    tracking_number: Short = ""
    status: Literal["failed", "picked_up", "cancelled"]
    code: PickupException | None = None
    carrier_code: Short = ""
    rebooked_for: Moment | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.status == "failed" and self.code is None:
            raise ValueError("code: a failed pickup needs its code")
        if not self.pickup_ref and not self.tracking_number:
            raise ValueError("pickup_ref: give the pickup or the tracking number")
        return self


class ReceivedParcel(Value):
    """The box."""

    tracking_number: Short = ""


class CountedUnits(Value):
    """What was counted in the box."""

    sku: Key
    line_id: str = ""
    serial: Short = ""
    quantity: Quantity
    condition: Short = ""


MOST_LINES = 200
"""Of counted or inspected units in one report; what is more goes into another."""


class ReportReceipt(Report):
    """What the dock found. Never refused for what it holds."""

    warehouse: Id
    parcel: ReceivedParcel = ReceivedParcel()
    returns: tuple[Id, ...] = ()
    orders: tuple[Short, ...] = ()  # for a box that names no return
    units: Annotated[tuple[CountedUnits, ...], Field(max_length=MOST_LINES)]
    corrects: Short = ""  # the message id of an earlier report: this one counts instead
    retracts: Short = ""  # of one that was a mistake: nothing counts instead

    @property
    def takes_back(self) -> str:
        """The report that does not count any more."""
        return self.retracts or self.corrects

    @model_validator(mode="after")
    def _takes_back_or_tells(self) -> Self:
        if self.retracts and (self.corrects or self.units):
            raise ValueError("retracts: what only takes back tells of no units: use corrects")
        if self.message_id in {self.corrects, self.retracts}:
            raise ValueError("corrects: a report cannot take itself back")
        return self


class InspectedUnit(Value):
    """What the inspector saw of one unit: named as we do, else by its serial or its article."""

    line_id: Id | Literal[""] = ""
    unit: Annotated[int, Field(ge=1)] | None = None
    sku: Short = ""
    serial: Short = ""
    lot: Short = ""  # where the article is told apart by lots, and not by the piece
    grade: Grade
    checks: Annotated[tuple[CheckResult, ...], Field(max_length=50)] = ()
    found_reason: Reason | None = None
    note: Text = ""
    photos: Annotated[tuple[Evidence, ...], Field(max_length=20)] = ()
    suggested_disposition: Disposition | None = None

    @model_validator(mode="after")
    def _names_it(self) -> Self:
        if bool(self.line_id) != (self.unit is not None):
            raise ValueError("unit: give the line and which unit of it, or neither")
        if not self.line_id and not self.sku and not self.serial:
            raise ValueError("sku: give line_id and unit, or the article, or the serial")
        return self

    def __str__(self) -> str:
        return f"{self.line_id}/{self.unit}" if self.line_id else self.serial or self.sku


class ReportInspection(Report):
    """Somebody looked at units."""

    warehouse: Id
    return_id: Id
    inspector: Short
    units: Annotated[tuple[InspectedUnit, ...], Field(max_length=MOST_LINES)] = ()
    corrects: Short = ""  # the message id of an earlier inspection: this one counts instead
    retracts: Short = ""  # of one that was of other goods, or never was: nothing counts instead

    @property
    def takes_back(self) -> str:
        """The inspection that does not count any more."""
        return self.retracts or self.corrects

    @model_validator(mode="after")
    def _takes_back_or_tells(self) -> Self:
        if self.retracts and (self.corrects or self.units):
            raise ValueError("retracts: what only takes back tells of no units: use corrects")
        if not self.units and not self.retracts:
            raise ValueError("units: expected at least one, or retracts")
        if self.message_id == self.takes_back:
            raise ValueError("corrects: an inspection cannot take itself back")
        return self


class ReportPayout(Report):
    """A hint that a payout has moved; the provider is asked for the truth."""

    payout_ref: Short = ""
    instruction_id: Short = ""
    status: Short = ""  # as the report has it: no news where that is what we know already

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if not self.payout_ref and not self.instruction_id:
            raise ValueError("payout_ref: give the payout or the instruction")
        return self


class ReportLabel(Report):
    """What the carrier says of a label that was to be voided; or that it sold one (`found`).

    The latter is a hint: the carrier is asked for `label_ref` before anything is believed.
    """

    tracking_number: Short = ""
    label_ref: Short = ""
    status: Literal["voided", "void_rejected", "found"]
    step_id: Short = ""  # by which it was bought, where it is known
    carrier_code: Short = ""


class ReportReplacement(Report):
    """The article wanted instead is on its way."""

    order_ref: Key
    tracking_number: Short = ""


class ReportChargeback(Report):
    """The customer's bank took money back, or gave up doing so.

    A payment may have several disputes, each with an id of its own; one without an id is the
    payment's only one.
    """

    payment_ref: Key
    chargeback_id: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._@+-]{0,99})?$")] = ""
    amount: Money
    status: Literal["opened", "won", "lost"]


class ReportRepair(Report):
    """The workshop has repaired it, or cannot."""

    repair_ref: Key
    status: Literal["repaired", "failed"]
    note: Text = ""


class ReportSendBack(Report):
    """Goods of the customer's have left the warehouse again."""

    order_ref: Key
    tracking_number: Short = ""
