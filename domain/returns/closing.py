"""When a return is completed, and when it is not any more."""

from domain.returns.agenda import agenda, everything_explained, is_unfinished
from domain.returns.events import ReturnCompleted, ReturnReopened
from domain.returns.lifecycle import Life
from domain.returns.money.promising import paid_minor, promised_minor
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState


def complete(u: Unfolding) -> None:
    """Completed is: every unit explained, every promise kept to the minor unit, no step open."""
    state = u.state
    if state.life is not Life.OPEN or not state.is_approved or not everything_explained(state):
        return
    if any(is_unfinished(step) for step in agenda(state)):
        return
    promised, paid = promised_minor(state), paid_minor(state)
    settled = all(
        payout.state is MoneyState.SUCCEEDED for payout in state.payouts.values() if payout.stands
    )
    if settled and promised == paid:
        u.happened(ReturnCompleted(occurred_at=u.now, promised_minor=promised, paid_minor=paid))


def reopen_completed(u: Unfolding) -> None:
    """Late news that leaves something to do opens a completed return again."""
    if u.state.life is not Life.COMPLETED:
        return
    unfinished = next((step for step in agenda(u.state) if is_unfinished(step)), None)
    if unfinished is not None:
        u.happened(ReturnReopened(occurred_at=u.now, was="completed", because=unfinished.summary))
