"""Papers: the same content is the same bytes, every unit stands on them, and codes can be read."""

import base64
import re
import zlib
from dataclasses import replace

import pytest

from activities.failures import Misspoken, Unavailable
from adapters.documents.fetching import fetch_label
from adapters.documents.packing_slip import PackingSlip, SlipLine, render_packing_slip
from adapters.documents.paper import font_for, qr_image
from adapters.documents.words import LANGUAGES, words_in
from adapters.http import open_client
from adapters.mail.rendering import LANGUAGES as OF_MESSAGES
from tests.adapters.wire import in_turn, says, serving

SLIP = PackingSlip(
    return_id="R-1", order_id="W-1", parcel_id="P1", parcels=1, locale="en",
    to=("Hub", "1 Dock", "04129 Leipzig", "DE"),
    lines=(SlipLine("1/1", "Shoe", "SHOE-42"), SlipLine("1/2", "Shoe", "SHOE-42")),
)  # fmt: skip


def pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")


def drawn(pdf: bytes) -> bytes:
    """What the pages say, unpacked."""
    parts = (raw.strip() for raw in re.findall(rb"[^d]stream\r?\n(.*?)endstream", pdf, re.DOTALL))
    return b"".join(zlib.decompress(base64.a85decode(b"<~" + raw, adobe=True)) for raw in parts)


def test_a_slip_is_the_same_bytes_whenever_it_is_drawn() -> None:
    assert render_packing_slip(SLIP) == render_packing_slip(SLIP)
    assert render_packing_slip(SLIP) != render_packing_slip(replace(SLIP, return_id="R-2"))


def test_a_slip_holds_the_return_the_order_and_every_unit() -> None:
    said = drawn(render_packing_slip(SLIP))
    for text in (b"R-1", b"W-1", b"1/1", b"1/2", b"SHOE-42", b"04129 Leipzig", b"Return slip"):
        assert text in said


def test_a_hundred_units_take_the_pages_that_they_need_and_none_is_left_out() -> None:
    many = replace(SLIP, lines=tuple(SlipLine(f"1/{n}", "Shoe", "S") for n in range(1, 101)))
    pdf = render_packing_slip(many)
    assert pages(pdf) == 5
    said = drawn(pdf)
    assert all(f"(1/{n})".encode() in said for n in range(1, 101))


def test_papers_are_written_in_every_language_of_the_messages() -> None:
    assert set(LANGUAGES) == set(OF_MESSAGES)
    assert words_in("pt-BR") == words_in("en")
    for language in LANGUAGES:
        assert render_packing_slip(replace(SLIP, locale=language)).startswith(b"%PDF-")


def test_signs_beyond_latin_get_a_font_that_has_them() -> None:
    assert font_for("Größe") == "Helvetica"
    assert font_for("Кроссовки") == font_for("鞋") == "STSong-Light"


def test_a_code_is_an_image_and_another_code_another_one() -> None:
    assert qr_image("4711").startswith(b"\x89PNG")
    assert qr_image("4711") == qr_image("4711") != qr_image("4712")


async def test_a_label_is_fetched_from_a_known_host_only() -> None:
    async with serving(in_turn(says(200, b"%PDF-1.4 a label"))) as wire, open_client() as client:
        host = wire.url.removeprefix("http://")
        with pytest.raises(Misspoken, match="not one of a carrier's"):
            await fetch_label(client, f"{wire.url}/1.pdf", {"elsewhere.example"})
        found = await fetch_label(client, f"{wire.url}/1.pdf", {host})
    assert (found.media_type, len(found.sha256)) == ("application/pdf", 64)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (says(200, b"<html>log in</html>"), Misspoken),
        (says(404), Unavailable),
        (says(302, headers={"Location": "http://127.0.0.1:1/"}), Unavailable),
    ],
    ids=["no label", "gone", "elsewhere"],
)
async def test_what_is_no_label_is_not_taken_for_one(
    answer: list[bytes], failure: type[Exception]
) -> None:
    async with serving(in_turn(answer)) as wire, open_client() as client:
        with pytest.raises(failure):
            await fetch_label(client, f"{wire.url}/1.pdf", {wire.url.removeprefix("http://")})
