"""The shapes of what is told, as merchants build on them: ids, codes, amounts; never a person.

Free text stays inside: people write names into it. A field is added freely; one that is
renamed, removed or means something else is another version of its type.
"""

from domain.model import Moment, Value
from domain.money import Money
from domain.words import (
    Disposition,
    Grade,
    Method,
    Reason,
    Resolution,
)


class OfReturn(Value):
    """What every event names."""

    return_id: str
    order_id: str


class AskedUnit(Value):
    """One thing that somebody wants to send back."""

    unit: str
    line_id: str
    sku: str
    reason: Reason
    resolution: Resolution


class Requested(OfReturn):
    """Somebody wants to send goods back."""

    method: Method
    units: tuple[AskedUnit, ...]


class Approved(OfReturn):
    """The goods may come back, if they are handed over by `ship_by`."""

    extent: str  # full, partial
    units: tuple[str, ...]
    keep_item: bool
    ship_by: Moment


class Declined(OfReturn):
    """Nothing of it may come back."""

    code: str


class Reopened(OfReturn):
    """The story goes on after its end; `was` says after which."""

    was: str


class Completed(OfReturn):
    """Every unit is explained and every promise kept."""

    promised: Money
    paid: Money


class Deadline(OfReturn):
    """Somebody whose turn it was has let the time pass."""

    actor: str
    action: str
    due_at: Moment


class Attention(OfReturn):
    """Somebody of the merchant's has to look; `what` is a code of the operations page."""

    concern_id: str
    what: str


class OfLabel(OfReturn):
    """A label."""

    label_id: str


class LabelMade(OfLabel):
    """A label was bought and can be used."""

    parcel_id: str
    carrier: str
    service: str
    tracking_number: str


class OfParcel(OfReturn):
    """A parcel, and who carries it."""

    parcel_id: str
    carrier: str
    tracking_number: str


class Visit(OfParcel):
    """A carrier is to come between these times."""

    window_start: Moment
    window_end: Moment


class FailedVisit(OfParcel):
    """A carrier came, or wanted to, and went without the parcel."""

    code: str
    fault: str


class Scanned(OfParcel):
    """A carrier saw it."""

    stage: str


class Arrived(OfParcel):
    """It is at a dock of ours."""

    warehouse: str
    receipt_id: str


class OfUnit(OfReturn):
    """A unit."""

    unit: str


class UnitArrived(OfUnit):
    """It was found in a parcel."""

    parcel_id: str
    condition: str


class Missed(OfUnit):
    """It was not in its parcel, or its parcel is lost."""

    kind: str


class Unexpected(OfReturn):
    """Something came that nobody expected."""

    stray_id: str
    sku: str
    quantity: int
    kind: str


class Inspected(OfUnit):
    """Somebody looked at it."""

    grade: Grade
    warehouse: str


class Decided(OfUnit):
    """What it brings its customer; `share_bp` of its value, in hundredths of a per cent."""

    outcome: str
    share_bp: int


class Disputed(OfUnit):
    """Its customer does not agree."""

    dispute_id: str


class Resolved(Disputed):
    """The dispute is over."""

    outcome: str


class Disposed(OfUnit):
    """Where it goes from here."""

    disposition: Disposition


class Refund(OfReturn):
    """Money on its way back, by one instruction."""

    instruction_id: str
    destination: str  # tender, store_credit, manual; empty while none is chosen
    amount: Money


class HeldRefund(Refund):
    """Money that is owed and not sent, and why."""

    reason: str


class FailedRefund(Refund):
    """Money that did not arrive; `reason` is the provider's code."""

    reason: str


class Credit(OfReturn):
    """Something to buy with was given. Its code is the customer's alone."""

    instruction_id: str
    amount: Money


class OfOffer(OfReturn):
    """Another resolution, or another way for the money, offered to the customer."""

    offer_id: str


class Offered(OfOffer):
    """It waits for the customer's answer."""

    kind: str
    unit: str
    answer_by: Moment


class Replacement(OfUnit):
    """An article that goes out for it."""

    sku: str


class Bill(OfReturn):
    """Money that the customer is asked for."""

    instruction_id: str
    amount: Money


class SentBack(OfReturn):
    """Goods go to the customer again: a unit, or something that came unexpected."""

    subject: str
    tracking_number: str


class OfClaim(OfReturn):
    """What is claimed back from a carrier or from customs."""

    recovery_id: str


class OpenedClaim(OfClaim):
    """Of which kind it is, and what it is about: a parcel, or `duties`."""

    kind: str
    subject: str
