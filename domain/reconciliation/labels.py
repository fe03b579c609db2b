"""Labels that a carrier sold and no return of ours knows: found by their list, and given back.

Our reference stands on each (`tenant:return:step`, see `activities.steps.key_of`), so an orphan
names the return whose step bought it. That return is told, asks the carrier itself, and gives
the label back; nothing is voided on the word of a list.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.money import Money
from domain.reconciliation.books import SLACK, BooksKey, Span
from domain.reconciliation.comparing import Comparison
from domain.reconciliation.finding import Finding, finding_id
from domain.reconciliation.wording import at
from domain.reconciliation.words import Kind, Owner, Severity

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Sold:
    """One label in a carrier's list, as it stands now."""

    label_ref: str  # theirs
    reference: str  # ours, where they keep it
    tracking_number: str
    cost: Money
    at: datetime
    given_back: bool  # asked for at least: nothing more is to be done about it


def compare_labels(
    books: BooksKey, known: Collection[str], sold: Iterable[Sold], window: Span
) -> Comparison:
    """Find the labels that are paid for and that nothing of ours explains.

    Args:
        books: Whose books, and with whom.
        known: The carrier's references of all labels in our streams that the list names.
        sold: Their list, in any order; a page may repeat another's.
        window: What the list covers.
    """
    theirs = {one.label_ref: one for one in sold}
    found = [
        _orphan(books, one)
        for one in theirs.values()
        if one.label_ref not in known and not one.given_back and not _is_anothers(books, one)
    ]
    judged = [one for one in found if window.covers(one.span)]
    return Comparison(
        findings=tuple(sorted(judged, key=lambda one: one.finding_id)),
        ours=len(known),
        theirs=len(theirs),
    )


def return_and_step(books: BooksKey, reference: str) -> tuple[str, str]:
    """Whose step bought it; nothing where our reference does not stand on it."""
    tenant, return_id, step = (*reference.split(":", 2), "", "")[:_PARTS]
    is_ours = tenant == books.tenant and bool(return_id) and step.startswith("label:")
    return (return_id, step) if is_ours else ("", "")


def _is_anothers(books: BooksKey, one: Sold) -> bool:
    """Whether another merchant's step bought it, on the same account."""
    tenant, _, rest = one.reference.partition(":")
    return bool(rest) and tenant != books.tenant


def _orphan(books: BooksKey, one: Sold) -> Finding:
    """Judged once it is some hours old: what was bought just now may not be recorded yet."""
    return_id, step = return_and_step(books, one.reference)
    told = (
        f"{books.provider} sold the label {one.tracking_number} ({one.label_ref}) for "
        f"{one.cost.plain()} on {at(one.at)}, and no return of ours has it"
    )
    whose = f"; it names return {return_id}, which was told" if return_id else ""
    return Finding(
        finding_id=finding_id(books, Kind.ORPHAN_LABEL, one.label_ref),
        kind=Kind.ORPHAN_LABEL,
        severity=Severity.MEDIUM if return_id else Severity.LOW,
        owner=Owner.MERCHANT,
        because=f"{told}{whose}.",
        judged_since=one.at,
        judged_until=one.at + SLACK,
        instruction_id=step,
        ref=one.label_ref,
        return_id=return_id,
        theirs=one.cost,
        their_state="paid",
    )
