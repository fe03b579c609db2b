"""What every question and every report carries."""

from typing import Annotated

from pydantic import Field

from domain.model import Moment, Short, Value
from domain.who import Who

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Ask(Value):
    """Somebody wants something and waits for the answer. The same `request_id` acts once."""

    request_id: Key
    actor: Who
    occurred_at: Moment | None = None


class Report(Value):
    """Somebody tells what they saw. The same `message_id` counts once."""

    message_id: Key
    occurred_at: Moment
    source: Short = ""
