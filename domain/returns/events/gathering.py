"""In which lot a unit leaves its hub: what becomes of the lot is told in its own stream."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id
from domain.returns.events.base import Event
from domain.returns.events.recovering import RecoveringEvent

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


BesideEvent = RecoveringEvent | LotChosen | LotJoined | LotLeft
"""What goes on beside a return, in streams of their own."""
