"""An instruction to pay: where it goes, what is set aside for it, and what waits for a place."""

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
from domain.refusal import Refused
from domain.returns.events import PayoutHeld, PayoutPart, PayoutPlanned
from domain.returns.money.approvals import hold_back
from domain.returns.unfolding import Unfolding

STORE_CREDIT = "stored_value"
"""The provider that issues value to spend with the merchant."""


class Way(NamedTuple):
    """Where an instruction takes money: by whom it is paid, and against which payment."""

    destination: str
    tender_id: str
    provider: str
    payment_ref: str


NOWHERE = Way("", "", "", "")
"""What is owed and has no place to go."""


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


def to_account(customer_id: str) -> Way:
    """Issued as value to spend with the merchant, on the customer's account."""
    return Way("store_credit", "", STORE_CREDIT, customer_id)


def plan_value(
    u: Unfolding, parts: tuple[PayoutPart, ...], destination: str, chosen: Chosen
) -> Refused | None:
    """Issue value instead; it counts against the units and the order all the same.

    A gift card is an account of its own, which whoever has its code may claim.
    """
    funds = tuple(part for part in as_funds(u, parts) if part.amount_minor)
    refused = check_reservation(u.books, None, sum(f.amount_minor for f in funds), funds)
    if refused is not None:
        return refused
    way = to_account(u.state.customer_id)
    if destination == "gift_card":
        account = f"card:{u.state.return_id}:{len(u.state.payouts) + 1}"
        way = way._replace(destination=destination, payment_ref=account)
    plan(u, way, parts, chosen)
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
        FundsPart(key=ledger_key(u, part.key), amount_minor=part.amount_minor) for part in parts
    )


def ledger_key(u: Unfolding, key: str) -> str:
    """What the ledger calls a unit, the shipping, or a part of what was collected."""
    if key == SHIPPING:
        return SHIPPING
    if key.startswith("collected:"):
        return collected_key(key.split(":")[1])
    asked = u.state.units[key].asked
    return unit_key(asked.line_id, asked.ordinal)


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
