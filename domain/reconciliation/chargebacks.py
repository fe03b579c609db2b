"""Chargebacks: what banks took, by the provider's list and by the orders' ledgers."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from domain.reconciliation.books import SLACK, BooksKey, Movement, OurBooks, OurChargeback, Span
from domain.reconciliation.finding import Finding, finding_id
from domain.reconciliation.wording import at
from domain.reconciliation.words import Kind, Owner, Severity

TOGETHER = timedelta(days=3)
"""How far a dispute and the transaction that it led to may be apart."""


def compare_chargebacks(
    books: BooksKey, ours: OurBooks, theirs: Sequence[Movement], window: Span
) -> Iterable[Finding]:
    """Pair them by their id; then those that have another id for us, with the one most like it."""
    unpaired = {one.ref: one for one in theirs if one.ref not in ours.foreign}
    missing = list(ours.chargebacks)
    for alike in (_has_its_id, _was_told_without_id, _looks_the_same):
        for known in list(missing):
            same = [one for one in unpaired.values() if alike(one, known)]
            if same:
                paired = min(same, key=partial(_unlike, known))
                del unpaired[paired.ref]
                missing.remove(known)
                yield from _compare_one(books, ours, paired, known)
    for known in missing:
        yield _missing(books, known, window)
    for one in unpaired.values():
        yield _news(books, ours, one, "and no order's ledger has it", None)


def _has_its_id(theirs: Movement, known: OurChargeback) -> bool:
    return known.named and theirs.ref == known.chargeback_id


def _was_told_without_id(theirs: Movement, known: OurChargeback) -> bool:
    return not known.named and theirs.payment_ref == known.payment_ref


def _looks_the_same(theirs: Movement, known: OurChargeback) -> bool:
    """Some list the transaction, and tell of the dispute behind it: two ids of one thing."""
    same = (theirs.payment_ref, theirs.amount) == (known.payment_ref, known.amount)
    return same and abs(theirs.at - known.opened_at) <= TOGETHER


def _unlike(known: OurChargeback, theirs: Movement) -> tuple[object, ...]:
    """How little of what we know is in it."""
    apart = abs(theirs.at - known.opened_at)
    return (theirs.amount != known.amount, theirs.state != known.state, apart, theirs.ref)


def _compare_one(
    books: BooksKey, ours: OurBooks, theirs: Movement, known: OurChargeback
) -> Iterable[Finding]:
    if known.amount.currency != theirs.amount.currency:
        yield _sum_differs(books, Kind.CURRENCY_DIFFERS, known, theirs)
    elif known.amount != theirs.amount:
        yield _sum_differs(books, Kind.AMOUNT_DIFFERS, known, theirs)
    if known.state != theirs.state:
        but = f"and order {known.order_id} has it as {known.state}"
        yield _news(books, ours, theirs, but, known)


def _news(
    books: BooksKey, ours: OurBooks, theirs: Movement, but: str, known: OurChargeback | None
) -> Finding:
    order_id = ours.orders.get(theirs.payment_ref, "")
    outcome = {"won": "the merchant keeps it", "lost": "it is lost"}
    return Finding(
        finding_id=finding_id(books, Kind.CHARGEBACK, theirs.ref),
        kind=Kind.CHARGEBACK,
        severity=Severity.HIGH if order_id and theirs.state != "won" else Severity.LOW,
        owner=Owner.MERCHANT,
        because=f"A bank has taken {theirs.amount.plain()} back from {theirs.payment_ref} "
        f"({theirs.ref}, {at(theirs.at)}; {outcome.get(theirs.state, 'the bank has not decided')})"
        f", {but}.",
        judged_since=theirs.at,
        judged_until=theirs.at + SLACK,
        ref=theirs.ref,
        chargeback_id=(known.chargeback_id if known.named else "") if known else theirs.ref,
        payment_ref=theirs.payment_ref,
        order_id=order_id,
        our_state=known.state if known else "",
        theirs=theirs.amount,
        their_state=theirs.state,
    )


def _sum_differs(books: BooksKey, kind: Kind, known: OurChargeback, theirs: Movement) -> Finding:
    return Finding(
        finding_id=finding_id(books, kind, "chargeback", known.payment_ref, known.chargeback_id),
        kind=kind,
        severity=Severity.HIGH,
        owner=Owner.FINANCE,
        because=f"A bank has taken {theirs.amount.plain()} back from {theirs.payment_ref} "
        f"({theirs.ref}); the ledger of order {known.order_id} has {known.amount.plain()}.",
        judged_since=theirs.at,
        judged_until=theirs.at,
        ref=theirs.ref,
        chargeback_id=known.chargeback_id,
        payment_ref=theirs.payment_ref,
        order_id=known.order_id,
        ours=known.amount,
        our_state=known.state,
        theirs=theirs.amount,
        their_state=theirs.state,
    )


def _missing(books: BooksKey, known: OurChargeback, window: Span) -> Finding:
    key = (known.payment_ref, known.chargeback_id)
    return Finding(
        finding_id=finding_id(books, Kind.MISSING, "chargeback", *key),
        kind=Kind.MISSING,
        severity=Severity.MEDIUM,
        owner=Owner.FINANCE,
        because=f"The ledger of order {known.order_id} has a chargeback of "
        f"{known.amount.plain()} on {known.payment_ref}, and the list of {books.provider} from "
        f"{at(window.since)} to {at(window.until)} does not show it.",
        judged_since=known.opened_at - SLACK,
        judged_until=known.opened_at + SLACK,
        chargeback_id=known.chargeback_id,
        payment_ref=known.payment_ref,
        order_id=known.order_id,
        ours=known.amount,
        our_state=known.state,
    )
