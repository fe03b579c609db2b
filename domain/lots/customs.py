"""A consolidation over a border: one commercial invoice for all of it."""

from collections.abc import Iterator

from domain.lots.events import LotInvoiced
from domain.lots.facts import InvoicedGoods
from domain.lots.state import Inside, LotState
from domain.lots.unfolding import LotUnfolding
from domain.lots.words import LotLife
from domain.returns.transport.customs import RELIEFS, is_one_customs_area

_NOT_GONE = frozenset({LotLife.CLOSED, LotLife.AGREED})


def crosses_border(state: LotState) -> bool:
    """Whether it goes through customs."""
    to = state.facts.terms.destination
    return to is not None and not is_one_customs_area(state.facts.hub.country, to.country)


def undeclared(state: LotState) -> Iterator[Inside]:
    """The units of which customs cannot be told enough."""
    if crosses_border(state):
        for unit in state.inside.values():
            if not unit.told.hs_code or unit.told.origin_country is None:
                yield unit


def invoice(u: LotUnfolding) -> None:
    """Before it leaves there is an invoice for what is in it; another one where that changes."""
    state = u.state
    if state.life not in _NOT_GONE or not state.inside or not crosses_border(state):
        return
    if next(undeclared(state), None) is not None or _goods(state) == state.invoiced:
        return
    destination = state.facts.terms.destination
    u.happened(
        LotInvoiced(
            occurred_at=u.now,
            document_id=f"customs.{state.invoices + 1}",
            goods=_goods(state),
            currency=state.facts.currency,
            export_references=tuple(
                dict.fromkeys(unit.told.order_id for unit in state.inside.values())
            ),
            relief=RELIEFS.get(destination.country, "") if destination else "",
        )
    )


def _goods(state: LotState) -> tuple[InvoicedGoods, ...]:
    return tuple(
        InvoicedGoods(
            key=told.key,
            sku=told.sku,
            description=told.name,
            value_minor=told.value_minor,
            weight_grams=told.weight_grams,
            hs_code=told.hs_code,
            origin_country=told.origin_country,
        )
        for told in (unit.told for unit in state.inside.values())
        if told.origin_country is not None
    )
