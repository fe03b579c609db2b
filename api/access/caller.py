"""Who somebody is, once that is proven."""

from dataclasses import dataclass
from typing import Literal

from api.access.rights import Role
from domain.returns.commands import Who


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has proven who they are."""

    tenant: str
    role: Role
    kind: Literal["customer", "staff", "service"]
    id: str
    return_id: str = ""  # the only one that a customer's link opens

    @property
    def who(self) -> Who:
        """The actor of what they ask."""
        return Who(kind=self.kind, id=self.id)


class NotProven(Exception):
    """What was shown at the door does not say who it is; the text says why."""
