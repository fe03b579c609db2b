"""Lots, typed: listed, told what became of them by people, and late where nobody says anything."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from domain.lots.words import LotKey
from domain.words import Disposition
from projections.runner import catch_up
from tests.beside import stands
from tests.client.conftest import Shell
from tests.domain.lots.gathered import Lot, key, sent
from tests.engine import TODAY


@pytest.fixture
def store(pool: Pool) -> PostgresEventStore:
    return PostgresEventStore(pool)


def gathering(disposition: Disposition) -> Lot:
    """Two units, with room for another."""
    return Lot(disposition, now=TODAY).adds(1, 2)


async def test_goods_are_sold_together_paid_short_and_the_rest_is_settled(
    shell: Shell, store: PostgresEventStore, tenant: str
) -> None:
    await stands(store, LotKey(tenant, "L-1"), gathering(Disposition.LIQUIDATE).events)

    assert (await shell("lots", "close", "L-1")).code == 0
    unpriced = await shell("lots", "agree", "L-1", "PO-7")
    assert (unpriced.code, "price_needed" in unpriced.err) == (1, True)
    assert (await shell("lots", "agree", "L-1", "PO-7", "--price-minor", "9000")).code == 0
    await shell("lots", "take-out", "L-1", key(2), "--because", "it is broken")
    await shell("lots", "hand-over", "L-1")
    short = await shell("lots", "proceeds", "L-1", "wire-1", "8000")
    assert "merchant must settle finding" in short.out
    await shell("lots", "cost", "L-1", "freight-1", "500")
    await shell("lots", "resolve", "L-1", "short", "--because", "a bank took its share")

    shown = await shell("lots", "show", "L-1")
    assert shown.out.splitlines()[0] == "L-1: liquidation, settled"
    told = [line.split() for line in shown.out.splitlines()]
    assert ["brought", "75.00", "EUR"] in told
    assert told[-1] == [key(1), "Cup", "100.00", "EUR", "75.00", "EUR"]


async def test_a_certificate_is_known_by_the_checksum_of_its_file(
    shell: Shell, store: PostgresEventStore, tenant: str
) -> None:
    await stands(store, LotKey(tenant, "L-1"), gathering(Disposition.DISPOSE).events)
    paper = shell.file("proof of it", "certificate.pdf")

    for said in (("close", "L-1"), ("agree", "L-1", "RMA-1"), ("hand-over", "L-1")):
        assert (await shell("lots", *said)).code == 0
    waived = await shell("lots", "accept", "L-1", "--because", "it is gone")
    proven = await shell("lots", "certify", "L-1", "C-9", paper, "--json")

    assert "refused (certificate_needed)" in waived.err
    assert (proven.data["status"]["life"], proven.data["status"]["certificate"]) == (
        "settled", "C-9",
    )  # fmt: skip
    events = (await store.read((f"lot:{tenant}:L-1", 0)))[f"lot:{tenant}:L-1"]
    assert hashlib.sha256(b"proof of it").hexdigest() in events[-2].data


async def test_a_lot_that_somebody_is_late_with_stands_beside_the_overdue_returns(
    shell: Shell, store: PostgresEventStore, pool: Pool, tenant: str
) -> None:
    for lot_id, days in (("late", 15), ("early", 1)):
        lot = Lot(Disposition.DONATE, now=TODAY - timedelta(days=days)).adds(1)
        await stands(store, LotKey(tenant, lot_id), lot.events)
    await catch_up(pool)

    overdue = await shell("list", "--overdue", "--json")
    narrower = await shell("list", "--overdue", "--next-actor", "customer", "--json")
    listed = await shell("lots", "--open", "--kind", "donation", "--json")

    assert [one["lot_id"] for one in overdue.data["lots"]] == ["late"]
    assert "lots" not in narrower.data
    assert [one["lot_id"] for one in listed.data["lots"]] == ["late", "early"]


async def test_the_invoice_of_a_consolidation_is_fetched_and_is_the_same_whoever_asks(
    shell: Shell, store: PostgresEventStore, tenant: str, tmp_path: Path
) -> None:
    lot = Lot(Disposition.RESTOCK, now=TODAY).adds(1, 2, 3)
    await stands(store, LotKey(tenant, "L-1"), lot.events)
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"

    for out in (first, second):
        typed = await shell("lots", "document", "L-1", "customs", "--out", str(out))
        assert typed.code == 0, typed.err
    await shell("lots", "document", "L-1", "customs_json", "--out", str(tmp_path / "customs.json"))
    no_label = await shell("lots", "document", "L-1", "label", "--out", str(tmp_path / "no.pdf"))

    assert first.read_bytes()[:5] == b"%PDF-"
    assert first.read_bytes() == second.read_bytes()
    told = json.loads((tmp_path / "customs.json").read_text())
    assert [goods["key"] for goods in told["goods"]] == [key(1), key(2), key(3)]
    assert "refused (no_label)" in no_label.err


async def test_what_was_counted_is_told_from_a_file_and_exported_with_what_it_brought(
    shell: Shell, store: PostgresEventStore, tenant: str, tmp_path: Path
) -> None:
    await stands(store, LotKey(tenant, "L-1"), sent(Disposition.RESTOCK, at=TODAY).events)
    report = {"report_id": "count-1", "units": [{"sku": "CUP", "quantity": 2}]}
    unread = await shell("lots", "receive", "L-1", shell.file({**report, "units": [{}]}))
    counted = await shell("lots", "receive", "L-1", shell.file(report), "--json")
    out = tmp_path / "lots.jsonl"
    await shell("export", "lots", "--out", str(out), "--tenant", tenant)

    assert "refused (invalid): units.0.sku" in unread.err
    (missing,) = counted.data["status"]["findings"]
    (row,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert (row["status"]["lot_id"], missing["what"]) == ("L-1", "missing")
    assert sorted(unit["counted"] for unit in row["units"]) == [False, True, True]


async def test_of_a_lot_that_nobody_opened_nobody_knows(shell: Shell) -> None:
    for said in (("show", "L-0"), ("close", "L-0")):
        typed = await shell("lots", *said)
        assert (typed.code, "refused (unknown_lot)" in typed.err) == (1, True)
