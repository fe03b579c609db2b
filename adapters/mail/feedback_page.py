"""The page where a customer says what they thought of a return, in their language."""

from functools import cache

import yaml
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.mail.rendering import TEMPLATES, language_of


def feedback_page(locale: str, return_id: str, *, answered: bool = False) -> str:
    """Write the page with its question, or with thanks once it is answered."""
    language = language_of(locale)
    return (
        _environment()
        .get_template("feedback.html.j2")
        .render(
            language=language,
            words={name: said[language] for name, said in _words().items()},
            return_id=return_id,
            answered=answered,
        )
    )


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    loader = FileSystemLoader(TEMPLATES)
    return ImmutableSandboxedEnvironment(loader=loader, undefined=StrictUndefined, autoescape=True)


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = yaml.safe_load(
        (TEMPLATES / "feedback.yaml").read_text("utf-8")
    )
    return words
