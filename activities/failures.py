"""The ways a partner can fail us, told apart by what the next attempt may do.

A partner's *no* is not here: it is an answer, and comes back as a value.
"""

from datetime import timedelta


class PartnerFailure(Exception):
    """A system that is not ours did not do its part."""


class Unavailable(PartnerFailure):
    """Nothing happened over there (refused connection, DNS, 503 before any work): ask again."""


class Throttled(PartnerFailure):
    """Nothing happened over there: ask again, but not before `retry_after`."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AnswerLost(PartnerFailure):
    """It may have happened (timeout, reset, 5xx after sending): look before asking again."""


class Misspoken(PartnerFailure):
    """They cannot read our request, or we their answer: a defect that a retry would repeat."""


class Unauthorised(PartnerFailure):
    """They do not accept our credentials: the connection needs a person, not a retry."""
