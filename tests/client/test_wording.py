"""`messages`: what customers are written can be read before anybody gets it."""

from pathlib import Path

import pytest

from adapters.mail.rendering import FACTS, LANGUAGES
from api.cli.app import main


def test_a_message_is_shown_in_the_language_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["messages", "preview", "label", "--locale", "zh-Hans"]) == 0
    shown = capsys.readouterr().out
    assert "SP-4711-0815" in shown
    assert "2026年12月9日" in shown
    assert main(["messages", "preview", "label", "--page"]) == 0
    assert "data:image/png;base64," in capsys.readouterr().out
    assert main(["messages", "preview", "label", "--sms", "--locale", "de"]) == 0
    assert "Abgeben bis: 9. Dezember 2026" in capsys.readouterr().out


def test_all_messages_are_written_into_a_folder_with_a_page_that_lists_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mail"
    assert main(["messages", "preview", "--into", str(folder)]) == 0
    assert str(folder / "index.html") in capsys.readouterr().out
    index = (folder / "index.html").read_text("utf-8")
    for template in FACTS:
        for language in LANGUAGES:
            assert f'href="{template}.{language}.html"' in index
            assert (folder / f"{template}.{language}.txt").read_text("utf-8").strip()
            assert (folder / f"{template}.{language}.sms.txt").read_text("utf-8").strip()


def test_a_message_that_there_is_not_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["messages", "preview", "labl"]) == 2
    assert "template: expected one of approved, declined" in capsys.readouterr().err
