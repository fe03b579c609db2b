import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.conclusion import Conclusion, conclude
from demo.journeys import Journey
from demo.simulation.customers import asked_at
from demo.simulation.orders import TENANT
from demo.simulation.run import TICK, Wanted, next_monday, planned
from demo.stage import new_stack, stage_on
from tests.end_to_end.conftest import ROOT

ASKED = {"returns": 14, "days": 4, "seed": 7}
ENDINGS = Path(__file__).parent / "endings.json"
"""How each of these returns ends, and its money: `endings` of the report of a run without faults."""


async def simulate(
    surroundings: Mapping[str, str], out: Path, *more: str
) -> tuple[int, str, dict[str, Any]]:
    asked = [f"--{name}={value}" for name, value in ASKED.items()]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "starter.py", "simulate", *asked, "--out", str(out), *more),
        cwd=ROOT,
        env=surroundings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    report = json.loads((out / "report.json").read_text("utf-8"))
    return process.returncode or 0, told.decode(), report


async def test_in_a_storm_with_a_worker_killed_every_book_agrees_and_the_money_is_the_same(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    code, told, report = await simulate(surroundings, tmp_path, "--faults=storm", "--kills=1")
    assert code == 0, told
    assert "no difference, and every return has ended" in told
    assert report["counts"]["programs killed"] == 1
    assert report["counts"]["answers lost"] > 0
    assert report["endings"] == json.loads(ENDINGS.read_text("utf-8"))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<svg") >= 4
    assert "All books agree" in page


async def test_without_its_safeties_a_refund_is_paid_twice_and_the_audit_says_so(
    state: Path, surroundings: dict[str, str]
) -> None:
    unsafe = f"{ROOT / 'tests' / 'faults' / 'unsafe' / 'refunds'}:{ROOT}"
    concluded = await played(state, {**surroundings, "PYTHONPATH": unsafe})
    assert not concluded.agrees
    told = "\n".join(map(str, concluded.differences))
    assert "was asked for 0 times" in told  # the audit from outside
    assert "a second time for return" in told  # and the engine's own comparison


async def played(state: Path, surroundings: Mapping[str, str]) -> Conclusion:
    """Play some returns whose first refund is made, and its answer lost."""
    async with new_stack(state, surroundings) as stack, stage_on(stack, TENANT) as stage:
        began = next_monday(await stage.outside.now())
        plain = [each for each in planned(Wanted(returns=150)) if is_plain(each)][:4]
        journeys = [asked_at(began, each.model_copy(update={"day": 0.0})) for each in plain]
        stories = stage.stories_of(journeys)
        await stage.outside.prepare(journeys)
        await stage.outside.wait_for_me()
        await stage.outside.live_until(began)
        for each in journeys:
            once = {"key": each.return_id, "times": 1}
            await stage.hands.control.fault("gateway", "refund", "cut_after", **once)
        play = stage.play(journeys, stories, lambda _now, _doing: None, TICK)
        acting = await play.to_the_end(began)
        assert any(story.count("PayoutUnknown") for story in stories)
        return await conclude(journeys, stories, acting, stage, as_told=False)


def is_plain(journey: Journey) -> bool:
    """Whether less than half of what one card paid comes back, so that twice as much can."""
    order, line = journey.request.order, journey.request.lines[0]
    if order is None or {tender.provider for tender in order.tenders} != {"stripe"}:
        return False
    price = sum(one.unit_price_minor for one in order.lines if one.line_id == line.line_id)
    value = price * line.quantity * 2
    return journey.title == "a plain return" and value * 2 < order.order().captured_minor
