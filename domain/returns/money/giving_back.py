"""What was collected and is not owed any more goes back: to the very payment, and only once."""

from domain.money import percentage
from domain.orders.caps import check_reservation
from domain.returns.events import PayoutPart, QuoteAdjusted
from domain.returns.events.bills import BILLED_FEE, BillPart
from domain.returns.goods.replacing import is_earned, is_refused
from domain.returns.money.billing import back_key, fee_due_minor, is_wanted
from domain.returns.money.paying import BY_POLICY, Way, as_funds, hold, plan
from domain.returns.money.promising import planned_for
from domain.returns.state import ReturnState
from domain.returns.things import Bill, Hold
from domain.returns.unfolding import Unfolding
from domain.words_of_money import BillState, HoldState


def promise_back(u: Unfolding) -> None:
    """Promise what of a paid bill is not owed; what was promised so is never asked for again."""
    for bill in list(u.state.bills.values()):
        if bill.state is not BillState.PAID:
            continue
        for part in bill.parts:
            key = back_key(bill, part)
            back = part.amount_minor - _kept(u.state, bill, part)
            more = back - u.state.given_back.get(key, 0) - u.state.given_up.get(key, 0)
            if more > 0:
                reason = "paid_too_late" if bill.late else "not_sent"
                _promise(u, key, more, reason, _why(bill, part))


def promise_taken_back(u: Unfolding) -> None:
    """Promise what was taken of a hold and is not owed, once the goods have turned up."""
    for kept in list(u.state.holds.values()):
        if kept.state is not HoldState.TAKEN:
            continue
        key = f"collected:{kept.instruction_id}:{kept.unit}"
        back = kept.taken_minor - _owed_of_hold(u.state, kept)
        more = back - u.state.given_back.get(key, 0) - u.state.given_up.get(key, 0)
        if more > 0:
            _promise(u, key, more, "goods_came_back", "the old goods are here")


def _owed_of_hold(state: ReturnState, kept: Hold) -> int:
    """What is the merchant's: all of it while the goods are out, a share if they are refused."""
    unit = state.units[kept.unit]
    if kept.let_go or is_earned(unit):
        return 0
    if is_refused(unit) and not unit.decided_unseen:
        share = percentage(kept.amount_minor, state.agreed.collecting.rejected_bp)
        return min(kept.taken_minor, share)
    return kept.taken_minor


def _promise(u: Unfolding, key: str, amount_minor: int, reason: str, because: str) -> None:
    u.happened(
        QuoteAdjusted(
            occurred_at=u.now, key=key, amount_minor=amount_minor, reason=reason, because=because
        )
    )


def _kept(state: ReturnState, bill: Bill, part: BillPart) -> int:
    """What of a part is the merchant's: the article is sent, or may be; the label was used."""
    if bill.late:
        return 0
    if part.key != BILLED_FEE:
        return part.amount_minor if is_wanted(state, state.units[part.key]) else 0
    units = [state.units[other.key] for other in bill.parts if other.key != BILLED_FEE]
    used = state.has_left and any(is_refused(unit) for unit in units)
    is_owed = used or any(is_wanted(state, unit) for unit in units)
    return min(part.amount_minor, fee_due_minor(state)) if is_owed else 0


def _why(bill: Bill, part: BillPart) -> str:
    if bill.late:
        return "it was paid when it could not be paid any more"
    return "the label is not the customer's to pay" if part.key == BILLED_FEE else "it is not sent"


def plan_back(u: Unfolding) -> None:
    """Pay what is promised back to the payment that it came from, under its own cap."""
    open_parts: dict[str, list[PayoutPart]] = {}
    for key, back in u.state.given_back.items():
        amount = back - planned_for(u.state, key)
        if amount > 0:
            part = PayoutPart(key=key, amount_minor=amount)
            open_parts.setdefault(key.split(":")[1], []).append(part)
    for collected, parts in open_parts.items():
        _plan_to(u, collected, tuple(parts))


def _plan_to(u: Unfolding, collected: str, parts: tuple[PayoutPart, ...]) -> None:
    amount = sum(part.amount_minor for part in parts)
    refused = check_reservation(u.books, collected, amount, as_funds(u, parts))
    payment = u.books.payment(collected)
    if refused is not None or payment is None:
        hold(u, parts, refused.because if refused else "nobody knows that payment")
    else:
        plan(u, Way("tender", *payment), parts, BY_POLICY)
