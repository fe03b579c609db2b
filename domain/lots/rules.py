"""What follows from what is so by now, whoever said it: until none of the rules adds anything."""

from collections.abc import Callable

from domain.lots import events as e
from domain.lots.accounting import due_minor, shares
from domain.lots.customs import invoice
from domain.lots.placing import to_place
from domain.lots.state import LotState
from domain.lots.unfolding import LotUnfolding
from domain.lots.words import LotKind, LotLife
from domain.words import Disposition

SHORT = "short"


def fill(u: LotUnfolding) -> None:
    """What is full takes nothing more."""
    state = u.state
    if state.life is not LotLife.COLLECTING:
        return
    terms = state.facts.terms
    if len(state.inside) >= terms.closes_at_units:
        u.happened(e.LotClosed(occurred_at=u.now, because="units"))
    elif terms.closes_at_grams is not None and state.grams >= terms.closes_at_grams:
        u.happened(e.LotClosed(occurred_at=u.now, because="weight"))


def give_up_empty(u: LotUnfolding) -> None:
    """What holds nothing any more goes nowhere."""
    if u.state.life in {LotLife.CLOSED, LotLife.AGREED} and not u.state.inside:
        u.happened(
            e.LotDissolved(
                occurred_at=u.now, because="nothing is left in it", goes=Disposition.QUARANTINE
            )
        )


def compare_counts(u: LotUnfolding) -> None:
    """What did not come with the rest is missing, until it is counted after all."""
    if not u.state.reports:
        return
    for key, unit in u.state.inside.items():
        known = u.state.findings.get(f"missing:{key}")
        if not unit.counted and known is None:
            _open(u, f"missing:{key}", "missing", key)
        elif unit.counted and known is not None and not known.resolved:
            _resolve(u, known.finding_id, "counted after all")


def compare_money(u: LotUnfolding) -> None:
    """Less than they owe is short, until the rest comes."""
    state = u.state
    if not state.paid or not state.facts.kind.brings_money or state.life is LotLife.DISSOLVED:
        return
    enough = sum(state.paid.values()) >= due_minor(state)
    known = state.findings.get(SHORT)
    if not enough and known is None and state.life is LotLife.SENT:
        _open(u, SHORT, "short", state.facts.counterparty)
    elif enough and known is not None and not known.resolved:
        _resolve(u, SHORT, "paid in full since")


def settle(u: LotUnfolding) -> None:
    """It is over when what was waited for is here, and nothing is left to be cleared up."""
    state = u.state
    if state.life is LotLife.SENT and is_done(state) and not state.open_findings:
        if not to_place(state):
            _settle(u)
    elif state.life is LotLife.SETTLED and state.settled_minor != state.proceeds_minor:
        _settle(u)


def is_done(state: LotState) -> bool:
    """Whether what they owe is here: money, proof, or the goods."""
    kind = state.facts.kind
    if kind.needs_certificate:
        return state.certificate is not None
    if kind.comes_back:
        return all(unit.goes is not None for unit in state.inside.values())
    if kind is LotKind.CONSOLIDATION:
        return bool(state.reports)
    if kind is LotKind.DONATION:
        return state.certificate is not None or bool(state.accepted)
    paid = sum(state.paid.values())
    is_enough = paid >= due_minor(state) or SHORT in state.findings
    return bool(state.accepted) or (bool(state.paid) and is_enough)


RULES: tuple[Callable[[LotUnfolding], None], ...] = (
    fill, give_up_empty, invoice, compare_counts, compare_money, settle
)  # fmt: skip


def follow(u: LotUnfolding) -> None:
    """Let the rules speak until none adds anything; each sees its own work."""
    before = -1
    while before != len(u.events):
        before = len(u.events)
        for rule in RULES:
            rule(u)


def _settle(u: LotUnfolding) -> None:
    u.happened(
        e.LotSettled(
            occurred_at=u.now, proceeds_minor=u.state.proceeds_minor, recovered=shares(u.state)
        )
    )


def _open(u: LotUnfolding, finding_id: str, what: str, subject: str) -> None:
    said = {
        "occurred_at": u.now,
        "finding_id": finding_id,
        "what": what,
        "subject": subject,
    }
    u.happened(e.LotFindingOpened.model_validate(said))


def _resolve(u: LotUnfolding, finding_id: str, because: str) -> None:
    u.happened(e.LotFindingResolved(occurred_at=u.now, finding_id=finding_id, because=because))
