"""Where messages go, what may come of one, and which are wanted there."""

from collections.abc import Sequence

from domain.model import Value

SUBSCRIPTION_TYPE = "SubscriptionWorkflow"

NEWS = "news"
"""The signal that says: look whether there is something to deliver."""


class Endpoint(Value):
    """Where to deliver, and by which secrets it is signed: each of them signs each message."""

    url: str
    secrets: tuple[str, ...]


class Attempt(Value):
    """What came of sending one message. `status` 0: no answer came, `problem` says why."""

    status: int
    problem: str = ""
    retry_after_s: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the other side has it now."""
        return self.status // 100 == 2  # noqa: PLR2004 the class of HTTP's yes

    @property
    def gone(self) -> bool:
        """Whether the other side never wants anything again (410)."""
        return self.status == 410  # noqa: PLR2004 HTTP's word for it


def wanted(types: Sequence[str], event_type: str) -> bool:
    """Say whether a filter lets a type through: named, or by its group (`return.*`), or no filter."""
    return not types or event_type in types or f"{event_type.partition('.')[0]}.*" in types
