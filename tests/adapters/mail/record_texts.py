"""Records how messages read on a telephone: `python -m tests.adapters.mail.record_texts`.

One file for each language, to be read by whoever words them; a change of wording shows in it.
"""

from pathlib import Path

from adapters.mail.rendering import FACTS, LANGUAGES, Renderer
from adapters.mail.samples import sample_text

RECORDED = Path(__file__).parent / "texts"


def texts(language: str) -> str:
    """All messages in a language, each under its name."""
    renderer = Renderer()
    written = (f"── {name}\n{sample_text(renderer, name, language).text}\n" for name in FACTS)
    return "\n".join(written)


if __name__ == "__main__":
    for each in LANGUAGES:
        (RECORDED / f"{each}.txt").write_text(texts(each), "utf-8")
