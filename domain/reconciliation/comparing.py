"""Comparing two books: what the provider has and we do not know, and the other way round.

Pure, and blind to the order and the paging of either list. Only what the window can show is
judged: a movement near its edge may have its other half outside.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.reconciliation.books import (
    SLACK,
    BooksKey,
    Movement,
    OurBooks,
    OurPayout,
    Span,
)
from domain.reconciliation.chargebacks import compare_chargebacks
from domain.reconciliation.finding import Finding, finding_id
from domain.reconciliation.wording import at, paid_back
from domain.reconciliation.words import Kind, Owner, Severity
from domain.words import MoneyState

DEAD = frozenset({"failed", "cancelled"})
"""No money moved, or it came back."""

_OPEN = frozenset({"submitted", "pending"})
_EXPECTED = frozenset(
    {MoneyState.SUBMITTED, MoneyState.PENDING, MoneyState.REQUIRES_ACTION, MoneyState.SUCCEEDED}
)
"""States in which they told us that they have it."""

_GONE = frozenset({MoneyState.FAILED, MoneyState.REVERSED, MoneyState.CANCELLED})
"""States in which we owe the money anew, and another instruction may pay it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it."""

    findings: tuple[Finding, ...]  # by id
    ours: int  # payouts and chargebacks that were judged
    theirs: int  # movements in their list, each once


def compare(
    books: BooksKey, ours: OurBooks, listed: Iterable[Movement], window: Span
) -> Comparison:
    """Compare what our streams say with a provider's list.

    Args:
        books: Whose books, and with whom.
        ours: What we know, read after the list was.
        listed: Every movement of the window, in any order; a page may repeat another's.
        window: What the list covers.
    """
    theirs = _each_once(listed)
    payouts = [one for one in theirs if one.kind == "payout" and one.ref not in ours.foreign]
    chargebacks = [one for one in theirs if one.kind == "chargeback"]
    found = [
        *_compare_payouts(books, ours, payouts, window),
        *compare_chargebacks(books, ours, chargebacks, window),
    ]
    judged = [one for one in found if window.covers(one.span)]
    return Comparison(
        findings=tuple(sorted(judged, key=lambda one: one.finding_id)),
        ours=len(ours.payouts) + len(ours.chargebacks),
        theirs=len(theirs),
    )


def _each_once(listed: Iterable[Movement]) -> list[Movement]:
    """Each movement once, though a page repeat it; how it stood last, where two pages disagree."""
    known: dict[tuple[str, str], Movement] = {}
    for one in sorted(listed, key=_age):
        known[one.kind, one.ref] = one
    return sorted(known.values(), key=lambda one: (one.at, one.ref))


def _age(movement: Movement) -> tuple[int, str, int, str, str]:
    """Later in its life is later here: it opens, then it succeeds, then it may come back."""
    stage = {"failed": 2, "cancelled": 2, "lost": 2, "won": 2, "succeeded": 1}
    amount = movement.amount
    return (
        stage.get(movement.state, 0),
        movement.state,
        amount.amount_minor,
        amount.currency,
        movement.instruction_id,
    )


def _compare_payouts(
    books: BooksKey, ours: OurBooks, theirs: Sequence[Movement], window: Span
) -> Iterable[Finding]:
    by_instruction = {payout.instruction_id: payout for payout in ours.payouts}
    by_ref = {ref: payout for payout in ours.payouts for ref in payout.refs}
    of_payout: dict[str, list[Movement]] = defaultdict(list)
    for movement in theirs:
        payout = by_instruction.get(movement.instruction_id) or by_ref.get(movement.ref)
        if payout is not None:
            of_payout[payout.instruction_id].append(movement)
        elif movement.state not in DEAD:
            yield _orphan(books, movement, ours.orders)
    for payout in by_instruction.values():
        movements = of_payout.get(payout.instruction_id)
        if movements:
            yield from _compare_one(books, payout, movements)
        elif payout.state in _EXPECTED and payout.answered_at and not payout.by_hand:
            yield _missing(books, payout, window)


def _compare_one(
    books: BooksKey, payout: OurPayout, movements: Sequence[Movement]
) -> Iterable[Finding]:
    """One of ours with what they have of it: the one that counts, and those too many."""
    live = [one for one in movements if one.state not in DEAD] or list(movements)
    counts = next((one for one in live if one.ref in payout.refs), live[0])
    for extra in live:
        if extra is not counts and extra.state not in DEAD:
            yield _twice(books, payout, counts, extra)
    if counts.amount.currency != payout.amount.currency:
        yield _sum_differs(books, Kind.CURRENCY_DIFFERS, payout, counts)
    elif counts.amount != payout.amount:
        yield _sum_differs(books, Kind.AMOUNT_DIFFERS, payout, counts)
    severity = _how_states_differ(payout.state, counts.state)
    if severity is not None:
        yield _state_differs(books, payout, counts, severity)


def _how_states_differ(ours: MoneyState, theirs: str) -> Severity | None:
    """How bad it is that the two tell different things; none where they tell the same."""
    if theirs in DEAD:
        if ours in _GONE:
            return None
        return Severity.HIGH if ours is MoneyState.SUCCEEDED else Severity.MEDIUM
    if ours in _GONE:
        return Severity.HIGH  # it moves, or has moved, and may be paid again by another way
    if theirs == ours or (theirs in _OPEN and ours in _OPEN):
        return None
    return Severity.MEDIUM


# ── Telling ───────────────────────────────────────────────────────────────────────────────


def _orphan(books: BooksKey, movement: Movement, orders: Mapping[str, str]) -> Finding:
    order_id = orders.get(movement.payment_ref, "")
    told = f"{paid_back(books, movement)}, and no return of ours asked for it"
    if movement.instruction_id:
        told += f"; it names the instruction {movement.instruction_id}, which none of ours gave"
    if order_id:
        told += f"; what is left of order {order_id} is less by it"
    is_ours = bool(order_id or movement.instruction_id)
    return Finding(
        finding_id=finding_id(books, Kind.ORPHAN, movement.ref),
        kind=Kind.ORPHAN,
        severity=Severity.HIGH if is_ours else Severity.LOW,
        owner=Owner.FINANCE,
        because=f"{told}.",
        judged_since=movement.at,
        judged_until=movement.at,
        instruction_id=movement.instruction_id,
        ref=movement.ref,
        payment_ref=movement.payment_ref,
        order_id=order_id,
        theirs=movement.amount,
        their_state=movement.state,
    )


def _missing(books: BooksKey, payout: OurPayout, window: Span) -> Finding:
    """Judged only where the window shows all of the time in which they may have got it."""
    answered_at = payout.answered_at or payout.askable_at
    return Finding(
        finding_id=finding_id(books, Kind.MISSING, payout.instruction_id),
        kind=Kind.MISSING,
        severity=Severity.HIGH if payout.state is MoneyState.SUCCEEDED else Severity.MEDIUM,
        owner=Owner.FINANCE,
        because=f"The books of {payout.whose} have {payout.amount.plain()} {payout.state} through "
        f"{books.provider} ({payout.payout_ref or 'no reference'}), and their list from "
        f"{at(window.since)} to {at(window.until)} does not show it.",
        judged_since=min(payout.askable_at, answered_at) - SLACK,
        judged_until=answered_at + SLACK,
        instruction_id=payout.instruction_id,
        ref=payout.payout_ref,
        payment_ref=payout.payment_ref,
        order_id=payout.order_id,
        return_id=payout.return_id,
        ours=payout.amount,
        our_state=payout.state,
    )


def _twice(books: BooksKey, payout: OurPayout, counts: Movement, extra: Movement) -> Finding:
    because = (
        f"{paid_back(books, extra)}, a second time for {payout.whose}: the "
        f"instruction was carried out as {counts.ref} already."
    )
    key = finding_id(books, Kind.PAID_TWICE, payout.instruction_id, extra.ref)
    return _of_both(key, Kind.PAID_TWICE, payout, extra, because)


def _sum_differs(books: BooksKey, kind: Kind, payout: OurPayout, movement: Movement) -> Finding:
    because = f"{paid_back(books, movement)}; {payout.whose} has it as {payout.amount.plain()}."
    return _of_both(finding_id(books, kind, payout.instruction_id), kind, payout, movement, because)


def _state_differs(
    books: BooksKey, payout: OurPayout, movement: Movement, severity: Severity
) -> Finding:
    because = (
        f"{books.provider} has {movement.amount.plain()} of {payout.whose} as "
        f"{movement.state} ({movement.ref}), and we have it as {payout.state}."
    )
    key = finding_id(books, Kind.STATE_DIFFERS, payout.instruction_id)
    differs = _of_both(key, Kind.STATE_DIFFERS, payout, movement, because)
    return differs.model_copy(
        update={
            "severity": severity,
            "owner": Owner.MERCHANT,
            # What was made just now may not have been told yet.
            "judged_until": movement.at + SLACK,
        }
    )


def _of_both(key: str, kind: Kind, payout: OurPayout, movement: Movement, because: str) -> Finding:
    """A finding about one of ours and one of theirs; of money, until said otherwise."""
    return Finding(
        finding_id=key,
        kind=kind,
        severity=Severity.HIGH,
        owner=Owner.FINANCE,
        because=because,
        judged_since=movement.at,
        judged_until=movement.at,
        instruction_id=payout.instruction_id,
        ref=movement.ref,
        payment_ref=payout.payment_ref,
        order_id=payout.order_id,
        return_id=payout.return_id,
        can_ask=payout.can_ask,
        ours=payout.amount,
        our_state=payout.state,
        theirs=movement.amount,
        their_state=movement.state,
    )
