"""Whose turn it is with a refund by staff: always somebody's, until the money is there or free."""

from datetime import timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.money import Money
from domain.orders.ledger import Ledger, Reserved
from domain.orders.letting_go import PEOPLE
from domain.orders.refunds.standing import StaffRefund
from domain.words import Actor, MoneyState

TIME_TO_DECIDE = timedelta(days=2)
"""In which people say yes or no, and pay by hand what no machine can pay."""

TIME_TO_SEND = timedelta(days=1)
TIME_TO_SETTLE = timedelta(days=10)
"""A refund to a card is there within 5 to 10 business days; then a person asks the provider."""


class RefundStep(BaseModel):
    """The one thing that is to be done next. `performs` names the activity where it is ours.

    It stands in histories, so what a newer release adds to it is left out by an older one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    actor: Actor
    action: str
    due_at: AwareDatetime
    summary: str
    performs: str = ""


def next_step(ledger: Ledger, instruction_id: str) -> RefundStep | None:
    """Say who must do what by when; nothing where all is done."""
    reserved = ledger.reservations.get(instruction_id)
    if reserved is None or reserved.refund is None:
        return None
    turn = _turn(reserved.refund, amount_of(ledger, reserved).plain())
    if turn is None:
        return None
    return RefundStep(
        actor=turn.actor,
        action=turn.action,
        due_at=reserved.refund.since + turn.within,
        summary=turn.summary,
        performs=turn.performs,
    )


def amount_of(ledger: Ledger, reserved: Reserved) -> Money:
    """What is given back."""
    return Money(amount_minor=reserved.amount_minor, currency=ledger.order.currency)


def still_to_approve(refund: StaffRefund) -> int:
    """How many people are still to say yes to what takes two."""
    return max(0, PEOPLE - len(refund.approved_by))


class _Turn(NamedTuple):
    actor: Actor
    action: str
    summary: str
    within: timedelta
    performs: str = ""


def _turn(refund: StaffRefund, what: str) -> _Turn | None:
    through = refund.provider
    match refund.state:
        case MoneyState.HELD if refund.reason == "needs_approval":
            summary = f"{what} wait for {still_to_approve(refund)} more to say yes: refund-approve"
            return _Turn(Actor.MERCHANT, "approve_refund", summary, TIME_TO_DECIDE)
        case MoneyState.HELD:
            summary = f"{what} are held ({refund.reason}): refund-approve or refund-decline"
            return _Turn(Actor.MERCHANT, "decide_refund", summary, TIME_TO_DECIDE)
        case MoneyState.PLANNED if refund.destination == "manual":
            how = through.replace("_", " ")
            summary = f"pay {what} by {how}, then refund-paid with its reference"
            return _Turn(Actor.MERCHANT, "pay_by_hand", summary, TIME_TO_DECIDE)
        case MoneyState.PLANNED | MoneyState.UNKNOWN:
            verb = "send" if refund.state is MoneyState.PLANNED else "find out about"
            summary = f"{verb} {what} through {through}"
            return _Turn(Actor.SYSTEM, "pay_refund", summary, TIME_TO_SEND, "pay_refund")
        case MoneyState.SUBMITTED | MoneyState.PENDING:
            summary = f"{through} settles {what}"
            return _Turn(Actor.GATEWAY, "settle_refund", summary, TIME_TO_SETTLE)
        case MoneyState.REQUIRES_ACTION:
            summary = f"{through} needs the customer for {what}"
            return _Turn(Actor.CUSTOMER, "act_on_refund", summary, TIME_TO_SETTLE)
        case _:
            return None
