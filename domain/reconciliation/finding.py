"""A finding: one difference between two books, told so that a person can act on it."""

import hashlib

from domain.model import Id, Moment, Short, Text, Value
from domain.money import Money
from domain.reconciliation.books import BooksKey, Span
from domain.reconciliation.words import Kind, Owner, Severity


class Finding(Value):
    """The same difference tomorrow has the same id; other facts about it do not change the id."""

    finding_id: Id
    kind: Kind
    severity: Severity
    owner: Owner
    because: Text  # one sentence, for people
    judged_since: Moment  # a list that covers this stretch would show it again
    judged_until: Moment
    instruction_id: Short = ""
    ref: Short = ""  # theirs
    chargeback_id: Short = ""  # as our ledger has it, or should
    payment_ref: Short = ""
    order_id: Short = ""
    return_id: Short = ""
    can_ask: bool = False  # whether the return can ask the provider for the truth
    ours: Money | None = None
    theirs: Money | None = None
    our_state: Short = ""
    their_state: Short = ""

    @property
    def span(self) -> Span:
        """The stretch of time that a list must cover to say anything about it."""
        return Span(self.judged_since, self.judged_until)

    @property
    def facts(self) -> tuple[object, ...]:
        """What makes it news: the sentence may be worded anew by another release."""
        return (self.ours, self.theirs, self.our_state, self.their_state, self.ref)


def finding_id(books: BooksKey, kind: Kind, *subject: str) -> str:
    """Make the id of a difference: of its kind and what it is about, and of nothing else."""
    about = "\x1f".join((books.tenant, books.provider, kind, *subject))
    return f"{kind}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


REMEDIES: dict[Kind, str] = {
    Kind.ORPHAN: "find out who made it, and for what; told with `orders outside-refund` (or its "
    "reference with `orders refund-paid` or `release-payout`) it is explained, and this resolves "
    "itself",
    Kind.MISSING: "ask the provider for the reference; until it is found, pay nothing again",
    Kind.AMOUNT_DIFFERS: "compare the instruction in the provider's dashboard; claim back what is "
    "too much, or pay the rest by hand under a reference",
    Kind.CURRENCY_DIFFERS: "compare the instruction in the provider's dashboard; book the "
    "difference, and make good what the customer lacks",
    Kind.STATE_DIFFERS: "the return was told to ask the provider; if the next comparison shows it "
    "still, look at the return, and choose another way for money that came back",
    Kind.PAID_TWICE: "get the second one back, by the provider or from the customer",
    Kind.ORPHAN_LABEL: "the return that it names was told to ask the carrier, and gives it back; where "
    "it names none, give it back in the carrier's dashboard",
    Kind.CHARGEBACK: "the orders' returns were told; answer the bank with what the return shows",
}
"""What could be done, by kind."""
