"""What was stored stays readable, and is written as it was: one file a type and version.

A file that is in a folder `golden` is never edited: a changed shape is a new version beside the
old one, with an upcaster in the area's `upcasting`.
"""

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel

from domain.lots import events as lots
from domain.orders.events import LedgerEvent
from domain.orders.upcasting import UPCASTERS as OF_LEDGERS
from domain.orders.upcasting import read_ledger_event
from domain.reconciliation import events as reconciliation
from domain.recoveries import events as recoveries
from domain.returns.upcasting import UPCASTERS as OF_RETURNS
from domain.returns.upcasting import read_event
from tests.domain.returns.stored import TYPES

HERE = Path(__file__).parent


class Area(NamedTuple):
    """One kind of stream: what its events are, and how they are read."""

    types: tuple[type[BaseModel], ...]
    read: Callable[[str, int, str], Any]
    upcasters: Collection[tuple[str, int]]


AREAS = {
    "orders": Area(get_args(LedgerEvent), read_ledger_event, OF_LEDGERS),
    "reconciliation": Area(
        get_args(reconciliation.ReconciliationEvent),
        reconciliation.read_reconciliation_event,
        reconciliation.UPCASTERS,
    ),
    "recoveries": Area(
        get_args(recoveries.RecoveryEvent), recoveries.read_recovery_event, recoveries.UPCASTERS
    ),
    "lots": Area(get_args(lots.LotEvent), lots.read_lot_event, lots.UPCASTERS),
    "returns": Area(TYPES, read_event, OF_RETURNS),
}


class Stored(NamedTuple):
    """A golden file."""

    area: Area
    name: str
    version: int
    text: str

    @property
    def is_older(self) -> bool:
        """Whether the shape is not written any more."""
        return (self.name, self.version) in self.area.upcasters

    def read(self) -> Any:
        return self.area.read(self.name, self.version, self.text)


def _stored(area: str, path: Path) -> Stored:
    found = re.fullmatch(r"([A-Za-z]+)\.v([1-9]\d*)\.json", path.name)
    assert found is not None, path.name
    text = path.read_text(encoding="utf-8").removesuffix("\n")
    return Stored(AREAS[area], found[1], int(found[2]), text)


FILES = [(area, path) for area in AREAS for path in sorted((HERE / area / "golden").iterdir())]
EVERY_FILE = pytest.mark.parametrize(
    "stored", [_stored(*one) for one in FILES], ids=[f"{area}/{path.stem}" for area, path in FILES]
)


@pytest.mark.parametrize("area", AREAS)
def test_every_event_is_kept_in_the_version_in_which_it_is_written(area: str) -> None:
    written = {
        f"{t.__name__}.v{t.model_fields['schema_version'].default}" for t in AREAS[area].types
    }
    missing = written - {path.stem for of, path in FILES if of == area}
    assert missing == set(), "store one of each, as it is written today"


@EVERY_FILE
def test_what_was_stored_is_read(stored: Stored) -> None:
    assert stored.read().type == stored.name or stored.is_older


@EVERY_FILE
def test_what_is_written_today_is_written_to_the_byte_as_it_was(stored: Stored) -> None:
    if stored.is_older:
        pytest.skip("an older shape: it is read as the newer one")
    assert stored.read().model_dump_json() == stored.text


@EVERY_FILE
def test_an_event_holds_every_field_that_it_may_have(stored: Stored) -> None:
    event = stored.read()
    assert event.model_fields_set == set(type(event).model_fields)
