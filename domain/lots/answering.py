"""What whoever takes a lot says and does, told by people; what comes by machine is the same."""

from collections.abc import Sequence

from domain.lots import commands as c
from domain.lots import events as e
from domain.lots.facts import Certificate, CountedLine, GradedUnit
from domain.lots.state import LotState
from domain.lots.unfolding import LotUnfolding
from domain.lots.words import LotKind
from domain.lots.words import LotLife as L
from domain.money import Money
from domain.refusal import Refused


def agree(u: LotUnfolding, ask: c.AgreeLot) -> Refused | None:
    """They take it. Goods are sold for a price, and for nothing else."""
    unpriced = ask.price is None and u.state.price_minor is None
    if unpriced and u.state.facts.kind is LotKind.LIQUIDATION:
        return Refused(code="price_needed", because="price: what the buyer pays for all of it")
    return agreed(u, ask.reference, ask.price, by="person")


def agreed(u: LotUnfolding, reference: str, price: Money | None, *, by: e.By) -> Refused | None:
    """Whoever says so."""
    other = _other_currency(u, price)
    if other is not None:
        return other
    amount = price.amount_minor if price is not None else None
    if amount is not None and amount < 0:
        return Refused(code="invalid", because="price: expected 0 or more")
    state = u.state
    is_known = state.life is L.AGREED and state.reference == reference
    if is_known and amount in {None, state.price_minor}:
        return None  # told before
    u.happened(e.LotAgreed(occurred_at=u.now, reference=reference, price_minor=amount, by=by))
    return None


def refuse(u: LotUnfolding, ask: c.RefuseLot) -> Refused | None:
    """They do not take it."""
    u.happened(e.LotOfferRefused(occurred_at=u.now, theirs=ask.because, by="person"))
    return None


def hand_over(u: LotUnfolding, ask: c.HandOver) -> Refused | None:
    """It has left. Told after whoever got it had told, it is no news."""
    left(u, ask.tracking_number)
    return None


def left(u: LotUnfolding, tracking_number: str = "") -> None:
    """It has left, as far as that was not known."""
    if u.state.life not in {L.SENT, L.SETTLED}:
        u.happened(e.LotSent(occurred_at=u.now, tracking_number=tracking_number))


def book_proceeds(u: LotUnfolding, ask: c.BookProceeds) -> Refused | None:
    """Money came in."""
    return paid(u, ask.reference, ask.amount)


def paid(u: LotUnfolding, reference: str, amount: Money) -> Refused | None:
    """The same reference counts once; with another amount it is a mistake."""
    refused = _booked(u, u.state.paid, reference, amount)
    if refused is None and reference not in u.state.paid:
        u.happened(
            e.LotPaid(occurred_at=u.now, payment_ref=reference, amount_minor=amount.amount_minor)
        )
    return refused


def book_cost(u: LotUnfolding, ask: c.BookCost) -> Refused | None:
    """It cost something."""
    refused = _booked(u, u.state.charged, ask.reference, ask.amount)
    if refused is None and ask.reference not in u.state.charged:
        u.happened(
            e.LotCharged(
                occurred_at=u.now, charge_ref=ask.reference, amount_minor=ask.amount.amount_minor
            )
        )
    return refused


def certify(u: LotUnfolding, ask: c.CertifyLot) -> Refused | None:
    """Their paper is here."""
    return certified(u, ask.certificate)


def certified(u: LotUnfolding, certificate: Certificate) -> Refused | None:
    """Who proves what became of it has it: it has left. Another paper is another claim."""
    known = u.state.certificate
    if known is not None and known.number == certificate.number:
        if known.sha256 != certificate.sha256:
            because = f"certificate.sha256: {known.number} is kept already, with another content"
            return Refused(code="certificate_known", because=because)
        return None
    left(u)
    u.happened(e.LotCertified(occurred_at=u.now, certificate=certificate))
    return None


def receive(u: LotUnfolding, ask: c.ReceiveLot) -> Refused | None:
    """The other warehouse has counted."""
    if u.state.facts.kind is not LotKind.CONSOLIDATION:
        return Refused(code="not_consolidated", because="it does not come to a warehouse of ours")
    return counted(u, ask.report_id, ask.units)


