"""How a lot stands, for programs and for people."""

from collections.abc import Iterator

from pydantic import AwareDatetime

from domain.lots.accounting import due_minor, shares
from domain.lots.agenda import lot_agenda
from domain.lots.state import LotState
from domain.lots.step import LotStep
from domain.lots.words import LotKey
from domain.model import Value
from domain.money import Money
from domain.returns.shown.markdown import escaped


class FindingStatus(Value):
    """What does not agree, in short."""

    finding_id: str
    what: str
    subject: str
    disputed: bool
    resolved: str


class LotStatus(Value):
    """One lot, without its units: there may be hundreds. `version` 0: nobody opened it."""

    tenant: str
    lot_id: str
    version: int = 0
    kind: str = ""
    life: str = ""
    hub: str = ""
    counterparty: str = ""
    currency: str = ""
    units: int = 0
    grams: int = 0
    opened_at: AwareDatetime | None = None
    reference: str = ""
    tracking_number: str = ""
    document: str = ""  # the commercial invoice
    certificate: str = ""  # its number
    due_minor: int = 0  # what they owe
    paid_minor: int = 0
    charged_minor: int = 0
    proceeds_minor: int = 0
    because: str = ""
    overdue: bool = False
    next_owner: str = ""
    next_action: str = ""
    due_at: AwareDatetime | None = None
    findings: tuple[FindingStatus, ...] = ()
    agenda: tuple[LotStep, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do for anybody."""
        return bool(self.version) and not self.agenda


class UnitInLot(Value):
    """One unit of a lot, and what it brought or cost."""

    lot_id: str
    return_id: str
    order_id: str
    unit: str
    sku: str
    name: str
    grade: str
    disposition: str
    counted: bool
    placed: str
    value_minor: int
    recovered_minor: int | None  # none: it is not over
    currency: str


class LotShown(Value):
    """A lot and all that is in it."""

    status: LotStatus
    units: tuple[UnitInLot, ...]


def status_of(key: LotKey, state: LotState) -> LotStatus:
    """How it stands."""
    if state.known is None:
        return LotStatus(tenant=key.tenant, lot_id=key.lot_id)
    facts, agenda = state.facts, lot_agenda(state)
    first = agenda[0] if agenda else None
    return LotStatus(
        tenant=key.tenant,
        lot_id=key.lot_id,
        version=state.version,
        kind=str(facts.kind),
        life=str(state.life),
        hub=facts.hub.warehouse,
        counterparty=facts.counterparty,
        currency=facts.currency,
        units=len(state.inside),
        grams=state.grams,
        opened_at=state.opened_at,
        reference=state.reference,
        tracking_number=state.tracking_number,
        document=f"customs.{state.invoices}" if state.invoices else "",
        certificate=state.certificate.number if state.certificate else "",
        due_minor=due_minor(state),
        paid_minor=sum(state.paid.values()),
        charged_minor=sum(state.charged.values()),
        proceeds_minor=state.proceeds_minor,
        because=state.because or state.accepted,
        overdue=any(state.missed.get(step.id) for step in agenda),
        next_owner=str(first.owner) if first else "",
        next_action=first.action if first else "",
        due_at=first.late_at if first else None,
        findings=_findings(state),
        agenda=agenda,
    )


def _findings(state: LotState) -> tuple[FindingStatus, ...]:
    return tuple(
        FindingStatus(
            finding_id=each.finding_id,
            what=each.what,
            subject=each.subject,
            disputed=each.disputed,
            resolved=each.resolved,
        )
        for each in state.findings.values()
    )


def units_of(key: LotKey, state: LotState) -> tuple[UnitInLot, ...]:
    """What is in it; once it is over, with what each brought."""
    is_over = state.settled_minor is not None
    brought = {each.key: each.amount_minor for each in shares(state)} if is_over else {}
    return tuple(
        UnitInLot(
            lot_id=key.lot_id,
            return_id=unit.told.return_id,
            order_id=unit.told.order_id,
            unit=unit.told.unit,
            sku=unit.told.sku,
            name=unit.told.name,
            grade=str(unit.grade or unit.told.grade or ""),
            disposition=str(unit.goes or unit.told.disposition),
            counted=unit.counted,
            placed=unit.placed,
            value_minor=unit.told.value_minor,
            recovered_minor=brought.get(unit.told.key),
            currency=state.facts.currency,
        )
        for unit in state.inside.values()
    )


def shown(key: LotKey, state: LotState) -> LotShown:
    """The whole of it."""
    units = units_of(key, state) if state.known is not None else ()
    return LotShown(status=status_of(key, state), units=units)


def as_markdown(status: LotStatus) -> str:
    """How it stands, for the Temporal UI."""
    if not status.version:
        return f"No lot {escaped(status.lot_id)} was opened."
    return "\n".join(_lines(status))


def _lines(status: LotStatus) -> Iterator[str]:
    yield f"## {_words(status.kind)}: {_words(status.life)}"
    if status.closed:
        yield "Nothing is left to do for anybody."
    for step in status.agenda:
        yield f"\n**{step.owner}** must **{_words(step.action)}** by {step.late_at:%a %d %b %Y}"
        yield f"\n- {escaped(step.summary)}"
    if status.overdue:
        yield "\nFlags: `overdue`"
    yield f"\n{status.units} unit(s), {status.grams} g, from {escaped(status.hub)}"
    yield f"\n- to {escaped(status.counterparty)} {escaped(status.tracking_number)}".rstrip()
    yield f"- owed {_money(status, status.due_minor)}, paid {_money(status, status.paid_minor)}"
    yield f"- cost {_money(status, status.charged_minor)}"
    if status.reference:
        yield f"- their number {escaped(status.reference)}"
    if status.certificate:
        yield f"- their paper {escaped(status.certificate)}"
    for finding in status.findings:
        end = f": {escaped(finding.resolved)}" if finding.resolved else ""
        yield f"- {_words(finding.what)} {escaped(finding.subject)}{end}"
    if status.because:
        yield f"- because {escaped(status.because)}"


def _money(status: LotStatus, amount_minor: int) -> str:
    return str(Money(amount_minor=amount_minor, currency=status.currency))


def _words(name: str) -> str:
    return name.replace("_", " ")
