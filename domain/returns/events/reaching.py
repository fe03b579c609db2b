"""How the customer wants to be told, and what that means for a notice."""

from typing import Literal

from domain.channels import Channel, Contact
from domain.model import Moment, Short
from domain.returns.events.base import Event


class NoticeWithheld(Event):
    """The customer does not want to be told, and need not be."""

    type: Literal["NoticeWithheld"] = "NoticeWithheld"
    notice_id: str


class NoticePostponed(Event):
    """It would be a text in the customer's night: it waits until then."""

    type: Literal["NoticePostponed"] = "NoticePostponed"
    notice_id: str
    until: Moment


class QuietHoursEnded(Event):
    """It is morning where the customer is: the notice goes out."""

    type: Literal["QuietHoursEnded"] = "QuietHoursEnded"
    notice_id: str


class NoticeUndelivered(Event):
    """Nobody can be told that way: there is no address, or it never takes a message."""

    type: Literal["NoticeUndelivered"] = "NoticeUndelivered"
    notice_id: str
    channel: Channel
    because: Short  # the code of whoever refused it; never an address


class NoticeGivenUp(Event):
    """There is no way left to tell the customer; a person has to find one."""

    type: Literal["NoticeGivenUp"] = "NoticeGivenUp"
    notice_id: str


class ContactChosen(Event):
    """How the customer wants to be told from now on; no address, which stands with the person."""

    type: Literal["ContactChosen"] = "ContactChosen"
    contact: Contact
    by: Short = ""  # who said so, as kind:id


ReachingEvent = (
    NoticeWithheld
    | NoticePostponed
    | QuietHoursEnded
    | NoticeUndelivered
    | NoticeGivenUp
    | ContactChosen
)
