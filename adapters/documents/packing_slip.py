"""The paper that the customer puts into the box: which return it is, and what should be in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.documents.paper import Page, Paper
from adapters.documents.words import words_in

A4_WIDTH, A4_HEIGHT = 210, 297
LEFT, WIDTH, TOP = 20, 170, 272
ROW, LOWEST = 9, 30


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One unit; `unit` is its name in the return."""

    unit: str
    name: str
    sku: str


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """What stands on it. It names no person: whoever finds the box needs none."""

    return_id: str
    order_id: str
    parcel_id: str
    parcels: int
    locale: str
    to: tuple[str, ...]  # the hub's address, line by line
    lines: tuple[SlipLine, ...]


def render_packing_slip(slip: PackingSlip) -> bytes:
    """Draw it, in the customer's language, on as many pages as it takes (PDF, A4)."""
    words = words_in(slip.locale)
    paper = Paper(A4_WIDTH, A4_HEIGHT, f"{words['title']} {slip.return_id}")
    rest: Sequence[SlipLine] = slip.lines
    first = True
    while first or rest:
        with paper.page() as page:
            y = _head(page, slip, words) if first else float(TOP)
            y = _table_head(page, words, y)
            while rest and y > LOWEST:
                _row(page, rest[0], y)
                rest, y = rest[1:], y - ROW
            page.text(LEFT, 18, words["footer"], size=9)
        first = False
    return paper.done()


def _head(page: Page, slip: PackingSlip, words: dict[str, str]) -> float:
    page.text(LEFT, TOP, words["title"], size=20, bold=True)
    page.text(LEFT, TOP - 9, f"{words['return']}: {slip.return_id}", size=12)
    page.text(LEFT, TOP - 15, f"{words['order']}: {slip.order_id}", size=12)
    number = "".join(filter(str.isdecimal, slip.parcel_id)) or slip.parcel_id
    page.text(LEFT, TOP - 21, f"{words['parcel']}: {number}/{slip.parcels}", size=12)
    page.qr(LEFT + WIDTH - 40, TOP - 30, slip.return_id, side=40)
    page.barcode(LEFT - 4, TOP - 42, slip.return_id)
    y = TOP - 52.0
    page.text(LEFT, y, words["to"], size=9)
    for line in slip.to:
        y -= 5.5
        page.text(LEFT, y, page.fitting(line, WIDTH, size=11), size=11)
    return y - 14


def _table_head(page: Page, words: dict[str, str], y: float) -> float:
    for x, word in ((8, "article"), (100, "sku"), (146, "unit")):
        page.text(LEFT + x, y, words[word], size=9, bold=True)
    page.line(LEFT, y - 2.5, WIDTH)
    return y - ROW


def _row(page: Page, line: SlipLine, y: float) -> None:
    page.box(LEFT, y - 0.5, 4, 4)  # ticked when it is in the box
    page.text(LEFT + 8, y, page.fitting(line.name, 88))
    page.text(LEFT + 100, y, page.fitting(line.sku, 43))
    page.text(LEFT + 146, y, page.fitting(line.unit, 24))
