"""Lots, as far as a test needs them, and who says what."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from domain.lots import commands as c
from domain.lots.accounting import shares
from domain.lots.agenda import lot_agenda
from domain.lots.decider import decide
from domain.lots.events import LotEvent
from domain.lots.evolve import fold
from domain.lots.facts import Certificate, LotFacts, LotUnit
from domain.lots.state import LotState
from domain.lots.step import LotStep
from domain.lots.words import KIND_OF, LotKind
from domain.money import Money
from domain.policy.gathering import LotTerms
from domain.policy.serving import Hub
from domain.refusal import Refused
from domain.returns.commands import Who
from domain.words import Disposition

BEGUN = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
STAFF = Who(kind="staff", id="s-1")
WORTH = 10_000
PROOF = Certificate(number="CERT-7", sha256="ab" * 32)


def hub(warehouse: str = "hub-cn", country: str = "CN") -> Hub:
    """A warehouse of the merchant's."""
    return Hub(
        warehouse=warehouse, name="Returns", line1="1 Dock Road", city="Town", postcode="1",
        country=country,
    )  # fmt: skip


def terms(disposition: Disposition, **changes: Any) -> LotTerms:
    """What was agreed for a lot of three."""
    told: dict[str, Any] = {
        "disposition": disposition, "counterparty": "them", "closes_at_units": 3, "lines": ("1",),
    }  # fmt: skip
    if disposition is Disposition.RESTOCK:
        told |= {"counterparty": "hub-de", "destination": hub("hub-de", "DE")}
    return LotTerms(**{**told, **changes})


def facts(disposition: Disposition, **changes: Any) -> LotFacts:
    """A lot for what goes there."""
    return LotFacts(
        kind=KIND_OF[disposition], hub=hub(), currency="EUR", terms=terms(disposition, **changes)
    )


def unit(n: int, disposition: Disposition, **changes: Any) -> LotUnit:
    """The nth unit; each of a return of its own."""
    told: dict[str, Any] = {
        "return_id": f"R-{n}", "order_id": f"W-{n}", "unit": "1/1", "sku": "CUP", "name": "Cup",
        "disposition": disposition, "weight_grams": 400, "hs_code": "6912",
        "origin_country": "CN", "value_minor": WORTH,
    }  # fmt: skip
    return LotUnit(**{**told, **changes})


def key(n: int) -> str:
    """Its name in a lot."""
    return f"R-{n}:1/1"


def euro(minor: int, currency: str = "EUR") -> Money:
    """So much."""
    return Money(amount_minor=minor, currency=currency)


@dataclass(frozen=True)
class Lot:
    """A lot, and what the last commands led to."""

    disposition: Disposition
    agreed: dict[str, Any] = field(default_factory=dict)
    state: LotState = field(default_factory=LotState)
    now: datetime = BEGUN
    events: tuple[LotEvent, ...] = ()
    news: tuple[LotEvent, ...] = ()
    asked: int = 0

    @property
    def kind(self) -> LotKind:
        return KIND_OF[self.disposition]

    def later(self, days: float) -> Self:
        """Let time pass, without anybody noticing."""
        return replace(self, now=self.now + timedelta(days=days))

    def when(self, *commands: c.LotCommand) -> Self:
        """Say these; each must be accepted."""
        known = self
        news: tuple[LotEvent, ...] = ()
        for command in commands:
            decided = decide(known.state, command, known.now)
            assert not isinstance(decided, Refused), decided
            news = (*news, *decided.events)
            events = (*known.events, *decided.events)
            known = replace(known, state=decided.state, events=events)
            assert fold(events) == known.state
            assert sum(each.amount_minor for each in shares(known.state)) == (
                known.state.proceeds_minor if known.state.inside else 0
            )
        return replace(known, news=news)

    def says(self, name: str, **said: Any) -> Self:
        """Let a person say this."""
        number = self.asked + 1
        command = c.LOT_UPDATES[name](request_id=f"q-{number}", actor=STAFF, **said)
        return replace(self, asked=number).when(command)

    def refuses(self, name: str, code: str, **said: Any) -> None:
        """Let a person say this, and hear a no of that code."""
        command = c.LOT_UPDATES[name](request_id="no", actor=STAFF, **said)
        decided = decide(self.state, command, self.now)
        assert isinstance(decided, Refused), decided
        assert decided.code == code

    def adds(self, *numbers: int, word: int = 1, **changes: Any) -> Self:
        """Let the nth units join."""
        begun = self.when(c.OpenLot(facts=facts(self.disposition, **self.agreed)))
        return begun.when(*(self.adding(n, word, **changes) for n in numbers))

    def adding(self, n: int, word: int = 1, **changes: Any) -> c.AddUnit:
        """The nth unit's return says that it joins."""
        return c.AddUnit(unit=unit(n, self.disposition, **changes), word=word)

    def removing(self, n: int, word: int = 2) -> c.RemoveUnit:
        """The nth unit's return says that it does not."""
        return c.RemoveUnit(key=key(n), because="retracted", word=word)

    def until_due(self) -> Self:
        """Let it be the time of the next deadline, and let it be noticed."""
        return replace(self, now=max(self.step.due_at, self.now)).when(c.NoteTimePassed())

    @property
    def moves(self) -> list[str]:
        """What the last commands led to."""
        return [event.move for event in self.news]

    @property
    def steps(self) -> tuple[LotStep, ...]:
        """What must happen next."""
        return lot_agenda(self.state)

    @property
    def step(self) -> LotStep:
        """The most pressing."""
        return self.steps[0]

    @property
    def turn(self) -> tuple[str, str]:
        """Whose turn it is, and what they must do."""
        return str(self.step.owner), self.step.action


def full(disposition: Disposition, *, at: datetime = BEGUN, **agreed: Any) -> Lot:
    """Three units, which fill it."""
    return Lot(disposition, agreed, now=at).adds(1, 2, 3)


def sent(disposition: Disposition, *, at: datetime = BEGUN, **agreed: Any) -> Lot:
    """They took it, and it has left."""
    price = {"price": euro(9_000)} if disposition is Disposition.LIQUIDATE else {}
    return (
        full(disposition, at=at, **agreed)
        .says("agree", reference="RMA-1", **price)
        .says("hand_over")
    )
