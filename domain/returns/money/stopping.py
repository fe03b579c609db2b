"""What was planned and is not sent yet follows what is due; what has left is not asked back."""

from domain.orders.events import SHIPPING
from domain.returns.events import PayoutCancelled, PayoutPlanned
from domain.returns.money.paying import funds_released
from domain.returns.money.promising import due_now, is_sent_by_us, may_be_stopped, planned_for
from domain.returns.money.settling import hear
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding


def stop_what_is_not_due(u: Unfolding) -> None:
    """What is not due any more, or more than is due, is not sent; the rest is planned anew."""
    ours = [payout for payout in u.state.payouts.values() if may_be_stopped(payout)]
    if not ours:
        return
    due = dict(due_now(u.state))
    keys = {part.key for payout in ours for part in payout.parts}
    over = {
        key
        for key in keys & {SHIPPING, *u.state.units}
        if planned_for(u.state, key) > due.get(key, 0)
    }
    for payout in ours:
        if any(part.key in over for part in payout.parts):
            stop(u, payout, "less is due than when it was planned")


def stop(u: Unfolding, payout: Payout, because: str) -> None:
    """It is not sent; and where it may be on its way already, its provider is asked.

    Nothing that takes its place is sent before they have answered (`agenda.money`).
    """
    key = payout.instruction_id
    u.happened(PayoutCancelled(occurred_at=u.now, instruction_id=key, because=because))
    reserved = u.books.reservations.get(key)
    if reserved is not None and reserved.live:
        funds_released(u, key, because)
    if is_sent_by_us(payout) and not _is_new(u, key):
        hear(u, payout, "it may have been sent already", u.now)


def _is_new(u: Unfolding, instruction_id: str) -> bool:
    """Whether it was only planned in this very decision, so that nobody can have sent it."""
    planned = (event for event in u.events if isinstance(event, PayoutPlanned))
    return any(event.instruction_id == instruction_id for event in planned)
