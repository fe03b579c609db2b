"""One page or more of plain facts and a table, as PDF: the same bytes for the same content."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from adapters.documents.paper import font_for

MARGIN = 18 * mm


class Sheet(NamedTuple):
    """What stands on it: a title, facts in two columns, a table, and sentences below."""

    title: str
    facts: Sequence[tuple[str, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def render_sheet(sheet: Sheet) -> bytes:
    """Make the PDF."""
    styles = getSampleStyleSheet()
    font = font_for(_all_of(sheet))
    for style in ("Title", "BodyText"):
        styles[style].fontName = font
    body = styles["BodyText"]

    def told(text: str) -> Paragraph:
        return Paragraph(escape(text), body)

    story: list[Flowable] = [Paragraph(escape(sheet.title), styles["Title"])]
    facts = Table(
        [[told(name), told(fact)] for name, fact in sheet.facts], colWidths=[45 * mm, None]
    )
    facts.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    goods = Table([[told(cell) for cell in row] for row in (sheet.head, *sheet.rows)], repeatRows=1)
    goods.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]))
    story += [facts, Spacer(1, 6 * mm), goods, Spacer(1, 6 * mm)]
    story += [told(note) for note in sheet.notes]
    out = BytesIO()
    page = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN, title=sheet.title, invariant=1,
    )  # fmt: skip
    page.build(story)
    return out.getvalue()


def _all_of(sheet: Sheet) -> str:
    cells = (cell for row in (sheet.head, *sheet.rows) for cell in row)
    facts = (fact for pair in sheet.facts for fact in pair)
    return "".join((sheet.title, *facts, *cells, *sheet.notes))
