"""Messages as customers would read them, with facts made up: for whoever words or designs them."""

import base64
import html
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.documents.paper import qr_image
from adapters.mail.rendering import FACTS, LANGUAGES, Rendered, Renderer, Short

SAMPLE: Mapping[str, str] = {
    "return_id": "R-1042",
    "order_id": "W-7",
    "amount": "1234.50 EUR",
    "because": "customer_not_available",
    "ship_by": "2026-12-09T23:59:59+01:00",
    "answer_by": "2026-12-11T12:00:00+01:00",
    "pay_by": "2026-12-11T12:00:00+01:00",
    "valid_until": "2027-11-30T12:00:00+01:00",
    "from": "2026-12-01T09:00:00+01:00",
    "until": "2026-12-01T12:00:00+01:00",
    "tracking_number": "SP363800551405",
    "code": "SP-4711-0815",
    "unit": "1/1",
    "sku": "SHOE-42",
    "label_url": "https://labels.example/SP363800551405.pdf",
    "pay_url": "https://pay.example/bill-1",
    "feedback_url": "https://returns.example/v1/linked/feedback/abc",
}
"""One of each fact that a message may show."""

NAME = "Camille Martin"


def sample(renderer: Renderer, template: str, locale: str) -> Rendered:
    """Write a message that nobody gets.

    Raises:
        KeyError: There is no such template.
    """
    return renderer.render(template, locale=locale, name=NAME, facts=SAMPLE, picture=_inline)


def sample_text(renderer: Renderer, template: str, locale: str) -> Short:
    """Write the same as a text for a telephone.

    Raises:
        KeyError: There is no such template.
    """
    return renderer.short(template, locale=locale, facts=SAMPLE)


def samples() -> Iterator[tuple[str, Rendered]]:
    """Write every message in every language, with the name of its template."""
    renderer = Renderer()
    for template in FACTS:
        for language in LANGUAGES:
            yield template, sample(renderer, template, language)


def write_samples(folder: Path) -> Path:
    """Write them all into a folder, as page, as text, and as it is read on a telephone.

    Returns:
        The page that lists them.


    Raises:
        OSError: Nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    renderer, rows = Renderer(), []
    for template, written in samples():
        name = f"{template}.{written.language}"
        (folder / f"{name}.html").write_text(written.html, "utf-8")
        (folder / f"{name}.txt").write_text(f"{written.subject}\n\n{written.text}", "utf-8")
        brief = sample_text(renderer, template, written.language)
        (folder / f"{name}.sms.txt").write_text(f"{brief.text}\n", "utf-8")
        link = f'<a href="{name}.html">{html.escape(written.subject)}</a>'
        rows.append(f"<tr><td>{template}<td>{written.language}<td>{link}")
    table = "\n".join(rows)
    head = '<!doctype html><meta charset="utf-8"><title>Messages</title>'
    index = folder / "index.html"
    index.write_text(f"{head}<table>\n{table}\n</table>\n", "utf-8")
    return index


def _inline(code: str) -> str:
    return f"data:image/png;base64,{base64.b64encode(qr_image(code)).decode()}"
