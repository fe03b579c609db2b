"""The papers of a return: the carrier's label, a code for the counter, and the slip for the box."""

import base64
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from adapters.documents.store import Document
from api.client import ReturnsClient
from api.client.documents import KINDS
from domain.refusal import Refused
from tests.client.conftest import Shell
from tests.engine import Engine, eventually

Wish = Callable[..., dict[str, Any]]


@pytest.fixture
def surroundings(surroundings: dict[str, str], engine: Engine) -> dict[str, str]:
    """With the key that opens persons, and with the carrier's files."""
    return {
        **surroundings,
        "BACKHAUL_MASTER_KEY": base64.b64encode(engine.settings.master_keys[0]).decode(),
        "BACKHAUL_SANDBOX_URL": engine.settings.sandbox_url or "",
    }


@pytest.fixture
async def labelled(returns: ReturnsClient, wish: Wish, tenant: str) -> tuple[str, str]:
    asked = wish(method="drop_off_code")
    answer = await returns.open(asked)

    async def is_bought() -> bool:
        status = await returns.status(tenant, answer.return_id)
        return any(parcel.tracking_number for parcel in status.parcels)

    await eventually(is_bought, "the label")
    return tenant, answer.return_id


async def test_each_paper_is_made_once_and_is_the_same_bytes_ever_after(
    returns: ReturnsClient, labelled: tuple[str, str]
) -> None:
    tenant, return_id = labelled
    [parcel] = (await returns.status(tenant, return_id)).parcels
    assert parcel.documents == ("label", "code", "packing_slip")
    found = [await returns.documents.get(tenant, return_id, kind) for kind in KINDS]
    again = [await returns.documents.get(tenant, return_id, kind) for kind in KINDS]
    assert found == again
    types = [paper.media_type for paper in found if isinstance(paper, Document)]
    assert types == ["application/pdf", "image/png", "application/pdf"]


async def test_a_paper_that_there_is_not_is_refused_by_name(
    returns: ReturnsClient, wish: Wish, tenant: str
) -> None:
    answer = await returns.open(wish(method="own_carrier"))
    no_label = await returns.documents.get(tenant, answer.return_id, "label")
    assert isinstance(no_label, Refused)
    assert no_label.code == "no_label"
    unknown = await returns.documents.get(tenant, "R-nobody", "packing_slip")
    assert isinstance(unknown, Refused)
    assert unknown.code == "unknown_return"


async def test_the_command_writes_it_to_a_file_and_says_its_checksum(
    shell: Shell, labelled: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "label.pdf"
    typed = await shell("document", labelled[1], "label", "--out", str(path))
    assert typed.code == 0, typed.err
    assert sha256(path.read_bytes()).hexdigest() in typed.out
