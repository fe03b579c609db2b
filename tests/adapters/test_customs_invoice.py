"""The invoice for customs: the same bytes for the same goods, in whichever script they are named."""

from adapters.documents.customs_invoice import (
    CustomsInvoice,
    InvoiceLine,
    notes_of,
    render_customs_invoice,
)
from domain.money import Money

INVOICE = CustomsInvoice(
    number="customs:label:P1:1",
    about=("Return", "R-1"),
    export_reference="W-1",
    exporter=("Zoë Frey", "Seestrasse 1", "8001 Zürich", "CH"),
    importer=("Returns Leipzig", "DE"),
    incoterm="DDP",
    relief="Regulation 952/2013, art. 203",
    lines=[
        InvoiceLine("Shirt", "S-1", "6109.10", "PT", 300, Money(amount_minor=4_000, currency="EUR"))
    ],
)


def test_it_is_a_paper_and_the_same_one_every_time() -> None:
    made = render_customs_invoice(INVOICE)
    assert made.startswith(b"%PDF")
    assert made == render_customs_invoice(INVOICE)


def test_goods_with_signs_of_another_script_are_printed() -> None:
    shirt = INVOICE.lines[0]._replace(description="衬衫", hs_code="", origin="")
    made = render_customs_invoice(INVOICE._replace(lines=[shirt]))
    assert made != render_customs_invoice(INVOICE)


def test_a_reference_that_nobody_has_told_is_not_made_up() -> None:
    assert "Goods were exported under W-1 and return" in notes_of(INVOICE)[1]
    unknown = INVOICE._replace(export_reference="")
    assert (
        notes_of(unknown)[1] == "Goods were exported before and return to their sender unaltered."
    )
    assert render_customs_invoice(unknown) != render_customs_invoice(INVOICE)
