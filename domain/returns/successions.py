"""Which of several messages counts, where one says that it takes the place of another.

Messages come late and in any order, a correction before what it corrects; and two of them may
correct the same one, neither knowing of the other. Then the one that was said later counts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Successor(NamedTuple):
    """What a message takes the place of, and when that was said."""

    of: str
    said_at: datetime


def on_hearing(
    known: Mapping[str, Successor], message_id: str, of: str, said_at: datetime
) -> tuple[bool, frozenset[str]]:
    """Whether a message counts that is heard now; and the others that do not, by all we know.

    Without those that had given way to the same one before: it has said what it says of them.
    """
    before = known
    if of:
        known = {**known, message_id: Successor(of, said_at)}
    if not known:
        return True, frozenset()
    counts, others = what_counts(known, message_id)
    news = {one for one in others if what_counts(before, one)[0] != counts}
    return counts == message_id, frozenset(news)


def what_counts(known: Mapping[str, Successor], message_id: str) -> tuple[str, frozenset[str]]:
    """The one message that counts of all that have to do with this one; and the others.

    From the first report on: of those that take one's place the latest, and so on from there.
    What takes the place of one that does not count does not count either.
    """
    first = _first(known, message_id)
    counts, path = first, {first}
    while after := [one for one in _taking_the_place_of(known, counts) if one not in path]:
        counts = max(after, key=lambda one: (known[one].said_at, one))
        path.add(counts)
    found, more = {first}, [first]
    while more:
        more = [one for old in more for one in _taking_the_place_of(known, old)]
        more = [one for one in more if one not in found]
        found.update(more)
    return counts, frozenset(found - {counts})


def _first(known: Mapping[str, Successor], message_id: str) -> str:
    """What nobody said to take the place of another; of a circle always the same one."""
    path = [message_id]
    while path[-1] in known:
        before = known[path[-1]].of
        if before in path:
            return min(path[path.index(before) :])
        path.append(before)
    return path[-1]


def _taking_the_place_of(known: Mapping[str, Successor], message_id: str) -> list[str]:
    return [one for one, successor in known.items() if successor.of == message_id]
