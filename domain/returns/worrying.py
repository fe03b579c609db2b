"""What only a person can settle becomes a concern, once."""

from domain.returns.events import Escalated
from domain.returns.unfolding import Unfolding


def worry(u: Unfolding, concern_id: str, what: str, because: str) -> None:
    if concern_id not in u.state.concerns:
        u.happened(Escalated(occurred_at=u.now, concern_id=concern_id, what=what, because=because))
