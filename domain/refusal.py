"""A no of ours: an answer that a program can branch on and a person can read."""

from domain.model import Id, Text, Value


class Refused(Value):
    """Nothing happened, and why. `code` is stable; `because` is a sentence for people."""

    code: Id
    because: Text
