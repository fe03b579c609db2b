"""From verdicts to money: what changed in the promise, what is to be paid now, and to where.

What is planned is always the difference between what is due and what standing payouts hold.
So a second decision, a late unit or a found parcel pays what is missing, once, by the same
few lines as the first payout.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from domain.orders.caps import check_reservation
from domain.orders.events import (
    SHIPPING,
    FundsPaid,
    FundsPart,
    FundsReleased,
    FundsReserved,
    collected_key,
    unit_key,
)
from domain.orders.order import BY_HAND, Tender
from domain.orders.tenders import spread
from domain.refusal import Refused
from domain.returns.events import PayoutHeld, PayoutPart, PayoutPlanned
from domain.returns.money.approvals import hold_back
from domain.returns.money.promising import (
    due_units,
    fee_promise,
    fee_taken,
    fee_taken_from,
    planned_for,
    shipping_is_due,
    shipping_promise,
    unit_promise,
)
from domain.returns.state import ReturnState
from domain.returns.unfolding import Unfolding
from domain.words import Resolution

STORE_CREDIT = "stored_value"
"""The provider that issues value to spend with the merchant."""


class Way(NamedTuple):
    """Where an instruction takes money: by whom it is paid, and against which payment."""

    destination: str
    tender_id: str
    provider: str
    payment_ref: str


class Chosen(NamedTuple):
    """Who said that money goes there, whose consent it has, and what it is paid instead of."""

    by: str = ""
    consent: Literal["", "customer", "policy"] = ""
    replaces: str = ""


BY_POLICY = Chosen()


def to_tender(tender: Tender) -> Way:
    """Back to what it was paid with; by a person where no provider can be asked."""
    destination = "manual" if tender.provider in BY_HAND else "tender"
    return Way(destination, tender.tender_id, tender.provider, tender.payment_ref)


def plan_payouts(u: Unfolding) -> None:
    """Plan what is due and not yet in a payout, each part to where it belongs."""
    if u.state.quote is None:
        return
    credited = {
        unit.id for unit in u.state.units.values() if unit.resolution is Resolution.STORE_CREDIT
    }
    parts = _after_fee(u, _open_parts(u))
    all_credit = bool(parts) and all(part.key in credited for part in parts if part.key != SHIPPING)
    to_credit = tuple(
        part for part in parts if part.key in credited or (part.key == SHIPPING and all_credit)
    )
    to_tenders = tuple(part for part in parts if part not in to_credit)
    if sum(part.amount_minor for part in to_credit):
        plan_value(u, to_credit, "store_credit", BY_POLICY)
    if sum(part.amount_minor for part in to_tenders):
        _plan_tenders(u, to_tenders)


def _open_parts(u: Unfolding) -> list[PayoutPart]:
    """What is due for each unit, and for the shipping, less what standing payouts hold."""
    state = u.state
    return [
        PayoutPart(key=key, amount_minor=amount - planned_for(state, key))
        for key, amount in due_now(state)
        if amount > planned_for(state, key)
    ]


def due_now(state: ReturnState) -> list[tuple[str, int]]:
    """What is due for each unit, and for the shipping."""
    due = [(unit.id, unit_promise(state, unit)) for unit in due_units(state)]
    if shipping_is_due(state):
        due.append((SHIPPING, shipping_promise(state)))
    return due


def _after_fee(u: Unfolding, parts: Sequence[PayoutPart]) -> tuple[PayoutPart, ...]:
    """Take what is left of the label fee from the first parts; charged once per return.

    A fee that was taken and is not owed any more goes back with the units it was taken from.
    """
    fee = fee_promise(u.state) - fee_taken(u.state)
    if fee < 0:
        return _with_fee_back(u.state, parts, -fee)
    reduced: list[PayoutPart] = []
    for part in parts:
        share = min(fee, part.amount_minor)
        fee -= share
        reduced.append(
            PayoutPart(key=part.key, amount_minor=part.amount_minor - share, label_fee_minor=share)
        )
    return tuple(reduced)


def _with_fee_back(
    state: ReturnState, parts: Sequence[PayoutPart], fee_minor: int
) -> tuple[PayoutPart, ...]:
    back = {part.key: (part.amount_minor, 0) for part in parts}
    for key in [*state.units, SHIPPING]:
        share = min(fee_minor, fee_taken_from(state, key))
        fee_minor -= share
        if share:
            amount, _ = back.get(key, (0, 0))
            back[key] = (amount + share, -share)
    return tuple(
        PayoutPart(key=key, amount_minor=amount, label_fee_minor=fee)
        for key, (amount, fee) in back.items()
    )


def _plan_tenders(u: Unfolding, parts: tuple[PayoutPart, ...]) -> None:
    """Fill the tenders in the policy's order; what cannot be placed is held, never dropped."""
    fees = {part.key: part.label_fee_minor for part in parts}
    laid_out = spread(u.books, as_funds(u, parts), u.state.agreed.tender_order)
    for placement in laid_out.placements:
        tender = next(t for t in u.books.order.tenders if t.tender_id == placement.tender_id)
        refused = check_reservation(
            u.books, tender.tender_id, placement.amount_minor, placement.parts
        )
        payout_parts = _as_parts(u, placement.parts, fees)
        if refused is not None:
            hold(u, payout_parts, refused.because)
            continue
        plan(u, to_tender(tender), payout_parts, BY_POLICY)
    if laid_out.shortfall:
        because = f"the tenders of the order have {laid_out.shortfall_minor} less than is due"
        hold(u, _as_parts(u, laid_out.shortfall, fees), because)


