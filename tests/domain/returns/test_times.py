"""What cannot have happened then is refused by name; no wrong clock moves a deadline."""

from datetime import datetime, timedelta

import pytest

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import PayoutPlanned
from domain.returns.times import IMPORTED, SKEW
from tests.domain.returns.scenario import A_DAY, A_SECOND, CUSTOMER, MONDAY, STAFF, Scenario
from tests.domain.returns.shop import DELIVERED, order
from tests.domain.returns.story import (
    arrived,
    begin,
    counted,
    hint,
    inspection,
    labelled,
    opening,
    receipt,
    scan,
    under_way,
)

PLACED = order().placed_at
SHOP = c.Who(kind="service", id="shop")


def _because(known: Scenario, command: c.Ask | c.Report, code: str) -> str:
    refusal = known.attempt(command).refusal
    assert refusal is not None
    assert refusal.code == code
    return refusal.because


def _reports(known: Scenario, when: datetime) -> list[c.Report]:
    return [
        scan(known, occurred_at=when),
        receipt(known, [counted()], occurred_at=when),
        inspection(known, occurred_at=when),
    ]


def test_what_is_still_to_come_is_refused_by_name() -> None:
    known = under_way().later(days=2)
    for report in _reports(known, known.now + SKEW + A_SECOND):
        because = _because(known, report, "in_the_future")
        assert because.startswith("occurred_at: 2026-03-13T10:00:01+00:00 is still to come")


def test_what_was_before_the_order_is_refused_by_name() -> None:
    known = under_way().later(days=2)
    for report in _reports(known, PLACED - A_SECOND):
        because = _because(known, report, "before_the_order")
        assert because.startswith("occurred_at: ")
        assert because.endswith(f"before the order was placed, {PLACED.isoformat()}")


@pytest.mark.parametrize("status", ["scanned", "delivered", "customs_hold"])
def test_a_clock_that_is_ahead_gives_nobody_more_time(status: str) -> None:
    known = labelled().later(days=1)
    right = known.when(scan(known, status=status))
    ahead = known.when(scan(known, status=status, occurred_at=known.now + SKEW))
    assert [step.due_at for step in ahead.steps] == [step.due_at for step in right.steps]


def test_a_receipt_by_a_clock_that_is_ahead_happened_when_we_heard_of_it() -> None:
    known = under_way().later(days=2)
    known = known.when(receipt(known, [counted()], occurred_at=known.now + SKEW))
    assert known.state.units["1/1"].received_at == known.now
    assert known.step("inspect").due_at == known.now + timedelta(days=3)


def test_two_scans_by_a_clock_that_is_ahead_keep_their_order() -> None:
    known = labelled().later(days=1)
    first = scan(known, occurred_at=known.now + timedelta(hours=5))
    second = scan(known, status="delivered", occurred_at=known.now + timedelta(hours=6))
    assert known.when(first, second).state.parcels["P1"].logistics == "delivered_unscanned"


def test_nobody_is_late_with_a_parcel_that_we_hear_of_late() -> None:
    known = under_way().later(days=20)
    told = receipt(known, [counted()], occurred_at=known.now - timedelta(days=15))
    known = known.when(told).settle()
    assert known.step("inspect").due_at == known.now + timedelta(days=3)
    assert known.when(n.NoteDeadline()).news == ()


def test_news_that_is_late_but_in_time_counts_from_when_it_happened() -> None:
    known = under_way().later(days=5)
    known = known.when(receipt(known, [counted()], occurred_at=known.now - A_DAY))
    assert known.step("inspect").due_at == known.now + timedelta(days=2)


def test_a_step_that_is_open_again_counts_from_its_own_time() -> None:
    known = under_way().later(days=20)
    told = receipt(known, [counted()], occurred_at=known.now - timedelta(days=15))
    known = known.when(told).settle().later(days=10)
    known = known.when(receipt(known, [], corrects=told.message_id))
    assert "inspect" not in known.actions
    known = known.when(receipt(known, [counted()]))
    assert known.step("inspect").due_at == known.now + timedelta(days=3)


def test_old_news_of_money_leaves_a_completed_return_completed() -> None:
    known = arrived()
    known = known.when(inspection(known)).settle().later(days=20)
    old = hint(known.last(PayoutPlanned).instruction_id)
    known = known.when(old)
    assert [event.type for event in known.news] == ["PayoutNewsHeard"]


# ── The request ───────────────────────────────────────────────────────────────────────────


def _asked(by: c.Who, at: datetime) -> c.Open:
    return opening(at=at).model_copy(update={"actor": by})


@pytest.mark.parametrize(("by", "most"), [(CUSTOMER, SKEW), (SHOP, IMPORTED), (STAFF, IMPORTED)])
def test_a_request_is_as_old_as_whoever_brings_it_may_say(by: c.Who, most: timedelta) -> None:
    known = begin().at(DELIVERED + timedelta(days=35))
    oldest = known.now - most
    assert known.attempt(_asked(by, oldest)).refusal is None
    because = _because(known, _asked(by, oldest - A_SECOND), "requested_too_long_ago")
    assert because.startswith("request.requested_at: ")
    assert because.endswith(f"since {oldest.isoformat()}")


def test_a_customer_cannot_ask_within_a_window_that_has_passed() -> None:
    known = begin().at(DELIVERED + timedelta(days=40))
    known.refuses(_asked(CUSTOMER, DELIVERED + timedelta(days=29)), "requested_too_long_ago")
    assert known.when(_asked(CUSTOMER, known.now)).headline == "declined"


def test_a_request_of_before_the_order_is_refused_by_name() -> None:
    because = _because(begin(), _asked(SHOP, PLACED - A_SECOND), "before_the_order")
    assert because.startswith("request.requested_at: ")


@pytest.mark.parametrize(
    "path",
    ["requested_at", "order.placed_at", "order.tenders.1.captured_at",
     "order.deliveries.0.delivered_at"],
)  # fmt: skip
def test_a_request_that_tells_of_the_future_is_refused_by_name(path: str) -> None:
    told = opening().model_dump(mode="json")
    inner = told["request"]
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        inner = inner[step]
    inner[last] = (MONDAY + SKEW + A_SECOND).isoformat()
    ask = c.Open.model_validate_json(c.Open.model_construct(**told).model_dump_json(warnings=False))
    assert _because(begin(), ask, "in_the_future").startswith(
        f"request.{path}: 2026-03-10T10:00:01"
    )


def test_a_request_brought_late_gives_whoever_reviews_it_the_whole_time() -> None:
    rules = [{"rule": "look", "outcome": "review", "because": "look",
              "when": {"fact": "category", "eq": ""}}]  # fmt: skip
    known = begin(rules=rules)
    known = known.when(_asked(SHOP, MONDAY - timedelta(days=15)))
    assert known.step("review").due_at == MONDAY + timedelta(hours=48)


def test_the_whole_story_still_ends_when_every_clock_is_an_hour_ahead() -> None:
    known = arrived().later(days=1)
    known = known.when(inspection(known, occurred_at=known.now + timedelta(hours=1))).settle()
    assert known.headline == "completed"
