"""What every question and every report carries."""

from typing import Annotated, Literal

from pydantic import Field

from domain.model import Id, Moment, Short, Value

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Who(Value):
    """Who asks. `id` is an account's id, never a name or an address."""

    kind: Literal["customer", "staff", "service", "system"]
    id: Id

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


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