def plan_value(
    u: Unfolding, parts: tuple[PayoutPart, ...], destination: str, chosen: Chosen
) -> Refused | None:
    """Issue value instead; it counts against the units and the order all the same.

    A gift card is an account of its own, which whoever has its code may claim.
    """
    funds = tuple(part for part in as_funds(u, parts) if part.amount_minor)
    refused = check_reservation(u.books, None, sum(f.amount_minor for f in funds), funds)
    if refused is not None:
        if not chosen.replaces:
            hold(u, parts, refused.because)
        return refused
    account = u.state.customer_id
    if destination == "gift_card":
        account = f"card:{u.state.return_id}:{len(u.state.payouts) + 1}"
    plan(u, Way(destination, "", STORE_CREDIT, account), parts, chosen)
    return None


def plan(u: Unfolding, way: Way, parts: tuple[PayoutPart, ...], chosen: Chosen) -> None:
    """Reserve on the order's ledger and plan the instruction, in one transaction.

    Who may let it go is asked here, of every instruction.
    """
    instruction_id = u.made_id("payout", len(u.state.payouts) + 1)
    amount = sum(part.amount_minor for part in parts)
    u.booked(
        FundsReserved(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=instruction_id,
            return_id=u.state.return_id,
            tender_id=way.tender_id or None,
            amount_minor=amount,
            parts=tuple(part for part in as_funds(u, parts) if part.amount_minor),
        )
    )
    u.happened(
        PayoutPlanned.model_validate(
            {
                "occurred_at": u.now,
                "instruction_id": instruction_id,
                "destination": way.destination,
                "tender_id": way.tender_id,
                "provider": way.provider,
                "payment_ref": way.payment_ref,
                "amount_minor": amount,
                "currency": u.state.currency,
                "parts": parts,
                "replaces": chosen.replaces,
                "chosen_by": chosen.by,
                "consent": chosen.consent,
            }
        )
    )
    hold_back(u, instruction_id)


def hold(u: Unfolding, parts: tuple[PayoutPart, ...], because: str) -> None:
    """Keep by name what is owed and has no place to go."""
    u.happened(
        PayoutHeld(
            occurred_at=u.now,
            instruction_id=u.made_id("payout", len(u.state.payouts) + 1),
            reason="shortfall",
            because=because,
            amount_minor=sum(part.amount_minor for part in parts),
            currency=u.state.currency,
            parts=parts,
        )
    )


def as_funds(u: Unfolding, parts: Sequence[PayoutPart]) -> tuple[FundsPart, ...]:
    """The same parts in the ledger's words."""
    return tuple(
        FundsPart(key=_ledger_key(u, part.key), amount_minor=part.amount_minor) for part in parts
    )


def _ledger_key(u: Unfolding, key: str) -> str:
    if key == SHIPPING:
        return SHIPPING
    if key.startswith("collected:"):
        return collected_key(key.split(":")[1])
    asked = u.state.units[key].asked
    return unit_key(asked.line_id, asked.ordinal)


def _as_parts(
    u: Unfolding, funds: Sequence[FundsPart], fees: dict[str, int]
) -> tuple[PayoutPart, ...]:
    """Back in the return's words; a part's label fee goes with its first piece."""
    names = {_ledger_key(u, key): key for key in [*u.state.units, SHIPPING]}
    return tuple(
        PayoutPart(
            key=names[part.key],
            amount_minor=part.amount_minor,
            label_fee_minor=fees.pop(names[part.key], 0),
        )
        for part in funds
    )


def funds_paid(u: Unfolding, instruction_id: str, payout_ref: str = "") -> None:
    """The order's ledger learns that the money has gone, and what the provider calls it."""
    u.booked(
        FundsPaid(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=instruction_id,
            payout_ref=payout_ref[:200],
        )
    )


def funds_released(u: Unfolding, instruction_id: str, because: str) -> None:
    """The order's ledger learns that the money will not go, or came back."""
    u.booked(
        FundsReleased(
            order_id=u.state.order_id,
            occurred_at=u.now,
            instruction_id=instruction_id,
            because=because[:2_000] or "failed",
        )
    )
