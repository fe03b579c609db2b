"""The parts of a status: each thing of a return in short, as callers and screens are shown it."""

from domain.model import Moment, Value


class UnitStatus(Value):
    """One thing on its way back, in short."""

    unit: str
    sku: str
    name: str
    reason: str
    resolution: str
    receipt: str
    decision: str
    grade: str = ""
    disposition: str = ""
    recovery_minor: int | None = None  # what it is expected to bring there
    promised_minor: int = 0
    replacement: str = ""
    lot_id: str = ""  # in which it is, or has left its hub


class ParcelStatus(Value):
    """One box, in short."""

    parcel_id: str
    logistics: str
    method: str = ""
    carrier: str = ""
    tracking_number: str = ""
    label_url: str = ""
    code: str = ""
    documents: tuple[str, ...] = ()  # that can be fetched for it: label, code, packing_slip
    visits_failed: tuple[str, ...] = ()  # why, the first first
    attempts_counted: int = 0  # of those that this carrier made, how many count
    visit_until: Moment | None = None  # the end of the window of the visit that is booked


class PayoutStatus(Value):
    """One instruction, in short."""

    instruction_id: str
    state: str
    destination: str
    tender_id: str
    provider: str
    amount_minor: int
    reason: str = ""
    code: str = ""


class BillStatus(Value):
    """What the customer is asked for, in short; `url` is where they pay it."""

    instruction_id: str
    state: str
    provider: str
    amount_minor: int
    pay_by: Moment
    url: str = ""


class HoldStatus(Value):
    """What is kept ready for one unit, in short."""

    instruction_id: str
    state: str
    unit: str
    provider: str
    amount_minor: int
    taken_minor: int = 0
    reason: str = ""


class MoneyStatus(Value):
    """Where the money is. promised = paid + under way + held + not yet decided.

    What was collected from the customer for this return and is promised back is a part of it.
    """

    currency: str
    quoted_minor: int
    shipping_minor: int
    label_fee_minor: int
    promised_minor: int
    paid_minor: int
    under_way_minor: int
    unknown_minor: int
    held_minor: int
    to_pay_minor: int = 0  # by the customer, on bills that are not paid yet
    collected_minor: int = 0  # from the customer, for this return
    given_back_minor: int = 0  # of what was collected: promised back, or paid back


class CouponStatus(Value):
    """A coupon for a unit. Its code is told to nobody but the customer."""

    instruction_id: str
    unit: str
    state: str
    amount_minor: int
    valid_until: Moment
