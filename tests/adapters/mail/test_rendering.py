"""Every message can be written in every language, and shows what it is given."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from adapters.mail.rendering import (
    FACTS,
    LANGUAGES,
    TEMPLATES,
    Renderer,
    at_time,
    in_currency,
    language_of,
    on_day,
)
from adapters.payments import stored_value, stripe
from adapters.webhooks.easypost_facts import PICKUP_CODES
from domain.returns.telling import TOLD

RENDERER = Renderer()
IDS = {"return_id": "R-1042", "order_id": "W-7"}
GIVEN = {
    "amount": "1234.50 EUR",
    "because": "a sentence of ours",
    "ship_by": "2026-03-14T23:59:59+01:00",
    "answer_by": "2026-03-20",
    "from": "2026-03-02T09:00:00+01:00",
    "until": "2026-03-02T12:00:00+01:00",
    "tracking_number": "TRACK1",
    "code": "CODE1",
    "unit": "unit-1-2",
    "sku": "SKU-9",
    "label_url": "https://labels.example/1.pdf",
    "pay_url": "https://pay.example/1",
    "pay_by": "2026-03-22",
}
EVERYWHERE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_ONE = pytest.mark.parametrize("template", sorted(FACTS))


@EVERYWHERE
@EVERY_ONE
def test_a_message_can_be_written_with_nothing_but_its_ids(template: str, language: str) -> None:
    written = RENDERER.render(template, locale=language, name="Ann", facts=IDS)
    assert "R-1042" in written.subject
    assert "Subject" not in written.subject + written.text
    assert "Ann" in written.text
    assert "R-1042" in written.text
    assert "W-7" in written.text


@EVERYWHERE
@EVERY_ONE
def test_a_message_shows_its_facts_and_no_others(template: str, language: str) -> None:
    written = RENDERER.render(template, locale=language, name="Ann", facts=IDS | GIVEN)
    for fact in ("tracking_number", "code", "label_url", "pay_url", "because", "unit", "sku"):
        assert (GIVEN[fact] in written.text) == (fact in FACTS[template])
    amount = in_currency(GIVEN["amount"], language)
    assert (amount in written.text) == ("amount" in FACTS[template])
    for day in ("ship_by", "answer_by", "pay_by"):
        assert (on_day(GIVEN[day], language) in written.text) == (day in FACTS[template])
    for time in ("from", "until"):
        assert (at_time(GIVEN[time], language) in written.text) == (time in FACTS[template])


@EVERYWHERE
def test_a_language_has_every_template_and_no_other(language: str) -> None:
    there = {file.name.removesuffix(".txt.j2") for file in (TEMPLATES / language).iterdir()}
    assert there == {*FACTS, "frame", "facts"}


@EVERYWHERE
def test_a_language_has_words_for_every_reason_that_has_words(language: str) -> None:
    for reason, words in RENDERER._reasons.items():
        assert words[language], reason


def test_every_code_that_may_stand_in_a_message_has_words() -> None:
    codes = {*PICKUP_CODES, *stripe.REASONS.values(), *stored_value.REASONS.values()}
    assert codes <= RENDERER._reasons.keys()


def test_every_message_that_a_return_plans_has_its_template() -> None:
    assert {template for template, _ in TOLD.values()} | {"reminder"} <= FACTS.keys()


@EVERY_ONE
def test_two_languages_never_say_the_same(template: str) -> None:
    subjects = {
        RENDERER.render(template, locale=language, name="Ann", facts=IDS).subject
        for language in LANGUAGES
    }
    assert len(subjects) == len(LANGUAGES)


def test_a_reason_code_is_told_in_words() -> None:
    facts = IDS | {"because": "weather"}
    german = RENDERER.render("pickup_failed", locale="de", name="Ann", facts=facts)
    assert "das Wetter ließ es nicht zu" in german.text
    unknown = RENDERER.render("declined", locale="de", name="Ann", facts=IDS | {"because": "zzz"})
    assert "zzz" in unknown.text


def test_a_missing_id_is_a_defect_and_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        RENDERER.render("approved", locale="en", name="Ann", facts={"return_id": "R-1"})


def test_a_name_is_text_and_never_a_tag_or_a_template() -> None:
    name = "<b>{{ facts }}</b>"
    written = RENDERER.render("approved", locale="en", name=name, facts=IDS)
    assert name in written.text
    assert "&lt;b&gt;{{ facts }}&lt;/b&gt;" in written.html
    assert "<b>" not in written.html


def test_an_address_in_the_page_can_be_followed() -> None:
    written = RENDERER.render("label", locale="en", name="Ann", facts=IDS | GIVEN)
    assert '<a href="https://labels.example/1.pdf"' in written.html


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fr-CA", "fr"), ("zh_Hans_CN", "zh"), ("DE", "de"), ("pt-BR", "en"), ("", "en")],
)
def test_a_locale_is_written_in_its_language_or_in_english(locale: str, language: str) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("amount", "language", "written"),
    [
        ("1234.50 EUR", "en", "€1,234.50"),
        ("1234.50 EUR", "de", "1.234,50\xa0€"),
        ("1085 JPY", "en", "¥1,085"),
        ("1.085 KWD", "en", "KWD1.085"),
        ("about ten", "en", "about ten"),
    ],
)
def test_an_amount_is_written_as_people_do(amount: str, language: str, written: str) -> None:
    assert in_currency(amount, language) == written


def test_a_time_is_written_with_its_own_offset() -> None:
    assert at_time("2026-03-02T09:00:00+01:00", "de") == "2. März 2026, 09:00 GMT+01:00"
    assert at_time("soon", "de") == on_day("soon", "de") == "soon"


def test_the_templates_are_where_the_package_is() -> None:
    assert Path(TEMPLATES, "layout.html.j2").is_file()
