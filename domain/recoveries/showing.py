"""How a recovery stands, for programs and for people."""

from collections.abc import Iterator

from pydantic import AwareDatetime

from domain.model import Value
from domain.money import Money
from domain.recoveries.agenda import RecoveryStep, recovery_agenda
from domain.recoveries.state import RecoveryState
from domain.recoveries.words import RecoveryKey
from domain.returns.shown.markdown import escaped


class RecoveryStatus(Value):
    """One recovery. `version` 0: nobody opened it."""

    tenant: str
    recovery_id: str
    version: int = 0
    kind: str = ""
    cause: str = ""
    life: str = ""
    return_id: str = ""
    order_id: str = ""
    subject: str = ""
    counterparty: str = ""
    tracking_number: str = ""
    reference: str = ""
    currency: str = ""
    claimed_minor: int = 0
    granted_minor: int = 0
    paid_minor: int = 0
    file_by: AwareDatetime | None = None
    source: str = ""
    theirs: str = ""
    because: str = ""
    overdue: bool = False
    next_owner: str = ""
    next_action: str = ""
    due_at: AwareDatetime | None = None
    agenda: tuple[RecoveryStep, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do for anybody."""
        return bool(self.version) and not self.agenda


def status_of(key: RecoveryKey, state: RecoveryState) -> RecoveryStatus:
    """How it stands."""
    if state.known is None:
        return RecoveryStatus(tenant=key.tenant, recovery_id=key.recovery_id)
    facts, agenda = state.facts, recovery_agenda(state)
    first = agenda[0] if agenda else None
    return RecoveryStatus(
        tenant=key.tenant,
        recovery_id=key.recovery_id,
        version=state.version,
        kind=str(facts.kind),
        cause=str(facts.cause),
        life=str(state.life),
        return_id=facts.return_id,
        order_id=facts.order_id,
        subject=facts.subject,
        counterparty=facts.counterparty,
        tracking_number=facts.tracking_number,
        reference=state.reference,
        currency=facts.currency,
        claimed_minor=facts.claimed_minor,
        granted_minor=state.granted_minor,
        paid_minor=state.paid_minor,
        file_by=facts.file_by,
        source=facts.source,
        theirs=state.theirs,
        because=state.because,
        overdue=any(state.missed.get(step.id) for step in agenda),
        next_owner=str(first.owner) if first else "",
        next_action=first.action if first else "",
        due_at=first.due_at if first else None,
        agenda=agenda,
    )


def as_markdown(status: RecoveryStatus) -> str:
    """The same for the Temporal UI."""
    if not status.version:
        return f"No recovery {escaped(status.recovery_id)} was opened."
    return "\n".join(_lines(status))


def _lines(status: RecoveryStatus) -> Iterator[str]:
    yield f"## {_words(status.kind)}: {_words(status.life)}"
    if status.closed:
        yield "Nothing is left to do for anybody."
    for step in status.agenda:
        yield f"\n**{step.owner}** must **{_words(step.action)}** by {step.due_at:%a %d %b %Y}"
        yield f"\n- {escaped(step.summary)}"
    if status.overdue:
        yield "\nFlags: `overdue`"
    what = f"{_words(status.cause)} {escaped(status.subject)}"
    yield f"\nReturn {escaped(status.return_id)}, order {escaped(status.order_id)}: {what}"
    yield f"\n- with {escaped(status.counterparty)} {escaped(status.tracking_number)}".rstrip()
    yield f"- claimed {_money(status, status.claimed_minor)}"
    yield f"- granted {_money(status, status.granted_minor)}"
    yield f"- paid {_money(status, status.paid_minor)}"
    if status.reference:
        yield f"- their number {escaped(status.reference)}"
    if status.file_by is not None:
        yield f"- to be filed by {status.file_by:%a %d %b %Y}"
        yield f"- {escaped(status.source[:95])}"
    if status.theirs:
        yield f"- they say: {escaped(status.theirs)}"
    if status.because:
        yield f"- because {escaped(status.because)}"


def _money(status: RecoveryStatus, amount_minor: int) -> str:
    return str(Money(amount_minor=amount_minor, currency=status.currency))


def _words(name: str) -> str:
    return name.replace("_", " ")
