"""Over a border: what customs must be told, and who is asked where we do not know it."""

from domain.policy.floors import EU
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import ConcernSettled
from domain.returns.events.customs import CustomsDocumentIssued, DeclaredGoods, GoodsDeclared
from domain.returns.state import Label, Parcel, ReturnState
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words import LabelLife

CONCERN = "customs:"

RELIEFS: dict[str, str] = {
    **dict.fromkeys(EU, "Regulation 952/2013, art. 203: returned goods, within 3 years of export"),
    "GB": "HMRC, returned goods relief (re-importing goods): within 3 years of export",
    "US": "HTSUS 9801.00.10: returned within 3 years of export, US goods at any time",
    "CH": "Zollgesetz art. 10: domestic returned goods, not altered abroad",
    "CN": "GACC notice 2020 No. 44: e-commerce exports returned within 1 year of release",
}
"""What frees returned goods from duty where they come home to; each with its source."""


def is_one_customs_area(one: str, other: str) -> bool:
    """Whether goods go between the two without customs."""
    return one == other or (one in EU and other in EU)


def crosses_border(state: ReturnState) -> bool:
    """Whether the way back goes through customs."""
    return not is_one_customs_area(state.country, state.agreed.hub.country)


def facts_concern(parcel_id: str) -> str:
    """The concern that is open while customs cannot be told what a parcel holds."""
    return f"{CONCERN}{parcel_id}"


def declare_goods(u: Unfolding, ask: c.DeclareGoods) -> Refused | None:
    """Staff say what customs must know; what waited for it, and invoices, follow by the rules."""
    sold = {unit.asked.line_id for unit in u.state.units.values()}
    for place, facts in enumerate(ask.goods):
        if facts.line_id not in sold:
            because = f"goods.{place}.line_id: nothing of line {facts.line_id} is in this return"
            return Refused(code="unknown_line", because=because)
    u.happened(
        GoodsDeclared(occurred_at=u.now, goods=ask.goods, export_reference=ask.export_reference)
    )
    return None


def _unreadable(state: ReturnState) -> list[str]:
    """The units that are to come back and of which customs would not know what they are."""
    return [
        unit.id
        for unit in state.expected_units
        if not unit.asked.hs_code or unit.asked.origin_country is None
    ]


def ask_for_facts(u: Unfolding) -> None:
    """Before a label is bought a person says what the order did not: HS code and origin."""
    if not u.state.is_approved or not crosses_border(u.state):
        return
    unknown = _unreadable(u.state)
    if not unknown:
        _settle(u)
    for parcel in u.state.parcels.values():
        key = parcel.parcel_id
        if unknown and _needs_a_label(u.state, parcel) and key not in u.state.customs_asked:
            because = f"HS code or origin of {', '.join(unknown)} is not known: declare the goods"
            worry(u, facts_concern(key), "customs_facts", because[:2_000])


def _settle(u: Unfolding) -> None:
    because = "what customs must know is known"
    for concern in [key for key in u.state.concerns if key.startswith(CONCERN)]:
        u.happened(ConcernSettled(occurred_at=u.now, concern_id=concern, because=because))


def _needs_a_label(state: ReturnState, parcel: Parcel) -> bool:
    return (
        parcel.method is not None
        and parcel.method.needs_label
        and not parcel.has_left
        and state.live_label(parcel.parcel_id) is None
    )


def issue_documents(u: Unfolding) -> None:
    """Each label over a border has its invoice; until its box has left, as newly declared."""
    if not u.state.labels or not crosses_border(u.state):
        return
    for label in list(u.state.labels.values()):
        is_due = label.life is LabelLife.LIVE and _is_outdated(u.state, label)
        if is_due and (goods := declared_goods(u.state)):
            u.happened(_document(u, label, goods))


def _is_outdated(state: ReturnState, label: Label) -> bool:
    issued = state.customs_documents.get(label.label_id)
    if issued is None:
        return True
    return issued != _document_id(state, label) and not state.parcels[label.parcel_id].has_left


def _document_id(state: ReturnState, label: Label) -> str:
    """One for each label, and for each time that something was declared."""
    again = f"#{state.declarations}" if state.declarations else ""
    return f"customs:{label.label_id}{again}"


def _document(
    u: Unfolding, label: Label, goods: tuple[DeclaredGoods, ...]
) -> CustomsDocumentIssued:
    hub = u.state.agreed.hub
    return CustomsDocumentIssued(
        occurred_at=u.now,
        document_id=_document_id(u.state, label),
        parcel_id=label.parcel_id,
        label_id=label.label_id,
        goods=goods,
        currency=u.state.currency,
        exporter_country=u.state.country,
        importer=hub.name,
        importer_country=hub.country,
        export_reference=u.state.export_reference,
        relief=RELIEFS.get(hub.country, ""),
    )


def declared_goods(state: ReturnState) -> tuple[DeclaredGoods, ...]:
    """Each unit that is to come back, at what was paid for it."""
    return tuple(
        DeclaredGoods(
            unit=unit.id,
            sku=unit.asked.sku,
            description=unit.asked.name,
            value_minor=quoted.net_minor,
            weight_grams=unit.asked.weight_grams,
            hs_code=unit.asked.hs_code,
            origin_country=unit.asked.origin_country,
        )
        for unit in state.expected_units
        if (quoted := state.quoted(unit.id)) is not None
    )
