"""Who asks: of a return, and of an order."""

from typing import Literal

from domain.model import Id, Value


class Who(Value):
    """Who asks. `id` is an account's id, never a name or an address."""

    kind: Literal["customer", "staff", "service", "system"]
    id: Id

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
