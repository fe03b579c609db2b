"""What a verdict means for an exchange: the price that was agreed stands for the customer."""

from domain.money import percentage_up
from domain.policy.price import unit_value
from domain.returns.events.bills import DifferenceBorne
from domain.returns.goods.replacing import is_earned, wants_goods
from domain.returns.state import ReturnState, Unit
from domain.returns.unfolding import Unfolding
from domain.words import Decision


def bear_differences(u: Unfolding) -> None:
    """Record what the merchant bears where a deduction would have made the article dearer.

    What a cheaper article would have left shrinks, to nothing at most; a second bill is never
    sent for what the customer did not agree to.
    """
    for unit in list(u.state.live_units):
        if not wants_goods(unit) or unit.decision in {Decision.PENDING, Decision.APPEALED}:
            continue
        change = _borne(u.state, unit) - unit.borne_minor
        if change:
            u.happened(
                DifferenceBorne(
                    occurred_at=u.now,
                    unit=unit.id,
                    amount_minor=change,
                    reason=str(unit.decision),
                    because=f"{unit.share_bp / 100:g} % of its value; the price agreed stands",
                )
            )


def _borne(state: ReturnState, unit: Unit) -> int:
    quoted = state.quoted(unit.id)
    whole = unit.decision in {Decision.ACCEPTED, Decision.APPEAL_UPHELD}
    if quoted is None or quoted.exchange is None or whole or not is_earned(unit):
        return 0
    kept = percentage_up(unit_value(quoted), unit.share_bp)
    dearer = max(0, quoted.exchange.cost_minor - kept)
    return dearer - max(0, quoted.exchange.difference_minor)
