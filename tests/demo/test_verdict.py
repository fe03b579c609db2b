import json
from typing import Any

from demo.journeys import Journey
from demo.stories import Story
from demo.verdict import ending, verdicts
from tests.demo.tale import RETURN, TENANT, Tale, completed


def told(tale: Tale) -> Story:
    story = Story(TENANT, RETURN)
    for row in tale.rows:
        if row.stream_id.startswith("return:"):
            story.add(row, json.dumps(row.data))
    return story


def journey(return_id: str = RETURN, **said: Any) -> Journey:
    request = {
        "return_id": return_id,
        "order_id": "W-2001",
        "requested_at": "2026-06-15T09:00:00Z",
        "lines": [{"line_id": "1", "quantity": 2, "reason": "too_small"}],
        "method": "drop_off_label",
    }
    whole = {"journey": "plain", "title": "plain", "request": request, **said}
    return Journey.model_validate_json(json.dumps(whole))


def differences(**expect: Any) -> list[str]:
    return list(ending(journey(expect=expect), told(completed())))


def test_an_ending_as_expected_is_no_difference() -> None:
    paid = told(completed()).status.money
    assert paid
    assert (
        differences(
            headline="completed",
            paid_minor=paid.paid_minor,
            payouts=1,
            tenders={"t1": paid.paid_minor},
            method="drop_off_label",
            events={"ReturnCompleted": 1, "ParcelLost": 0},
        )
        == []
    )


def test_every_other_ending_is_named() -> None:
    assert differences(headline="declined") == ["is completed, not declined"]
    assert differences(method="in_store") == ["goes by drop_off_label, not by in_store"]
    assert differences(paid_minor=1) == ["18439 EUR minor units paid, not 1"]
    assert differences(payouts=2) == ["1 payouts, not 2"]
    assert differences(tenders={"t2": 1}) == ["paid to {'t1': 18439}, not {'t2': 1}"]
    assert differences(events={"ParcelLost": 1}) == ["ParcelLost 0 times, not 1"]


def race(*answers: str) -> list[str]:
    names = ("R-1", "R-2")
    stories = {
        name: Story(TENANT, name, answer=said) for name, said in zip(names, answers, strict=True)
    }
    return list(verdicts([journey(name, one_wins=True) for name in names], stories))


def test_of_a_race_exactly_one_wins() -> None:
    assert race("", "taken") == []
    assert race("", "") == ["R-1, R-2: 2 of them were opened, not 1"]
    assert race("taken", "taken") == ["R-1, R-2: 0 of them were opened, not 1"]


def test_a_return_that_should_have_been_opened_is_named() -> None:
    story = {RETURN: Story(TENANT, RETURN, answer="unknown_order: no such order")}
    found = list(verdicts([journey(expect={"headline": "completed"})], story))
    assert found == ["R-1: was not opened: unknown_order: no such order"]


def test_what_the_returns_of_a_journey_pay_together_is_added_up() -> None:
    two = [journey(name, expect={"paid_together_minor": 18_439}) for name in ("R-1", "R-2")]
    stories = {"R-1": told(completed()), "R-2": Story(TENANT, "R-2")}
    assert list(verdicts(two, stories)) == []
    more = [journey(name, expect={"paid_together_minor": 18_440}) for name in ("R-1", "R-2")]
    assert list(verdicts(more, stories)) == ["R-1, R-2: 18439 minor units paid together, not 18440"]
