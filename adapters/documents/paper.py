"""Drawing on a page: text in any script that we write, codes that machines read.

The same content gives the same bytes, so that a checksum says whether two papers are one.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import segno
from reportlab.graphics.barcode import code128
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"
WIDE = "STSong-Light"
"""Chinese, with Greek and Cyrillic; a viewer brings the font itself (Adobe-GB1)."""


class Page:
    """One page with the origin at its lower left; all lengths are millimetres."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def text(self, x: float, y: float, said: str, *, size: float = 10, bold: bool = False) -> None:
        """Write one line."""
        self._canvas.setFont(font_for(said, bold=bold), size)
        self._canvas.drawString(x * mm, y * mm, said)

    def line(self, x: float, y: float, width: float) -> None:
        """Draw a rule."""
        self._canvas.setLineWidth(0.4)
        self._canvas.line(x * mm, y * mm, (x + width) * mm, y * mm)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a frame, such as one that is ticked by hand."""
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(x * mm, y * mm, width * mm, height * mm)

    def barcode(self, x: float, y: float, said: str, *, height: float = 14) -> None:
        """Draw a Code 128, as scanners at a dock read it."""
        code128.Code128(said, barHeight=height * mm, barWidth=0.33 * mm).drawOn(
            self._canvas, x * mm, y * mm
        )

    def qr(self, x: float, y: float, said: str, *, side: float) -> None:
        """Draw a QR code of that side, its quiet zone included."""
        rows = [
            bytes(row) for row in segno.make(said, error="m", micro=False).matrix_iter(border=4)
        ]
        module = side / len(rows)
        for down, row in enumerate(rows, start=1):
            for right, dark in enumerate(row):
                if dark:
                    self._canvas.rect(
                        (x + right * module) * mm,
                        (y + side - down * module) * mm,
                        module * mm,
                        module * mm,
                        stroke=0,
                        fill=1,
                    )

    def fitting(self, said: str, width: float, *, size: float = 10) -> str:
        """As much of a text as has room on one line."""
        font = font_for(said)
        if pdfmetrics.stringWidth(said, font, size) <= width * mm:
            return said
        while said and pdfmetrics.stringWidth(said + "...", font, size) > width * mm:
            said = said[:-1]
        return said.rstrip() + "..."


class Paper:
    """A document being drawn."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=(width * mm, height * mm), invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("backhaul")

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Draw the next page."""
        yield Page(self._canvas)
        self._canvas.showPage()

    def done(self) -> bytes:
        """Give the whole document."""
        self._canvas.save()
        return self._out.getvalue()


def font_for(said: str, *, bold: bool = False) -> str:
    """Pick a font that has the signs."""
    try:
        said.encode("cp1252")
    except UnicodeEncodeError:
        if WIDE not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(WIDE))
        return WIDE
    return LATIN_BOLD if bold else LATIN


def qr_image(said: str) -> bytes:
    """A QR code as an image for a telephone's screen (PNG), the quiet zone included."""
    out = io.BytesIO()
    segno.make(said, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
