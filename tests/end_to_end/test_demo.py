import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.logging import KEYS
from adapters.telemetry.opening import ENDPOINT, INTERVAL
from demo.journeys import ORDERS, REQUESTS, read_journeys
from tests.end_to_end.conftest import ROOT, surroundings_of
from tests.telemetry.asked import asked, selected
from tests.telemetry.receiver import Told, receiving

JOURNEYS = len(read_journeys(REQUESTS))


async def run_demo(surroundings: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "starter.py", "demo", *arguments),
        cwd=ROOT,
        env=surroundings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


@dataclass(frozen=True)
class Played:
    """The whole demo, as it was played once, and all that could be seen of it."""

    code: int
    printed: str
    told: Told
    logs: Path


@pytest.fixture(scope="module")
async def played(scratch: Path) -> Played:
    folder = scratch / "state-played"
    folder.mkdir()
    with receiving() as (address, told):
        seen = {ENDPOINT: address, INTERVAL: "1000", "BACKHAUL_LOG": "json"}
        code, printed = await run_demo(surroundings_of(folder) | seen)
    return Played(code, printed, told, folder / "demo" / "logs")


def test_every_journey_ends_as_it_must_and_all_books_agree(played: Played) -> None:
    printed = played.printed
    assert played.code == 0, printed
    assert "no difference, and every journey ended as it must" in printed
    assert printed.count("✓") == JOURNEYS + 1
    assert "/namespaces/default/workflows/return%3Aacme%3AR-plain" in printed


def test_what_alerts_and_dashboards_ask_for_is_told_by_it(played: Played) -> None:
    named = {series.name for _, question in asked() for series in selected(question)}
    assert named - played.told.metrics == set()


def test_its_lines_say_what_is_on_the_list_and_nothing_of_it_names_a_customer(
    played: Played,
) -> None:
    lines = [
        json.loads(line)
        for program in ("worker", "api")
        for line in (played.logs / f"{program}.log").read_text("utf-8").splitlines()
    ]
    assert {key for line in lines for key in line} <= KEYS
    assert not any("dropped" in line for line in lines)
    told = json.dumps([lines, played.told.spans, played.told.labels], ensure_ascii=False)
    assert "R-plain" in told
    customers = [order["customer"] for order in json.loads(ORDERS.read_text("utf-8"))]
    for customer in customers:
        assert {
            customer[key] for key in ("name", "email", "phone") if customer[key] in told
        } == set()


async def test_orders_and_requests_of_ones_own_are_played(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    orders = json.loads(ORDERS.read_text("utf-8"))[:2]
    wishes = [
        {
            "return_id": f"own-{number}",
            "order_id": order["order_id"],
            "requested_at": "2026-06-15T09:00:00Z",
            "lines": [{"line_id": "1", "quantity": 1, "reason": "defective"}],
            "method": "drop_off_label",
        }
        for number, order in enumerate(orders)
    ]
    files = {"orders.json": orders, "requests.json": wishes}
    for name, told in files.items():
        (tmp_path / name).write_text(json.dumps(told))
    paths = [str(tmp_path / name) for name in files]
    code, printed = await run_demo(surroundings, "--orders", paths[0], "--requests", paths[1])
    assert code == 0, printed
    assert printed.count("completed") >= len(wishes)


async def test_a_file_that_makes_no_sense_is_refused_before_anything_starts(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "requests.json"
    path.write_text('[{"order_id": "W-2001"}]')
    code, printed = await run_demo(surroundings, "--requests", str(path))
    assert code == 2
    assert "requests.json: 0.request.requested_at" in printed
    assert not (Path(surroundings["BACKHAUL_STATE"]) / "demo").exists()