def counted(u: LotUnfolding, report_id: str, lines: Sequence[CountedLine]) -> Refused | None:
    """What is in it came; what is not is for a person. The same report counts once."""
    if report_id in u.state.reports:
        return None
    left(u)
    keys, extra = _matched(u.state, lines)
    u.happened(e.LotReceived(occurred_at=u.now, report_id=report_id, keys=keys))
    for sku, times in extra.items():
        u.happened(
            e.LotFindingOpened(
                occurred_at=u.now,
                finding_id=f"extra:{report_id}:{sku}",
                what="extra",
                subject=f"{times} of {sku}",
            )
        )
    return None


def grade(u: LotUnfolding, ask: c.GradeUnits) -> Refused | None:
    """The workshop is done with these."""
    return graded(u, ask.units)


def graded(u: LotUnfolding, units: Sequence[GradedUnit]) -> Refused | None:
    """Each is graded once; a unit that was put away already is where it is."""
    if not u.state.facts.kind.comes_back:
        return Refused(code="does_not_come_back", because="units: they are not graded again")
    for unit in units:
        known = u.state.inside.get(unit.key)
        if known is None:
            return Refused(code="unknown_unit", because=f"units: {unit.key} is not in it")
        same = (known.grade, known.goes) == (unit.grade, unit.goes)
        if known.placed and not same:
            return Refused(code="placed", because=f"units: {unit.key} is put away already")
        if not same:
            left(u)
            u.happened(e.UnitGraded(occurred_at=u.now, graded=unit))
    return None


def dispute_finding(u: LotUnfolding, ask: c.DisputeFinding) -> Refused | None:
    """They are told that we do not agree."""
    refused = _unknown(u.state, ask.finding_id)
    if refused is None and not u.state.findings[ask.finding_id].disputed:
        u.happened(
            e.LotFindingDisputed(occurred_at=u.now, finding_id=ask.finding_id, because=ask.because)
        )
    return refused


def resolve_finding(u: LotUnfolding, ask: c.ResolveFinding) -> Refused | None:
    """It is settled."""
    refused = _unknown(u.state, ask.finding_id)
    if refused is None:
        u.happened(
            e.LotFindingResolved(occurred_at=u.now, finding_id=ask.finding_id, because=ask.because)
        )
    return refused


def accept(u: LotUnfolding, ask: c.AcceptLot) -> Refused | None:
    """What came is enough; a proof that the law asks for is not waived, nor is a count."""
    kind = u.state.facts.kind
    if kind.needs_certificate:
        return Refused(code="certificate_needed", because="certificate: it is over with that alone")
    if kind.comes_back or kind is LotKind.CONSOLIDATION:
        return Refused(code="goods_needed", because="units: say what became of each of them")
    if not u.state.accepted:
        u.happened(e.LotAccepted(occurred_at=u.now, because=ask.because))
    return None


def _unknown(state: LotState, finding_id: str) -> Refused | None:
    known = state.findings.get(finding_id)
    if known is None:
        return Refused(code="unknown_finding", because=f"finding_id: there is no {finding_id}")
    if known.resolved:
        return Refused(code="finding_resolved", because=f"finding_id: settled: {known.resolved}")
    return None


def _booked(
    u: LotUnfolding, known: dict[str, int], reference: str, amount: Money
) -> Refused | None:
    other = _other_currency(u, amount)
    if other is not None:
        return other
    if amount.amount_minor <= 0:
        return Refused(code="invalid", because="amount: expected more than 0")
    if known.get(reference, amount.amount_minor) != amount.amount_minor:
        because = f"reference: {reference} is booked already, with another amount"
        return Refused(code="payment_known", because=because)
    return None


def _other_currency(u: LotUnfolding, amount: Money | None) -> Refused | None:
    ours = u.state.facts.currency
    if amount is None or amount.currency == ours:
        return None
    because = f"amount: the lot is in {ours}; tell what it is worth in {ours} where it came"
    return Refused(code="other_currency", because=because)


def _matched(
    state: LotState, lines: Sequence[CountedLine]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Which units were counted, by name, by serial, else by article; and what is none of them."""
    left_over = {key: unit.told for key, unit in state.inside.items() if not unit.counted}
    found: list[str] = []
    extra: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: (line.key is None, not line.serial)):
        for _ in range(line.quantity):
            fits = [
                key
                for key, told in left_over.items()
                if (line.key in {None, key})
                and told.sku == line.sku
                and (not line.serial or told.serial in {line.serial, ""})
            ]
            if fits:
                best = min(fits, key=lambda key: left_over[key].serial != line.serial)
                del left_over[best]
                found.append(best)
            else:
                extra[line.sku] = extra.get(line.sku, 0) + 1
    return tuple(found), extra
