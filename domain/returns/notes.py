"""What our own steps came to, and what time brought: commands that nobody outside sends.

Each is said by the activity that performed the step, under the step's id.
"""

from datetime import datetime
from typing import Literal

from domain.channels import Channel
from domain.model import Id, Moment, Short, Text, Value
from domain.money import Money
from domain.recoveries.words import RecoveryKind
from domain.words import Disposition, PickupException


class Note(Value):
    """Something our own machinery has to tell."""


class NoteDeadline(Note):
    """Time has passed; whatever was due by now is late."""


class NoteRejectedMessage(Note):
    """A message that made no sense at a door that cannot answer."""

    message: Short
    message_id: Short
    code: str
    because: Text
    occurred_at: datetime


class NoteLabel(Note):
    """A label was bought."""

    step_id: str
    label_ref: str
    carrier: str
    service: str
    tracking_number: str
    cost: Money
    document_ref: str
    code: str = ""
    expires_at: datetime | None = None
    billed: Literal["on_purchase", "on_scan"] = "on_purchase"
    asked: bool = False  # its carrier tells nothing by itself


class NoteLabelRefused(Note):
    """The carrier said no."""

    step_id: str
    reason: PickupException
    theirs: Text


class NoteVoid(Note):
    """What the carrier says to a label that is to be voided."""

    label_id: str
    state: Literal["submitted", "granted", "refused"]
    theirs: Text = ""


class NotePickup(Note):
    """A visit was booked."""

    step_id: str
    parcel_id: str
    pickup_ref: str
    window_start: datetime
    window_end: datetime


class NotePickupRefused(Note):
    """The carrier will not come."""

    step_id: str
    parcel_id: str
    reason: PickupException
    theirs: Text


class NotePickupCancelled(Note):
    """The visit was called off."""

    parcel_id: str
    pickup_ref: str


class NoteTransportPrepared(Note):
    """A carrier's offer for a step; the first that is noted is the one that counts."""

    step_id: str
    offer_ref: str
    carrier: str = ""
    service: str = ""


class NoteNothingBought(Note):
    """On what was prepared for a step nothing was bought."""

    step_id: str


class NoteFollowed(Note):
    """Whoever follows parcels has taken the number on; without a reference they cannot."""

    parcel_id: str
    tracking_number: str
    tracker_ref: Short = ""


class NoteAnnounced(Note):
    """The warehouse knows."""

    announcement_ref: str


class NotePayout(Note):
    """What the provider says of an instruction. `amount` is what it echoes, if it does."""

    instruction_id: str
    state: Literal[
        "submitted", "pending", "requires_action", "succeeded", "failed", "cancelled", "unknown"
    ]
    payout_ref: str = ""
    reason: Short = ""
    code: str = ""
    amount: Money | None = None
    cost: Money | None = None  # of the merchant's balance, in its own currency
    worth: Money | None = None  # what the same part of the payment had brought there


class NotePayoutUncovered(Note):
    """When it was to be sent, the order had too little left: somebody took money past us."""

    instruction_id: str


class NoteBill(Note):
    """What the provider says of a bill. `amount` is what it echoes, if it does."""

    instruction_id: str
    state: Literal["open", "paid", "expired", "cancelled", "unknown"]
    bill_ref: Short = ""
    url: str = ""
    payment_ref: Short = ""
    amount: Money | None = None


class NoteHold(Note):
    """What the provider says of a hold. `amount` is what it echoes, if it does."""

    instruction_id: str
    state: Literal["held", "taken", "released", "refused", "requires_action", "unknown"]
    hold_ref: Short = ""
    payment_ref: Short = ""
    reason: Short = ""
    amount: Money | None = None


class Seen(Value):
    """One thing that a carrier saw, in the words of `report_tracking`."""

    status: str
    occurred_at: datetime
    place: Short = ""
    carrier_code: Short = ""


class NoteTracked(Note):
    """All that a carrier knows of a parcel, the oldest first; nothing, where it has not seen it."""

    parcel_id: str
    tracking_number: str
    seen: tuple[Seen, ...] = ()


class NoteMove(Note):
    """A unit is where it was sent; or a move was taken back, and it is on the table again."""

    unit: str
    move_ref: str
    disposition: Disposition  # as the warehouse was asked
    reverses: str = ""  # the move that was taken back


class NoteReservation(Note):
    """The article wanted instead is held, or there is none (an empty reference)."""

    unit: str
    reservation_ref: str
    hold_until: datetime


class NoteReservationReleased(Note):
    """The stock held is free again."""

    unit: str


class NoteReplacement(Note):
    """The goods instead are ordered, or there are none (an empty reference)."""

    unit: str
    order_ref: str


class NoteNotified(Note):
    """The message left the house."""

    notice_id: str
    delivery_ref: str


class NoteUndelivered(Note):
    """Nobody can be told that way: there is no address, or it will never take a message."""

    notice_id: str
    channel: Channel
    because: Short


class NoteStepFailed(Note):
    """A step of ours cannot be done without a person: our defect, or credentials."""

    step_id: str
    kind: Short
    because: Text


class NoteCoupon(Note):
    """What the provider says of a coupon."""

    instruction_id: str
    state: Literal["issued", "refused"]
    coupon_ref: str = ""
    code: str = ""
    valid_until: Moment | None = None  # as they say it
    reason: Short = ""
    amount: Money | None = None  # as they say it


class NoteRepair(Note):
    """The warehouse has taken a repair on, or will not (an empty reference)."""

    unit: str
    repair_ref: str


class NoteSendBack(Note):
    """The warehouse is to send something to the customer, or cannot (an empty reference)."""

    step_id: str
    subject: str
    order_ref: str


class NoteRecovery(Note):
    """A claim is opened in a stream of its own, or told that its reason is gone."""

    recovery_id: str
    kind: RecoveryKind
    subject: str
    state: Literal["begun", "recalled"]


class _OfLot(Note):
    unit: str
    lot_id: Id


class NoteLotChosen(_OfLot):
    """The lot that a unit is to join; the first that is noted for a word is the one that counts."""

    word: int


class NoteLotJoined(_OfLot):
    """A lot has the unit; or it had been closed meanwhile, and has not."""

    taken: bool


class NoteLotGaveBack(_OfLot):
    """A lot has put the unit elsewhere at its hub, by this move."""

    disposition: Disposition
    move_ref: str
    because: Text


class NoteLotLeft(_OfLot):
    """A lot knows that the unit is none of it; or it has left with it already."""

    word: int
    gone: bool
