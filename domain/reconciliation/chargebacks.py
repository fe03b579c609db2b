"""Chargebacks: what banks took, by the provider's list and by the orders' ledgers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from domain.reconciliation.books import SLACK, BooksKey, Movement, OurBooks, OurChargeback, Span
from domain.reconciliation.finding import Finding, finding_id
from domain.reconciliation.wording import at
from domain.reconciliation.words import Kind, Owner, Severity

ANOTHER = "another"
"""Our word for a chargeback where the order knows of a different one on the same payment."""


def compare_chargebacks(
    books: BooksKey, ours: OurBooks, theirs: Sequence[Movement], window: Span
) -> Iterable[Finding]:
    """A ledger holds one chargeback of a payment: each further one in their list is news."""
    known = {one.payment_ref: one for one in ours.chargebacks}
    listed: dict[str, list[Movement]] = defaultdict(list)
    for one in theirs:
        if one.ref not in ours.foreign:
            listed[one.payment_ref].append(one)
    for payment_ref, movements in listed.items():
        first, *further = sorted(movements, key=partial(_unlike, known.get(payment_ref)))
        yield from _compare_one(books, ours, first, known.get(payment_ref))
        for one in further:
            yield _news(books, ours, one, "and the order knows of another one only", ANOTHER)
    for payment_ref, chargeback in known.items():
        if payment_ref not in listed:
            yield _missing(books, chargeback, window)


def _unlike(known: OurChargeback | None, theirs: Movement) -> tuple[object, ...]:
    """How little of what we know is in it: the one that is most like it is the one we know."""
    if known is None:
        return (theirs.at, theirs.ref)
    apart = abs(theirs.at - known.opened_at)
    return (theirs.amount != known.amount, theirs.state != known.state, apart, theirs.ref)


def _compare_one(
    books: BooksKey, ours: OurBooks, theirs: Movement, known: OurChargeback | None
) -> Iterable[Finding]:
    if known is None:
        yield _news(books, ours, theirs, "and no order of ours knows of it")
        return
    if known.amount.currency != theirs.amount.currency:
        yield _sum_differs(books, Kind.CURRENCY_DIFFERS, known, theirs)
    elif known.amount != theirs.amount:
        yield _sum_differs(books, Kind.AMOUNT_DIFFERS, known, theirs)
    if known.state != theirs.state:
        but = f"and order {known.order_id} has it as {known.state}"
        yield _news(books, ours, theirs, but, known.state)


def _news(
    books: BooksKey, ours: OurBooks, theirs: Movement, but: str, our_state: str = ""
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
        payment_ref=theirs.payment_ref,
        order_id=order_id,
        our_state=our_state,
        theirs=theirs.amount,
        their_state=theirs.state,
    )


def _sum_differs(books: BooksKey, kind: Kind, known: OurChargeback, theirs: Movement) -> Finding:
    return Finding(
        finding_id=finding_id(books, kind, "chargeback", known.payment_ref),
        kind=kind,
        severity=Severity.HIGH,
        owner=Owner.FINANCE,
        because=f"A bank has taken {theirs.amount.plain()} back from {theirs.payment_ref} "
        f"({theirs.ref}); the ledger of order {known.order_id} has {known.amount.plain()}.",
        judged_since=theirs.at,
        judged_until=theirs.at,
        ref=theirs.ref,
        payment_ref=theirs.payment_ref,
        order_id=known.order_id,
        ours=known.amount,
        our_state=known.state,
        theirs=theirs.amount,
        their_state=theirs.state,
    )


def _missing(books: BooksKey, known: OurChargeback, window: Span) -> Finding:
    return Finding(
        finding_id=finding_id(books, Kind.MISSING, "chargeback", known.payment_ref),
        kind=Kind.MISSING,
        severity=Severity.MEDIUM,
        owner=Owner.FINANCE,
        because=f"The ledger of order {known.order_id} has a chargeback of "
        f"{known.amount.plain()} on {known.payment_ref}, and the list of {books.provider} from "
        f"{at(window.since)} to {at(window.until)} does not show it.",
        judged_since=known.opened_at - SLACK,
        judged_until=known.opened_at + SLACK,
        payment_ref=known.payment_ref,
        order_id=known.order_id,
        ours=known.amount,
        our_state=known.state,
    )
