"""What was stored stays readable, and is written as it was: one file a type and version.

A file that is here is never edited: a changed shape is a new version beside the old one, with
an upcaster in `domain.returns.upcasting`.
"""

import re
from pathlib import Path

import pytest

from domain.returns.events import Event
from domain.returns.upcasting import UPCASTERS, read_event
from tests.domain.returns.stored import GOLDEN, TYPES, version_of

FILES = sorted(GOLDEN.iterdir())
IDS = [path.stem for path in FILES]


def _named(path: Path) -> tuple[str, int]:
    found = re.fullmatch(r"([A-Za-z]+)\.v([1-9]\d*)\.json", path.name)
    assert found is not None, path.name
    return found[1], int(found[2])


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_event_is_kept_in_the_version_in_which_it_is_written(kind: type[Event]) -> None:
    name = f"{kind.__name__}.v{version_of(kind)}.json"
    assert (GOLDEN / name).exists(), f"store one, as it is written today: {GOLDEN.name}/{name}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_what_was_stored_is_read(path: Path) -> None:
    name, version = _named(path)
    event = read_event(name, version, path.read_text(encoding="utf-8"))
    assert event.type == name or (name, version) in UPCASTERS


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_what_is_written_today_is_written_to_the_byte_as_it_was(path: Path) -> None:
    name, version = _named(path)
    stored = path.read_text(encoding="utf-8").removesuffix("\n")
    if (name, version) in UPCASTERS:
        pytest.skip("an older shape: it is read as the newer one")
    assert read_event(name, version, stored).model_dump_json() == stored


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_an_event_holds_every_field_that_it_may_have(path: Path) -> None:
    name, version = _named(path)
    event = read_event(name, version, path.read_text(encoding="utf-8"))
    assert event.model_fields_set == set(type(event).model_fields)
