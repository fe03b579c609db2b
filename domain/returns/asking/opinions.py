"""What the customer thought of it."""

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import FeedbackReceived
from domain.returns.unfolding import Unfolding


def give_feedback(u: Unfolding, ask: c.GiveFeedback) -> Refused | None:
    """Keep it as it was said."""
    u.happened(
        FeedbackReceived(occurred_at=ask.occurred_at or u.now, rating=ask.rating, note=ask.note)
    )
    return None
