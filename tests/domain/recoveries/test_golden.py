"""What was stored on claims stays readable, and is written as it was."""

import re
from pathlib import Path
from typing import get_args

import pytest

from domain.recoveries.events import (
    UPCASTERS,
    RecoveryEvent,
    read_recovery_event,
)

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.iterdir())
TYPES: tuple[type[RecoveryEvent], ...] = get_args(RecoveryEvent)


def _read(path: Path) -> RecoveryEvent:
    found = re.fullmatch(r"([A-Za-z]+)\.v([1-9]\d*)\.json", path.name)
    assert found is not None, path.name
    return read_recovery_event(found[1], int(found[2]), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_event_is_kept_in_the_version_in_which_it_is_written(
    kind: type[RecoveryEvent],
) -> None:
    version = kind.model_fields["schema_version"].default
    name = f"{kind.__name__}.v{version}.json"
    assert (GOLDEN / name).exists(), f"store one, as it is written today: {GOLDEN.name}/{name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_stored_is_read_and_written_to_the_byte_as_it_was(path: Path) -> None:
    event = _read(path)
    if (event.type, event.schema_version) in UPCASTERS or path.stem != (
        f"{event.type}.v{event.schema_version}"
    ):
        pytest.skip("an older shape: it is read as the newer one")
    assert event.model_dump_json() == path.read_text(encoding="utf-8").removesuffix("\n")
