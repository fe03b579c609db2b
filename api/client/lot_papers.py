"""The papers of a lot: its commercial invoice, and the label of its one shipment.

They name no person. The invoice follows from what is recorded: the same bytes whenever it is
asked for.
"""

from collections.abc import Iterable
from typing import Literal

from adapters.documents.customs_invoice import CustomsInvoice, InvoiceLine, render_customs_invoice
from adapters.documents.lot_papers import LotPapers
from adapters.documents.store import Document
from api.client.books import Books
from api.client.documents import address_of, fetched
from api.client.surroundings import Surroundings
from domain.lots.events import LotEvent, LotInvoiced
from domain.lots.evolve import fold
from domain.lots.state import LotState
from domain.lots.words import LotKey
from domain.money import Money
from domain.refusal import Refused

LotPaper = Literal["label", "customs", "customs_json"]


async def paper_of(
    where: Surroundings, books: Books, key: LotKey, events: Iterable[LotEvent], kind: LotPaper
) -> Document | Refused:
    """Give a paper of a lot, by all that happened to it.

    Raises:
        Unavailable: The carrier does not give its label now.
    """
    told = tuple(events)
    state = fold(told)
    if state.known is None:
        return Refused(code="unknown_lot", because=f"there is no lot {key.lot_id}")
    if kind == "label":
        return await _label(where, books, key, state)
    issued = [event for event in told if isinstance(event, LotInvoiced)]
    if not issued:
        because = f"{key.lot_id} crosses no border, or gathers still"
        return Refused(code="no_customs_document", because=because)
    if kind == "customs_json":
        return Document("application/json", issued[-1].model_dump_json().encode())
    return Document("application/pdf", render_customs_invoice(_invoice(key, state, issued[-1])))


async def _label(
    where: Surroundings, books: Books, key: LotKey, state: LotState
) -> Document | Refused:
    """It came once, with the offer, and was kept; or its carrier has it."""
    async with books.pool("read a paper") as pool:
        kept = await LotPapers(pool).get(key, f"label:{state.offer_ref}")
    if state.label_ref and kept is not None:
        return kept
    if not state.label_document:
        return Refused(code="no_label", because=f"{key.lot_id} has no label of ours")
    carrier = state.facts.terms.carrier
    return await fetched(where, state.label_document, carrier, key.lot_id)


def _invoice(key: LotKey, state: LotState, issued: LotInvoiced) -> CustomsInvoice:
    to = state.facts.terms.destination
    return CustomsInvoice(
        number=issued.document_id,
        about=("Lot", key.lot_id),
        export_reference=", ".join(issued.export_references),
        exporter=address_of(state.facts.hub),
        importer=address_of(to) if to is not None else (),
        incoterm="DDP",
        relief=issued.relief,
        lines=[
            InvoiceLine(
                goods.description,
                goods.sku,
                goods.hs_code,
                goods.origin_country,
                goods.weight_grams,
                Money(amount_minor=goods.value_minor, currency=issued.currency),
            )
            for goods in issued.goods
        ],
    )
