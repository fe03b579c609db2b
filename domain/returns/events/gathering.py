"""In which lot a unit leaves its hub: what becomes of the lot is told in its own stream."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Text
from domain.returns.events.base import Event
from domain.returns.events.recovering import RecoveringEvent
from domain.words import Disposition

Word = Annotated[int, Field(ge=1)]
"""Counts what the lots were told of the unit."""


class LotChosen(Event):
    """The unit is to join this lot."""

    type: Literal["LotChosen"] = "LotChosen"
    unit: str
    lot_id: Id
    word: Word


class LotJoined(Event):
    """It has joined."""

    type: Literal["LotJoined"] = "LotJoined"
    unit: str
    lot_id: Id


class LotLeft(Event):
    """It is not in the lot, or not any more; `gone`: it had left with it, and a person was told."""

    type: Literal["LotLeft"] = "LotLeft"
    unit: str
    lot_id: Id
    word: Word
    gone: bool = False


class LotGaveBack(Event):
    """It does not leave with the lot: it was put elsewhere at its hub, and that is where it is."""

    type: Literal["LotGaveBack"] = "LotGaveBack"
    unit: str
    lot_id: Id
    disposition: Disposition
    move_ref: str
    because: Text


BesideEvent = RecoveringEvent | LotChosen | LotJoined | LotLeft | LotGaveBack
"""What goes on beside a return, in streams of their own."""
