"""What the exchange rate did between payment and refund: booked to the merchant, never charged."""

from domain.money import Money
from domain.returns.events.resolving import ExchangeLossBooked
from domain.returns.notes import NotePayout
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding


def book_exchange_loss(u: Unfolding, payout: Payout, note: NotePayout) -> None:
    """Book it once for an instruction, where the provider says what it took and had brought."""
    cost, worth = note.cost, note.worth
    if cost is None or worth is None or payout.exchange_loss is not None:
        return
    if cost.currency != worth.currency or cost == worth or note.state != "succeeded":
        return
    u.happened(
        ExchangeLossBooked(
            occurred_at=u.now,
            instruction_id=payout.instruction_id,
            amount=Money(amount_minor=payout.amount_minor, currency=u.state.currency),
            cost=cost,
            worth=worth,
            loss_minor=cost.amount_minor - worth.amount_minor,
        )
    )
