"""What was planned and is not sent yet follows what is due; what has left is not asked back."""

from domain.orders.events import SHIPPING
from domain.returns.events import PayoutCancelled, PayoutPlanned, QuoteAdjusted
from domain.returns.money.adjusting import AS_GIVEN
from domain.returns.money.paying import due_now, funds_released
from domain.returns.money.promising import may_be_stopped, planned_for
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
    if _costs_again(u):
        over |= keys
    for payout in ours:
        if any(part.key in over for part in payout.parts):
            _stop(u, payout)


def _costs_again(u: Unfolding) -> bool:
    """Whether the label costs again what it did, and nothing was planned with that yet."""
    for event in reversed(u.events):
        if isinstance(event, PayoutPlanned):
            return False
        if (
            isinstance(event, QuoteAdjusted)
            and event.because == AS_GIVEN
            and event.amount_minor < 0
        ):
            return True
    return False


def _stop(u: Unfolding, payout: Payout) -> None:
    key, because = payout.instruction_id, "less is due than when it was planned"
    u.happened(PayoutCancelled(occurred_at=u.now, instruction_id=key, because=because))
    reserved = u.books.reservations.get(key)
    if reserved is not None and reserved.live:
        funds_released(u, key, because)
