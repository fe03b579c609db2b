"""A carrier's label as it comes out of a printer: 4 by 6 inches, one page, no carrier's brand."""

import io
from collections.abc import Iterator

import segno
from reportlab.graphics.barcode import code128
from reportlab.lib.units import inch, mm
from reportlab.pdfgen.canvas import Canvas

from sandbox.wire import Json

WIDTH, HEIGHT = 4 * inch, 6 * inch


def label_pdf(shipment: Json) -> bytes:
    """Draw the label of a shipment that is paid. The same shipment gives the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    number = shipment["tracking_code"]
    rate = shipment["selected_rate"]
    canvas.setTitle(number)
    canvas.rect(3 * mm, 3 * mm, WIDTH - 6 * mm, HEIGHT - 6 * mm)
    _write(canvas, 8, 142, rate["carrier"].upper(), size=18, bold=True)
    _write(canvas, 8, 135, rate["service"].replace("_", " "), size=9)
    _write(canvas, 62, 142, "RETURN", size=14, bold=True)
    sender, recipient = shipment["from_address"], shipment["to_address"]
    if shipment["is_return"]:
        sender, recipient = recipient, sender
    canvas.line(3 * mm, 131 * mm, WIDTH - 3 * mm, 131 * mm)
    _block(canvas, 126, "FROM", sender, size=8)
    canvas.line(3 * mm, 100 * mm, WIDTH - 3 * mm, 100 * mm)
    _block(canvas, 95, "TO", recipient, size=11)
    canvas.line(3 * mm, 60 * mm, WIDTH - 3 * mm, 60 * mm)
    bars = code128.Code128(number, barHeight=22 * mm, barWidth=0.38 * mm, quiet=False)
    bars.drawOn(canvas, (WIDTH - bars.width) / 2, 33 * mm)
    _write(canvas, 30, 27, number, size=11, bold=True)
    _qr(canvas, 76, 5, number, side=19)
    _write(canvas, 8, 9, f"{shipment['parcel']['weight']} oz", size=9)
    _write(canvas, 8, 14, (shipment["reference"] or "")[:48], size=6)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def code_png(said: str) -> bytes:
    """Draw a code to be shown at a counter."""
    out = io.BytesIO()
    segno.make(said, error="m", micro=False).save(out, kind="png", scale=6)
    return out.getvalue()


def _block(canvas: Canvas, top: float, title: str, address: Json, *, size: float) -> None:
    _write(canvas, 8, top, title, size=7, bold=True)
    for down, line in enumerate(_lines(address), start=1):
        _write(canvas, 8, top - down * (size * 0.5), line, size=size)


def _lines(address: Json) -> Iterator[str]:
    town = " ".join(filter(None, (address["zip"], address["city"], address["state"])))
    for line in (address["name"], address["street1"], address["street2"], town, address["country"]):
        if line:
            yield str(line)[:44]


def _write(
    canvas: Canvas, x: float, y: float, said: str, *, size: float, bold: bool = False
) -> None:
    """What the printer's font does not have, it prints as a question mark, as they do."""
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(x * mm, y * mm, said.encode("cp1252", "replace").decode("cp1252"))


def _qr(canvas: Canvas, x: float, y: float, said: str, *, side: float) -> None:
    rows = [bytes(row) for row in segno.make(said, error="m", micro=False).matrix_iter(border=2)]
    module = side / len(rows)
    for down, row in enumerate(rows, start=1):
        for right, dark in enumerate(row):
            if dark:
                left, low = x + right * module, y + side - down * module
                canvas.rect(left * mm, low * mm, module * mm, module * mm, stroke=0, fill=1)
