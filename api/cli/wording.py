"""`messages`: what customers are written, before anybody is."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from adapters.mail.rendering import FACTS, LANGUAGES, Renderer
from adapters.mail.samples import sample, sample_text, write_samples
from api.cli.desk import Exit

app = App()
messages = App(name="messages", help="Look at the messages that customers get.")
app.command(messages)


@messages.command(name="list")
def list_messages() -> int:
    """List the messages, and the facts that each shows where they are given."""
    for template, facts in FACTS.items():
        print(f"{template}: {', '.join(facts) or 'no facts'}")  # noqa: T201 this is what it is for
    return Exit.DONE


@messages.command
def preview(
    template: str = "",
    *,
    locale: str = "en",
    page: Annotated[bool, Parameter(negative="")] = False,
    sms: Annotated[bool, Parameter(negative="")] = False,
    into: Path | None = None,
) -> int:
    """Show a message with facts made up; with --into FOLDER, write all of them in all languages.

    Args:
        template: Which message, as `messages list` names it.
        locale: Whose language, such as fr-CA; ones that we do not write are read in English.
        page: Show it as the page that mail programs show, instead of as text.
        sms: Show it as the text that is sent to a telephone.
        into: A folder to write all messages into, and a page that lists them.
    """
    if into is not None:
        return _write(into)
    if template not in FACTS:
        known = ", ".join(FACTS)
        print(f"template: expected one of {known}", file=sys.stderr)  # noqa: T201
        return Exit.USAGE
    if sms:
        print(sample_text(Renderer(), template, locale).text)  # noqa: T201
        return Exit.DONE
    written = sample(Renderer(), template, locale)
    print(written.html if page else f"{written.subject}\n\n{written.text}")  # noqa: T201
    return Exit.DONE


def _write(into: Path) -> int:
    try:
        index = write_samples(into)
    except OSError as unwritable:
        print(f"--into {into}: cannot be written ({unwritable.strerror})", file=sys.stderr)  # noqa: T201
        return Exit.USAGE
    print(f"{len(FACTS)} messages in {len(LANGUAGES)} languages: {index}")  # noqa: T201
    return Exit.DONE
