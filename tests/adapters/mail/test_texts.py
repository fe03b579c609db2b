"""A message on a telephone: short, in the customer's language, and with what has to be done."""

from pathlib import Path

import pytest

from adapters.mail.rendering import FACTS, LANGUAGES, SAID_SHORT, Renderer
from adapters.mail.samples import SAMPLE
from tests.adapters.mail.record_texts import RECORDED, texts

RENDERER = Renderer()
FACTS_OF_ITS_OWN = {**SAMPLE, "label_url": "https://labels.example/1.pdf"}
LONGEST = 1600
"""Characters that a text may have at Twilio; with the mark of its step at the end."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_read_as_they_were_last_read(language: str) -> None:
    assert texts(language) == (Path(RECORDED) / f"{language}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(FACTS))
def test_a_text_is_about_its_return_and_says_what_is_to_be_done(
    template: str, language: str
) -> None:
    text = RENDERER.short(template, locale=language, facts=FACTS_OF_ITS_OWN).text
    assert "R-1042" in text
    for fact in ("code", "label_url", "pay_url"):
        assert (FACTS_OF_ITS_OWN[fact] in text) == (fact in FACTS[template] and fact in SAID_SHORT)
    for fact in ("tracking_number", "sku"):
        assert FACTS_OF_ITS_OWN[fact] not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_reason_is_cut_and_no_text_is_too_long(language: str) -> None:
    facts = {**SAMPLE, "because": "word " * 400}
    for template in FACTS:
        text = RENDERER.short(template, locale=language, facts=facts).text
        assert len(text) < LONGEST / 2
        assert ("…" in text) == ("because" in FACTS[template])
