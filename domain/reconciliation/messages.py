"""What is asked of a reconciliation, and what it answers; small, for Temporal's histories."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.reconciliation.books import BooksKey, Span


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class StartReconciliation(_Message):
    """Whose books are compared with whom, and how far back.

    `until` is for a world whose clock was moved; without it, the time at which it begins.
    """

    tenant: str
    provider: str
    days: int = 90
    until: datetime | None = None


class Compare(_Message):
    """Compare the books of one stretch of time. All that differs between two attempts is luck."""

    tenant: str
    provider: str
    since: datetime
    until: datetime

    @property
    def books(self) -> BooksKey:
        """Whose books, and with whom."""
        return BooksKey(self.tenant, self.provider)

    @property
    def window(self) -> Span:
        """What the list is to cover."""
        return Span(self.since, self.until)


class Compared(_Message):
    """What a comparison came to. Sums and people's reasons are in the stream of findings."""

    tenant: str
    provider: str
    since: datetime
    until: datetime
    ours: int  # payouts and chargebacks of ours that were compared
    theirs: int  # movements in their list
    opened: int  # findings that are new, or there again
    resolved: int  # findings that are gone
    unresolved: int  # findings that somebody must settle, those of earlier comparisons too
    next_owner: str = ""  # of the most pressing one
    due_at: datetime | None = None
    findings: tuple[str, ...] = ()  # a sentence each, the most pressing first; not all, if many

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return (
            f"{self.provider} of {self.tenant}: {self.unresolved} to settle "
            f"({self.opened} new, {self.resolved} gone); "
            f"{self.ours} of ours against {self.theirs} of theirs"
        )


class ComparedInFull(Compared):
    """The same, with what the Temporal UI shows of it."""

    details: str  # Markdown

    @property
    def in_short(self) -> Compared:
        """What the workflow answers."""
        return Compared.model_validate(self.model_dump(exclude={"details"}))


class SettleFinding(_Message):
    """A person says something about a finding. The same `request_id` counts once."""

    tenant: str
    provider: str
    finding_id: str
    verb: Literal["acknowledge", "resolve"]
    because: str
    actor: str  # "kind:id"
    request_id: str
    now: datetime

    @property
    def books(self) -> BooksKey:
        """Whose books, and with whom."""
        return BooksKey(self.tenant, self.provider)


class FindingAnswer(_Message):
    """Not accepted: nothing happened, and `because` says why."""

    accepted: bool = True
    code: str = ""
    because: str = ""
    finding_id: str = ""
    life: str = ""
    due_at: datetime | None = None
