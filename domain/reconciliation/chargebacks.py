"""Chargebacks: what banks took, by the provider's list and by the orders' ledgers."""

from collections.abc import Iterable, Sequence

from domain.reconciliation.books import SLACK, BooksKey, Movement, OurBooks, OurChargeback, Span
from domain.reconciliation.finding import Finding, finding_id
from domain.reconciliation.wording import at
from domain.reconciliation.words import Kind, Owner, Severity


def compare_chargebacks(
    books: BooksKey, ours: OurBooks, theirs: Sequence[Movement], window: Span
) -> Iterable[Finding]:
    """Pair them by their id; one that was told to us without an id, with the one most like it."""
    unpaired = {one.ref: one for one in theirs if one.ref not in ours.foreign}
    by_name_first = sorted(ours.chargebacks, key=lambda one: (not one.named, one.opened_at))
    for known in by_name_first:
        same = [one for one in unpaired.values() if _may_be(one, known)]
        if not same:
            yield _missing(books, known, window)
            continue
        paired = min(same, key=lambda one: _unlike(known, one))
        del unpaired[paired.ref]
        yield from _compare_one(books, ours, paired, known)
    for one in unpaired.values():
        yield _news(books, ours, one, "and no order's ledger has it", None)


def _may_be(theirs: Movement, known: OurChargeback) -> bool:
    if known.named:
        return theirs.ref == known.chargeback_id
    return theirs.payment_ref == known.payment_ref


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
