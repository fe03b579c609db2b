"""From verdicts to money: what is to be paid now, and to where.

What is planned is always the difference between what is due and what standing payouts hold.
So a second decision, a late unit or a found parcel pays what is missing, once, by the same
few lines as the first payout.

What was not sent yet is laid out anew with it: by the units' order in the request, and not by
what came first. So it does not matter to whom goods, reports and corrections come in which
order, as long as nothing has left.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from domain.orders.caps import check_reservation
from domain.orders.events import SHIPPING, FundsPart
from domain.orders.ledger import Ledger, Reserved
from domain.orders.tenders import spread
from domain.returns.events import PayoutCancelled, PayoutPart
from domain.returns.money.paying import (
    BY_POLICY,
    NOWHERE,
    Way,
    as_funds,
    hold,
    ledger_key,
    plan,
    to_account,
    to_tender,
)
from domain.returns.money.promising import (
    due_now,
    due_units,
    fee_promise,
    fee_taken,
    fee_taken_from,
    may_be_stopped,
    planned_for,
)
from domain.returns.money.stopping import stop
from domain.returns.state import Payout, ReturnState
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState, Resolution

Layout = dict[Way, list[PayoutPart]]
"""Where everything goes that is due and has not left."""

_ANEW = "it is laid out anew, with what else is due"


def plan_payouts(u: Unfolding) -> None:
    """Plan what is due and not yet in a payout, each part to where it belongs."""
    if u.state.quote is None:
        return
    unsent = [payout for payout in u.state.payouts.values() if _may_move(payout)]
    if unsent and not _is_to_be_moved(u):
        return
    rest, because = _laid_out(u, unsent)
    kept = [payout for payout in unsent if _takes_its_place(rest, payout)]
    for payout in unsent:
        if payout not in kept:
            stop(u, payout, _ANEW)
    for way, parts in rest.items():
        if not sum(part.amount_minor for part in parts):
            continue
        if way == NOWHERE:
            hold(u, tuple(parts), because)
        else:
            plan(u, way, tuple(parts), BY_POLICY)


def _may_move(payout: Payout) -> bool:
    """Whether nobody has said anything of it yet: no provider, no bank, no person."""
    waits = payout.reason in {"needs_approval", "shortfall"}
    untouched = not payout.approved_by and not payout.given_up_by
    of_goods = not any(part.key.startswith("collected:") for part in payout.parts)
    is_ours = may_be_stopped(payout) and untouched and of_goods
    return is_ours and (payout.state is MoneyState.PLANNED or waits)


def _is_to_be_moved(u: Unfolding) -> bool:
    """Whether anything is due that nothing holds, or the other way round."""
    state = u.state
    return (
        fee_promise(state) != fee_taken(state)
        or any(isinstance(event, PayoutCancelled) for event in u.events)
        or bool(_open_parts(state))
    )


def _laid_out(u: Unfolding, unsent: Sequence[Payout]) -> tuple[Layout, str]:
    """What is due and not sent, as if nothing of it had been planned yet.

    And why something has no place, if so.
    """
    ids = {payout.instruction_id for payout in unsent}
    state, books = u.state, u.books
    if ids:
        payouts = {key: known for key, known in state.payouts.items() if key not in ids}
        reserved = {key: known for key, known in books.reservations.items() if key not in ids}
        state = replace(state, payouts=payouts)
        books = replace(books, reservations=reserved)
    parts = _after_fee(state, _open_parts(state))
    to_credit = _to_credit(state, parts)
    to_tenders = [part for part in parts if part not in to_credit]
    wanted = {to_account(state.customer_id): to_credit, **_over_tenders(u, books, to_tenders)}
    return _within_caps(u, books, wanted)


def _open_parts(state: ReturnState) -> list[PayoutPart]:
    """What is due for each unit, and for the shipping, less what standing payouts hold."""
    return [
        PayoutPart(key=key, amount_minor=amount - planned_for(state, key))
        for key, amount in due_now(state)
        if amount > planned_for(state, key)
    ]


def _to_credit(state: ReturnState, parts: Sequence[PayoutPart]) -> list[PayoutPart]:
    """What is issued as credit: the shipping too, where all that is due is answered so."""
    credited = {
        unit.id for unit in state.units.values() if unit.resolution is Resolution.STORE_CREDIT
    }
    due = [unit.id for unit in due_units(state)]
    if due and all(key in credited for key in due):
        credited.add(SHIPPING)
    return [part for part in parts if part.key in credited]


def _after_fee(state: ReturnState, parts: Sequence[PayoutPart]) -> list[PayoutPart]:
    """Take what is left of the label fee from the first parts; charged once per return.

    A fee that was taken and is not owed any more goes back with the units it was taken from.
    """
    fee = fee_promise(state) - fee_taken(state)
    if fee < 0:
        return _with_fee_back(state, parts, -fee)
    reduced: list[PayoutPart] = []
    for part in parts:
        share = min(fee, part.amount_minor)
        fee -= share
        reduced.append(
            PayoutPart(key=part.key, amount_minor=part.amount_minor - share, label_fee_minor=share)
        )
    return reduced


def _with_fee_back(
    state: ReturnState, parts: Sequence[PayoutPart], fee_minor: int
) -> list[PayoutPart]:
    back = {part.key: (part.amount_minor, 0) for part in parts}
    for key in [*state.units, SHIPPING]:
        share = min(fee_minor, fee_taken_from(state, key))
        fee_minor -= share
        if share:
            amount, _ = back.get(key, (0, 0))
            back[key] = (amount + share, -share)
    return [
        PayoutPart(key=key, amount_minor=amount, label_fee_minor=fee)
        for key, (amount, fee) in back.items()
    ]


def _over_tenders(u: Unfolding, books: Ledger, parts: Sequence[PayoutPart]) -> Layout:
    """Fill the tenders in the policy's order; what cannot be placed is held, never dropped."""
    if not parts:
        return {}
    fees = {part.key: part.label_fee_minor for part in parts}
    spread_out = spread(books, as_funds(u, parts), u.state.agreed.tender_order)
    tenders = {tender.tender_id: tender for tender in books.order.tenders}
    laid_out = {
        to_tender(tenders[placed.tender_id]): _as_parts(u, placed.parts, fees)
        for placed in spread_out.placements
    }
    if spread_out.shortfall:
        laid_out[NOWHERE] = _as_parts(u, spread_out.shortfall, fees)
    return laid_out


