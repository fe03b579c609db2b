"""The books against each other: our streams, and what each partner wrote down by itself.

Nothing here trusts the engine: it reads exported events and the partners' ledgers, and says
what does not agree. An empty list is the proof that the demo, the tests and the fault suite
ask for. The letters are those of the invariants: E streams, M money, C money collected, R what is
given instead, L labels, G goods, K lots, T and S the ends of returns, N messages.
"""

from collections.abc import Callable, Iterator

from demo.audit.claims import claims
from demo.audit.collected import collected
from demo.audit.endings import ends, turns
from demo.audit.events import orderly
from demo.audit.goods import goods
from demo.audit.instead import instead
from demo.audit.labels import labels
from demo.audit.lots import lots
from demo.audit.money import money
from demo.audit.notices import notices
from demo.audit.promises import promises
from demo.audit.rows import Books, Difference, Row, Streams

__all__ = ["Books", "Difference", "Row", "Streams", "audit"]

Check = Callable[[Streams, Books], Iterator[Difference]]

ALWAYS: tuple[Check, ...] = (orderly, money, promises, labels, claims, goods, lots, notices, turns)
"""What holds at any moment at which nobody is in the middle of a call."""

AT_THE_END: tuple[Check, ...] = (ends, collected, instead)
"""What holds when every story has been told to its end."""


def audit(streams: Streams, books: Books, *, drained: bool = False) -> list[Difference]:
    """List every difference, in the order of the invariants.

    Args:
        streams: The events, as exported from the store.
        books: The ledgers, as the partners tell them.
        drained: Whether nothing is to come any more, so that every return must be closed.
    """
    checks = (*ALWAYS, *AT_THE_END) if drained else ALWAYS
    return [difference for check in checks for difference in check(streams, books)]
