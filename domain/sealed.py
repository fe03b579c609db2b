"""What is sealed before it leaves us, and how it is told apart from what anybody may read.

A file is everything that is said about one return, order, claim or refund: its stream and its
workflow have the same name, and one key seals what people wrote in either.
"""

import re

FILES = frozenset({"return", "recovery", "refund", "order"})
"""Kinds of files. What else there is (comparisons, findings) is about books, not about people."""

SEALED_WITH = "sealed-with"
"""Metadata of a payload: the id of the key that seals it; kept once it is opened."""

READABLE = "readable"
"""Metadata by which a workflow says that a payload of its own is for whoever asked in clear."""

ERASED = "(erased)"
"""Stands where people's words stood, once their key is destroyed."""

UNREAD = "(sealed)"
"""Stands there for who reads without keys, as read models do."""

OWN_WORDS = ("note", "because", "theirs")
"""Fields of events in which people say something in their own words."""

OF_RULES = frozenset(
    {"Escalated", "OrderEscalated", "MessageRejected", "PolicyEvaluated", "QuoteIssued"}
)
"""Events whose sentences are ours, whoever caused them: people must read them in lists."""

SAID = re.compile(rf'"({"|".join(OWN_WORDS)})":"((?:[^"\\]|\\.)+)"')
"""Such a field that says something, in the canonical JSON of an event."""


def is_file(name: str) -> bool:
    """Whether a workflow or a stream of that name is sealed."""
    return name.partition(":")[0] in FILES
