"""What all partners share: books, time, faults, and a way to hear of each other's doings.

A parcel that is delivered concerns the carrier and the dock. Neither knows the other:
one tells, now or later, and whoever listens hears.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.courier import Courier
from sandbox.faults import Faults
from sandbox.outbox import Outbox
from sandbox.schedule import Schedule
from sandbox.scripts import Scripts
from sandbox.settings import Settings
from sandbox.wire import Json

Hearer = Callable[[datetime, Json], None]


class World:
    """One sandbox."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.books = Books(settings.state / "sandbox.db")
        self.clock = Clock(self.books)
        self.schedule = Schedule(self.books)
        self.faults = Faults(self.books, settings.seed)
        self.scripts = Scripts(self.books)
        courier = Courier(self.books, self.clock, self.faults, settings)
        self.paypal_seal = courier.seal
        self.outbox = Outbox(self.books, self.schedule, self.faults, courier)
        self._hearers: dict[str, list[Hearer]] = {"webhook": [self.outbox.catch_up]}

    def hear(self, kind: str, hearer: Hearer) -> None:
        """Have `hearer` called for everything of this kind, in its transaction."""
        self._hearers.setdefault(kind, []).append(hearer)

    def tell(self, kind: str, at: datetime, body: Json) -> None:
        """Tell that something has happened at `at`."""
        for hearer in self._hearers.get(kind, ()):
            hearer(at, body)

    def later(self, at: datetime, days: float, kind: str, key: str, body: Json) -> None:
        """Let something happen some days after `at`."""
        self.schedule.add(at + timedelta(days=days), kind, key, body)
