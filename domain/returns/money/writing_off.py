"""Money that is not owed any more: a bank has given it, or two people say so, with a reason.

What is given up leaves the promise by an adjustment, so that what was paid and what was
promised stay the same; and no later verdict brings it back.
"""

from domain.orders.letting_go import PEOPLE
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import PayoutCancelled, PayoutPart, QuoteAdjusted
from domain.returns.money import approvals
from domain.returns.money.paying import funds_released
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState

STUCK = frozenset({MoneyState.HELD, MoneyState.FAILED, MoneyState.REVERSED})
"""Where money is owed and on no way."""


def write_off_payout(u: Unfolding, ask: c.WriteOffPayout) -> Refused | None:
    """One person's word that stuck money is not owed any more; the second one's ends it."""
    payout = u.state.payouts.get(ask.instruction_id)
    if payout is None:
        return Refused(code="unknown_payout", because="instruction_id: no such payout here")
    if payout.replaced or payout.state not in STUCK:
        return Refused(
            code="payout_not_stuck", because=f"instruction_id: that payout is {payout.state}"
        )
    refused = approvals.no_to(u.state, payout, u.by, payout.given_up_by)
    if refused is not None:
        return refused
    approvals.approve(u, payout, "write_off", ask.because)
    payout = u.state.payouts[payout.instruction_id]
    if len(payout.given_up_by) >= PEOPLE:
        give_up(u, payout, payout.amount_minor, "written_off", ask.because)
    return None


def give_up(u: Unfolding, payout: Payout, amount_minor: int, reason: str, because: str) -> None:
    """End an instruction; `amount_minor` of it, from its last parts, is not owed any more."""
    u.happened(
        PayoutCancelled(occurred_at=u.now, instruction_id=payout.instruction_id, because=because)
    )
    reserved = u.books.reservations.get(payout.instruction_id)
    if reserved is not None and reserved.live:
        funds_released(u, payout.instruction_id, because)
    for part in _last(payout.parts, amount_minor):
        u.happened(
            QuoteAdjusted(
                occurred_at=u.now,
                key=part.key,
                amount_minor=-part.amount_minor,
                reason=reason,
                because=because,
            )
        )


def _last(parts: tuple[PayoutPart, ...], amount_minor: int) -> list[PayoutPart]:
    """What of each part belongs to an amount that is taken from the end."""
    taken: list[PayoutPart] = []
    for part in reversed(parts):
        share = min(part.amount_minor, amount_minor)
        amount_minor -= share
        if share:
            taken.append(PayoutPart(key=part.key, amount_minor=share))
    return taken
