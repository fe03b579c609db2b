"""The page that asks for an opinion, in the customer's language."""

import pytest
import yaml

from adapters.mail.feedback_page import feedback_page
from adapters.mail.rendering import LANGUAGES, TEMPLATES


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_in_every_language_and_thanks_whoever_has_answered(language: str) -> None:
    words = yaml.safe_load((TEMPLATES / "feedback.yaml").read_text("utf-8"))
    asks = feedback_page(language, "R-1042")
    for name in ("question", "worst", "note", "send"):
        assert words[name][language] in asks
    assert asks.count('name="rating"') == 5
    thanks = feedback_page(language, "R-1042", answered=True)
    assert words["thanks"][language] in thanks
    assert "<form" not in thanks


def test_what_is_in_it_is_text_and_never_a_tag() -> None:
    assert "<b>" not in feedback_page("en", "<b>R-1</b>")
