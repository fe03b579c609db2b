"""The sandbox's time: the machine's, moved forward on request, and never back; or standing still."""

import time
from datetime import UTC, datetime, timedelta

from sandbox.books import Books

EPOCH = datetime.fromtimestamp(0, UTC)


class Clock:
    """Virtual time; how far it is ahead of the machine's is kept in the books."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._ahead = timedelta(seconds=float(books.noted("clock.ahead_seconds", "0")))
        self._latest = datetime.fromisoformat(books.noted("clock.latest", EPOCH.isoformat()))
        self._still = books.noted("clock.still", "") == "yes"

    def now(self) -> datetime:
        """Tell the time; not earlier than any time told since the clock was last moved."""
        if self._still:
            return self._latest
        self._latest = max(self._latest, self._machine() + self._ahead)
        return self._latest

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment`; a moment that is over changes nothing."""
        gap = moment - self.now()
        if gap <= timedelta(0):
            return
        self._set(moment)

    def stand_still(self) -> None:
        """From now on only move when somebody moves it, also after a restart."""
        self._set(self.now())
        self._still = True
        self._books.note("clock.still", "yes")

    def _set(self, moment: datetime) -> None:
        self._ahead = moment - self._machine()
        self._latest = moment
        with self._books.transaction():
            self._books.note("clock.ahead_seconds", str(self._ahead.total_seconds()))
            self._books.note("clock.latest", moment.isoformat())

    @staticmethod
    def _machine() -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)
