"""Money that was promised on goods which the dock does not have after all.

What has left is never asked back. What has not is held until the goods are counted after all,
or until a person lets it go or two write it off.
"""

from domain.returns.money import approvals
from domain.returns.money.releasing import over_a_cap, released
from domain.returns.state import Payout, Unit
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState

_REASON = "receipt_corrected"


def hold_for(u: Unfolding, unit: Unit) -> None:
    """Keep what was planned for the unit, with whatever goes in the same instruction."""
    for payout in list(u.state.payouts.values()):
        if payout.state is MoneyState.PLANNED and not payout.replaced and _is_for(payout, unit):
            because = f"the dock takes back that {unit.id} has come"
            approvals.withhold(u, payout, _REASON, because)


def release_for(u: Unfolding, unit: Unit) -> None:
    """It is here: what only waited for it goes, unless people have to say so."""
    for payout in list(u.state.payouts.values()):
        waits = payout.state is MoneyState.HELD and payout.reason == _REASON
        if not waits or payout.replaced or not _is_for(payout, unit):
            continue
        if over_a_cap(u, payout) is not None:
            continue
        if approvals.needs_two(u, payout) and approvals.still_to_approve(payout):
            because = "the goods are here; it takes two people to let the money go"
            approvals.withhold(u, payout, "needs_approval", because)
        else:
            released(u, payout, f"{unit.id} was counted after all")


def _is_for(payout: Payout, unit: Unit) -> bool:
    return any(part.key == unit.id for part in payout.parts)