def _as_parts(u: Unfolding, funds: Sequence[FundsPart], fees: dict[str, int]) -> list[PayoutPart]:
    """Back in the return's words; a part's label fee goes with its first piece."""
    names = {ledger_key(u, key): key for key in [*u.state.units, SHIPPING]}
    return [
        PayoutPart(
            key=names[part.key],
            amount_minor=part.amount_minor,
            label_fee_minor=fees.pop(names[part.key], 0),
        )
        for part in funds
    ]


def _within_caps(u: Unfolding, books: Ledger, wanted: Layout) -> tuple[Layout, str]:
    """What a cap does not allow has no place, with whatever would have gone with it."""
    placed, nowhere, refusals = Layout(), list[PayoutPart](), list[str]()
    for way, parts in wanted.items():
        funds = tuple(part for part in as_funds(u, parts) if part.amount_minor)
        amount = sum(part.amount_minor for part in funds)
        if not amount:
            continue
        if way == NOWHERE:
            because = f"the tenders of the order have {amount} less than is due"
        else:
            refused = check_reservation(books, way.tender_id or None, amount, funds)
            because = refused.because if refused is not None else ""
        if because:
            nowhere, refusals = [*nowhere, *parts], [*refusals, because]
            continue
        placed[way] = parts
        books = _with_funds(books, way, funds)
    return placed | {NOWHERE: _added_up(nowhere)}, "; ".join(refusals)


def _with_funds(books: Ledger, way: Way, funds: tuple[FundsPart, ...]) -> Ledger:
    amount = sum(part.amount_minor for part in funds)
    reserved = Reserved(str(way), None, way.tender_id or None, amount, funds)
    return replace(books, reservations={**books.reservations, str(way): reserved})


def _added_up(parts: Sequence[PayoutPart]) -> list[PayoutPart]:
    """One part for each unit: what has no place may have been meant for several tenders."""
    amounts, fees = Counter[str](), Counter[str]()
    for part in parts:
        amounts[part.key] += part.amount_minor
        fees[part.key] += part.label_fee_minor
    return [
        PayoutPart(key=key, amount_minor=amount, label_fee_minor=fees[key])
        for key, amount in amounts.items()
    ]


def _takes_its_place(rest: Layout, payout: Payout) -> bool:
    """Whether all of a payout is where it belongs; what is left to be planned is `rest` then."""
    way = Way(payout.destination, payout.tender_id, payout.provider, payout.payment_ref)
    open_parts = {part.key: part for part in rest.get(way, ())}
    if not all(_fits(open_parts.get(part.key), part) for part in payout.parts):
        return False
    for part in payout.parts:
        wanted = open_parts[part.key]
        open_parts[part.key] = PayoutPart(
            key=part.key,
            amount_minor=wanted.amount_minor - part.amount_minor,
            label_fee_minor=wanted.label_fee_minor - part.label_fee_minor,
        )
    rest[way] = [part for part in open_parts.values() if part.amount_minor]
    return True


def _fits(wanted: PayoutPart | None, part: PayoutPart) -> bool:
    """All of it, with its fee; or some of it, and the fee is still to be taken."""
    if wanted is None or part.amount_minor > wanted.amount_minor:
        return False
    fee_is_open = not part.label_fee_minor and part.amount_minor < wanted.amount_minor
    return part.label_fee_minor == wanted.label_fee_minor or fee_is_open
