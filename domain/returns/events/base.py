"""What every event of a return has."""

from typing import Literal

from domain.model import Moment, Value


class Event(Value):
    """Something that happened to one return."""

    schema_version: Literal[1] = 1
    occurred_at: Moment  # when it happened in the world, not when we heard of it

    @property
    def move(self) -> str:
        """The word by which the lifecycle tables know this event."""
        return type(self).__name__
