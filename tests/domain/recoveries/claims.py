"""Claims, as far as a test needs them, and who says what."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from domain.money import Money
from domain.recoveries import commands as c
from domain.recoveries.agenda import RecoveryStep, recovery_agenda
from domain.recoveries.decider import decide
from domain.recoveries.events import RecoveryEvent
from domain.recoveries.facts import ClaimedUnit, RecoveryFacts
from domain.recoveries.limits import carrier_limit
from domain.recoveries.state import RecoveryState, fold
from domain.recoveries.words import RecoveryCause, RecoveryKind
from domain.refusal import Refused
from domain.returns.commands import Who

SHIPPED = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
LOST_AFTER = timedelta(days=12)
WORTH = 10_000
STAFF = Who(kind="staff", id="s-1")


def facts(**changes: Any) -> RecoveryFacts:
    """A lost parcel with two shirts in it, insured by whoever sold the label."""
    limit = carrier_limit(("easypost",), RecoveryCause.LOST, SHIPPED)
    told: dict[str, Any] = {
        "kind": RecoveryKind.CARRIER_CLAIM,
        "cause": RecoveryCause.LOST,
        "return_id": "r-1",
        "order_id": "W-1",
        "subject": "P1",
        "counterparty": "swiftpost",
        "channel": "easypost",
        "tracking_number": "SP1",
        "label_ref": "shp_1",
        "currency": "EUR",
        "units": tuple(
            ClaimedUnit(unit=f"1/{n}", sku="SHIRT", name="Shirt", amount_minor=WORTH // 2)
            for n in (1, 2)
        ),
        **limit._asdict(),
    }
    return RecoveryFacts(**{**told, **changes})


def euro(minor: int) -> Money:
    """So much."""
    return Money(amount_minor=minor, currency="EUR")


@dataclass(frozen=True)
class Claim:
    """A claim, and what the last commands led to."""

    state: RecoveryState = field(default_factory=RecoveryState)
    now: datetime = SHIPPED + LOST_AFTER
    events: tuple[RecoveryEvent, ...] = ()
    news: tuple[RecoveryEvent, ...] = ()
    asked: int = 0

    def later(self, days: float) -> Self:
        """Let time pass, without anybody noticing."""
        return replace(self, now=self.now + timedelta(days=days))

    def when(self, *commands: c.RecoveryCommand) -> Self:
        """Say these; each must be accepted."""
        known = self
        news: tuple[RecoveryEvent, ...] = ()
        for command in commands:
            decided = decide(known.state, command, known.now)
            assert not isinstance(decided, Refused), decided
            news = (*news, *decided.events)
            events = (*known.events, *decided.events)
            known = replace(known, state=decided.state, events=events)
        assert fold(known.events) == known.state
        return replace(known, news=news)

    def refuses(self, command: c.RecoveryCommand, code: str) -> None:
        """Say this, and hear a no of that code."""
        decided = decide(self.state, command, self.now)
        assert isinstance(decided, Refused), decided
        assert decided.code == code

    def until_due(self) -> Self:
        """Let it be the time of the next deadline, and let it be noticed."""
        at = self.step.due_at
        return replace(self, now=max(at, self.now)).when(c.NoteTimePassed())

    def says(self, name: str, **said: Any) -> Self:
        """Let a person say this."""
        number = self.asked + 1
        model = c.RECOVERY_UPDATES[name]
        command = model(request_id=f"q-{number}", actor=STAFF, **said)
        return replace(self, asked=number).when(command)

    @property
    def moves(self) -> list[str]:
        """What the last commands led to."""
        return [event.move for event in self.news]

    @property
    def steps(self) -> tuple[RecoveryStep, ...]:
        """What must happen next."""
        return recovery_agenda(self.state)

    @property
    def step(self) -> RecoveryStep:
        """The most pressing."""
        return self.steps[0]

    @property
    def turn(self) -> tuple[str, str]:
        """Whose turn it is, and what they must do."""
        return str(self.step.owner), self.step.action


def opened(**changes: Any) -> Claim:
    """A claim that is opened on the twelfth day."""
    return Claim().when(c.OpenRecovery(facts=facts(**changes)))


def filed(**changes: Any) -> Claim:
    """It was filed by us, on the first day on which it could be."""
    return opened(**changes).until_due().when(c.NoteFiled(reference="clm_1"))


def granted(minor: int = WORTH) -> Claim:
    """They said yes, four days later."""
    claim = filed().until_due()
    return claim.when(c.NoteStanding(state="granted", granted_minor=minor))


def paid(minor: int = WORTH) -> Claim:
    """And paid."""
    return granted().says("book_payment", amount=euro(minor), reference="wallet-1")
