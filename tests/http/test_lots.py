"""Lots over HTTP: looked at by their merchant alone, told something once, by those who may."""

import json
from collections.abc import Mapping
from uuid import uuid4

import httpx2
import pytest

from adapters.postgres.event_store import PostgresEventStore
from api.access.rights import Role
from api.examples import LOT_EXAMPLES
from domain.lots.commands import LOT_UPDATES
from domain.lots.words import LotKey
from domain.refusal import Refused
from domain.returns.doors import read_as
from domain.words import Disposition
from projections.runner import catch_up
from tests.beside import stands
from tests.domain.lots.gathered import Lot, key
from tests.engine import TODAY
from tests.http.conftest import Shop


@pytest.fixture
def lot_id() -> str:
    return f"L-{uuid4().hex[:8]}"


async def gathers(shop: Shop, lot_id: str, *, full: bool = False) -> None:
    """A consolidation over a border, of two units or of as many as fill it."""
    lot = Lot(Disposition.RESTOCK, now=TODAY).adds(1, 2, *((3,) if full else ()))
    await stands(PostgresEventStore(shop.doors.pool), LotKey(shop.tenant, lot_id), lot.events)
    await catch_up(shop.doors.pool)


async def told(
    shop: Shop, role: Role, path: str, said: Mapping[str, object], as_id: str = ""
) -> httpx2.Response:
    headers = await shop.key(role) | {"Idempotency-Key": as_id or uuid4().hex}
    return await shop.http.post(f"/v1/lots/{path}", json=said, headers=headers)


@pytest.mark.parametrize("update", sorted(LOT_UPDATES))
def test_every_example_can_be_read(update: str) -> None:
    said = {**LOT_EXAMPLES[update], "request_id": "k", "actor": {"kind": "staff", "id": "s-1"}}
    assert not isinstance(read_as(LOT_UPDATES[update], json.dumps(said)), Refused)


async def test_a_lot_is_listed_and_shown_and_its_invoice_fetched_by_its_merchant_alone(
    shop: Shop, lot_id: str
) -> None:
    await gathers(shop, lot_id, full=True)
    viewer, foreign = await shop.key(Role.VIEWER), await shop.key(Role.VIEWER, "another")

    listed = await shop.http.get("/v1/lots?closed=false", headers=viewer)
    shown = await shop.http.get(f"/v1/lots/{lot_id}", headers=viewer)
    paper = await shop.http.get(f"/v1/lots/{lot_id}/documents/customs", headers=viewer)
    theirs = [
        await shop.http.get(f"/v1/lots{path}", headers=foreign)
        for path in ("", f"/{lot_id}", f"/{lot_id}/documents/customs")
    ]

    assert [one["lot_id"] for one in listed.json()["lots"]] == [lot_id]
    assert [f"{u['return_id']}:{u['unit']}" for u in shown.json()["units"]] == [
        key(1), key(2), key(3),
    ]  # fmt: skip
    assert paper.content[:5] == b"%PDF-"
    assert theirs[0].json() == {"lots": []}
    assert [one.status_code for one in theirs[1:]] == [404, 404]
    assert theirs[1].json()["code"] == "unknown_lot"


async def test_what_is_said_twice_under_one_key_counts_once_and_something_else_is_a_no(
    shop: Shop, lot_id: str
) -> None:
    await gathers(shop, lot_id)
    taking = {"key": key(2), "because": "it is broken"}

    first = await told(shop, Role.WAREHOUSE, f"{lot_id}/take_out", taking, "once")
    again = await told(shop, Role.WAREHOUSE, f"{lot_id}/take_out", taking, "once")
    other = await told(
        shop, Role.WAREHOUSE, f"{lot_id}/take_out", {**taking, "key": key(1)}, "once"
    )

    assert (first.status_code, first.json()["status"]["units"]) == (200, 1), first.text
    assert again.status_code == 200
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


async def test_who_is_named_in_the_stream_is_who_has_proven_it(shop: Shop, lot_id: str) -> None:
    await gathers(shop, lot_id)
    assert (await told(shop, Role.BACKEND, f"{lot_id}/close", {})).status_code == 200
    name = LotKey(shop.tenant, lot_id).name
    stored = (await PostgresEventStore(shop.doors.pool).read((name, 0)))[name]
    assert next(one for one in stored if one.type == "LotClosed").actor.startswith("service:key-")


async def test_a_no_says_where_it_lies(shop: Shop, lot_id: str) -> None:
    await gathers(shop, lot_id)
    misfit = await told(shop, Role.ADMIN, f"{lot_id}/agree", {"reference": ""})
    too_soon = await told(shop, Role.ADMIN, f"{lot_id}/hand_over", {})
    absent = await told(shop, Role.ADMIN, "L-none/close", {})

    assert (misfit.status_code, misfit.json()["path"]) == (400, "reference")
    assert (too_soon.status_code, too_soon.json()["code"]) == (409, "wrong_moment")
    assert (absent.status_code, absent.json()["code"]) == (404, "unknown_lot")
