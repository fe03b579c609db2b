import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.memory.event_store import MemoryEventStore
from demo.journeys import Journey, Unusable
from demo.simulation.charts import charts
from demo.simulation.customers import asked_at
from demo.simulation.figures import Figures
from demo.simulation.report import ending, put_right
from demo.simulation.run import Wanted, next_monday, planned
from demo.simulation.ways import WAYS
from demo.simulation.weather import LEVELS, blows, rules
from demo.stories import Stories
from demo.struck import CALLED
from domain.orders.values import total_difference
from tests.demo.tale import RETURN, completed
from tests.demo.test_verdict import told

A_DAY = timedelta(days=1)


def test_the_same_seed_has_the_same_orders_and_wishes_and_another_has_others() -> None:
    once, again, other = (planned(Wanted(returns=40, seed=seed)) for seed in (3, 3, 4))
    assert once == again
    assert {each.request for each in once}.isdisjoint(each.request for each in other)


def test_every_order_adds_up_to_what_was_captured() -> None:
    for each in planned(Wanted(returns=120)):
        assert each.request.order is not None
        assert total_difference(each.request.order.order()).name == "even"


def test_some_hundred_returns_are_of_every_way_and_of_currencies_with_0_2_and_3_decimals() -> None:
    made = planned(Wanted(returns=300))
    assert {each.title for each in made} == {way.name for way in WAYS}
    currencies = {each.request.order.currency for each in made if each.request.order}
    assert {"JPY", "EUR", "KWD"} <= currencies
    tenders = [len(each.request.order.tenders) for each in made if each.request.order]
    assert max(tenders) > 1


def test_no_unit_is_asked_for_twice() -> None:
    asked: Counter[tuple[str, str]] = Counter()
    sold: dict[tuple[str, str], int] = {}
    for each in planned(Wanted(returns=300)):
        for line in each.request.lines:
            asked[each.request.order_id, line.line_id] += line.quantity
        for bought in each.request.order.lines if each.request.order else ():
            sold[each.request.order_id, bought.line_id] = bought.quantity
    assert all(count <= sold[key] for key, count in asked.items())


def test_a_request_is_made_on_its_day_and_its_order_keeps_its_distance() -> None:
    began = datetime(2026, 11, 30, 6, tzinfo=UTC)
    made = planned(Wanted(returns=5))[0]
    moved = asked_at(began, made)
    assert moved.request.requested_at == began + made.day * A_DAY
    assert _since_delivery(moved) == _since_delivery(made)


def _since_delivery(journey: Journey) -> timedelta:
    assert journey.request.order is not None
    return journey.request.requested_at - journey.request.order.deliveries[-1].delivered_at


def test_a_file_of_orders_is_taken_in_any_shape_that_an_import_takes(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "demo" / "orders.json"
    made = planned(Wanted(returns=30, orders=path))
    known = {order["order_id"] for order in json.loads(path.read_text("utf-8"))}
    assert {each.request.order_id for each in made} <= known
    with pytest.raises(Unusable, match="returns: 3000 were asked for"):
        planned(Wanted(returns=3_000, orders=path))
    broken = tmp_path / "orders.json"
    broken.write_text('[{"order_id": "W-1"}]')
    with pytest.raises(Unusable, match=r"orders\.json: line 1: "):
        planned(Wanted(returns=1, orders=broken))


def test_a_play_begins_on_a_monday_morning() -> None:
    for day in range(7):
        began = next_monday(datetime(2026, 11, 23, 15, 30, tzinfo=UTC) + day * A_DAY)
        assert (began.weekday(), began.hour) == (0, 6)


def test_kills_are_spread_over_the_days_and_programs_take_turns() -> None:
    planned_blows = blows(4, ["worker", "database"], 40, seed=7)
    assert [blow.day // 10 for blow in planned_blows] == [0, 1, 2, 3]
    assert [blow.program for blow in planned_blows] == ["worker", "database"] * 2
    assert planned_blows == blows(4, ["worker", "database"], 40, seed=7)
    assert planned_blows != blows(4, ["worker", "database"], 40, seed=8)
    assert blows(0, ["worker"], 40, seed=7) == []


def test_whoever_is_named_is_killed_at_least_once_also_in_fine_weather() -> None:
    named = Wanted(returns=10, kill=("worker", "server", "api"))
    assert [blow.program for blow in named.blows] == ["worker", "server", "api"]
    everything = Wanted(returns=1, kill=("everything",)).blows
    assert [blow.names for blow in everything] == [tuple(CALLED)]
    assert Wanted(returns=300).blows == []
    assert [blow.program for blow in Wanted(returns=100, faults="storm").blows] == ["worker"] * 2


def test_a_storm_loses_one_answer_in_ten_and_a_quiet_day_none() -> None:
    lost = {"cut_after", "500_after"}
    storm = [rule for rule in rules(LEVELS["storm"], 300) if rule["face"] == "gateway"]
    assert sum(rule["rate"] for rule in storm if rule["fault"] in lost) == pytest.approx(0.1)
    assert not any(rule["rate"] for rule in rules(LEVELS["none"], 300))
    assert Wanted(faults="storm", returns=300).all_kills > 0
    assert Wanted(faults="storm", returns=300, kills=0).all_kills == 0


def test_charts_need_nothing_from_outside_of_the_page() -> None:
    shown = Figures(
        headlines=[{"day": 0, "headline": "in_transit", "returns": 2}],
        refunds=[{"return_id": "R-1", "days": 5.5}],
        exceptions=[{"headline": "in_review", "days": 0.5}],
        tenders=[{"currency": "KWD", "to": "stripe", "amount_minor": 1_005, "payouts": 1}],
        goods=[
            {
                "disposition": "restock",
                "grade": "like_new",
                "currency": "EUR",
                "units": 3,
                "captured_minor": 4_500,
            }
        ],
        ways=[],
    )
    drawn = charts(shown, [{"what": "throttled", "came": "put right", "times": 2, "lost": False}])
    assert set(drawn) == {"headlines", "refunds", "exceptions", "tenders", "goods", "faults"}
    for svg in drawn.values():
        assert svg.startswith("<svg")
        assert "<script" not in svg
        assert re.findall(r'(?:href|src)="(?!#)', svg) == []
    assert "in transit" in drawn["headlines"]
    assert charts(Figures([], [], [], [], [], []), []) == {}


def test_a_fault_is_put_right_when_the_return_that_it_hit_has_ended() -> None:
    story = told(completed())
    payout = next(iter(story.state.payouts))
    fired = [
        {"fault": "cut_after", "key": f"acme:{RETURN}:label:P1:1"},
        {"fault": "cut_after", "key": f"metadata['instruction_id']:'{payout}'"},
        {"fault": "webhook_twice", "key": "evt_1"},
        {"fault": "webhook_twice", "key": "evt_2"},
    ]
    stories = Stories(MemoryEventStore(), {RETURN: story})
    table = put_right(fired, stories, {"evt_1": RETURN})
    counted = {(row["what"], row["came"]): (row["times"], row["lost"]) for row in table}
    assert counted == {
        ("done, the answer cut off", "put right"): (2, True),
        ("webhook told twice", "put right"): (1, False),
        ("webhook told twice", "of no one return"): (1, False),
    }
    assert ending(story, {RETURN: "plain"})["ended"] == "completed"
