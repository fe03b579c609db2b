"""The commercial invoice of goods that come back: what customs of two countries read."""

from collections.abc import Sequence
from typing import NamedTuple

from adapters.documents.sheet import Sheet, render_sheet
from domain.money import Money


class InvoiceLine(NamedTuple):
    """One unit."""

    description: str
    sku: str
    hs_code: str
    origin: str
    weight_grams: int
    value: Money


class CustomsInvoice(NamedTuple):
    """What stands on it."""

    number: str
    about: tuple[str, str]  # what it goes with, in words, and the id of that
    export_reference: str
    exporter: Sequence[str]
    importer: Sequence[str]
    incoterm: str
    relief: str
    lines: Sequence[InvoiceLine]


def notes_of(invoice: CustomsInvoice) -> list[str]:
    """What is said of the goods; nothing that nobody has told us."""
    under = f"under {invoice.export_reference}" if invoice.export_reference else "before"
    notes = [
        "RETURNED GOODS - not sold for this journey; values are those paid at the original sale.",
        f"Goods were exported {under} and return to their sender unaltered.",
    ]
    return [*notes, f"Relief claimed: {invoice.relief}"] if invoice.relief else notes


def render_customs_invoice(invoice: CustomsInvoice) -> bytes:
    """Draw it in English, which customs read everywhere (PDF, A4)."""
    total = sum(line.value.amount_minor for line in invoice.lines)
    currency = invoice.lines[0].value.currency
    worth = Money(amount_minor=total, currency=currency).plain()
    reference = invoice.export_reference or "to be written in"
    notes = notes_of(invoice)
    return render_sheet(
        Sheet(
            title="COMMERCIAL INVOICE - RETURNED GOODS",
            facts=(
                ("Invoice", invoice.number),
                ("Reason for export", "RETURN"),
                invoice.about,
                ("Original export reference", reference),
                ("Exporter", ", ".join(filter(None, invoice.exporter))),
                ("Importer", ", ".join(filter(None, invoice.importer))),
                ("Incoterm", invoice.incoterm),
                ("Total value", worth),
            ),
            head=("Description", "SKU", "HS code", "Origin", "Weight", "Value"),
            rows=[
                (
                    line.description,
                    line.sku,
                    line.hs_code or "to be written in",
                    line.origin or "to be written in",
                    f"{line.weight_grams} g",
                    line.value.plain(),
                )
                for line in invoice.lines
            ],
            notes=notes,
        )
    )
