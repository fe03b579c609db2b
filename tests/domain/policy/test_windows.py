from datetime import timedelta
from typing import Any

import pytest

from domain.orders.order import Order, OrderLine
from domain.policy.policy import in_force
from domain.policy.units import units_of
from domain.refusal import Refused
from domain.returns.asking.request import RequestedLine
from domain.words import Reason
from tests.domain.orders.orders import (
    A_DAY,
    A_SECOND,
    DELIVERED,
    PLACED,
    delivery,
    ledger,
    line,
    order,
)
from tests.domain.policy.policies import ask, fired, outcome, policy, request, wanted

LAST_INSTANT = DELIVERED + 30 * A_DAY


def american(*lines: OrderLine, **changes: Any) -> Order:
    """An order to where no floor stands."""
    return order(*lines, ship_to="US", **changes)


def test_at_the_last_instant_of_the_window_the_unit_may_come_back() -> None:
    evaluation = ask(policy(), american(), request(at=LAST_INSTANT))
    assert outcome(evaluation) == ("approve", "otherwise")


def test_one_second_after_the_window_the_unit_stays() -> None:
    evaluation = ask(policy(), american(), request(at=LAST_INSTANT + A_SECOND))
    assert outcome(evaluation) == ("decline", "outside_window")
    assert evaluation.quote.units == ()
    assert evaluation.quote.total_minor == 0


def test_a_decision_shows_the_window_and_the_facts_it_saw() -> None:
    told = fired(ask(policy(), american(), request(at=LAST_INSTANT)), "window")
    assert told is not None
    assert told.facts == {
        "days": 30,
        "days_since_delivery": 30,
        "reason": "changed_mind",
        "country": "US",
    }


def test_each_unit_counts_from_its_own_delivery() -> None:
    late = DELIVERED + 20 * A_DAY
    sold = american(
        line("1", quantity=2),
        deliveries=(delivery({"1": 1}, late), delivery({"1": 1}, DELIVERED)),
    )
    evaluation = ask(policy(), sold, request(wanted(quantity=2), at=LAST_INSTANT + A_SECOND))
    assert [verdict.outcome for verdict in evaluation.verdicts] == ["decline", "approve"]
    assert [unit.ordinal for unit in evaluation.quote.units] == [2]


def test_the_window_of_a_unit_that_is_still_on_its_way_has_not_started() -> None:
    sold = american(line("1", quantity=2), deliveries=(delivery({"1": 1}),))
    evaluation = ask(policy(), sold, request(wanted(quantity=2), at=DELIVERED + 400 * A_DAY))
    assert [verdict.outcome for verdict in evaluation.verdicts] == ["decline", "approve"]


def test_where_deliveries_are_never_told_the_window_counts_from_the_purchase() -> None:
    sold = american(deliveries=())
    edge = PLACED + 30 * A_DAY
    assert outcome(ask(policy(), sold, request(at=edge)))[0] == "approve"
    assert outcome(ask(policy(), sold, request(at=edge + A_SECOND)))[0] == "decline"


def test_a_right_that_hangs_on_an_unknown_delivery_is_a_persons_to_judge() -> None:
    sold = order(deliveries=())
    evaluation = ask(policy(), sold, request(at=PLACED + 60 * A_DAY))
    assert outcome(evaluation) == ("review", "delivery_unknown")


@pytest.mark.parametrize(
    ("windows", "days"),
    [
        ([{"rule": "a", "days": 10}, {"rule": "b", "days": 20, "countries": ["US"]}], 20),
        (
            [
                {"rule": "a", "days": 10},
                {"rule": "b", "days": 20, "countries": ["US"]},
                {"rule": "c", "days": 5, "countries": ["US"], "categories": ["clothing"]},
            ],
            5,
        ),
        (
            [
                {"rule": "a", "days": 10},
                {"rule": "b", "days": 20, "reasons": ["changed_mind"]},
                {"rule": "c", "days": 15, "categories": ["clothing"]},
            ],
            20,
        ),
        ([{"rule": "a", "days": 10}, {"rule": "b", "days": 20, "groups": ["vip"]}], 10),
        ([{"rule": "a", "days": 10}, {"rule": "b", "days": 20, "faults": ["merchant"]}], 10),
    ],
    ids=["specific", "most specific", "first of equals", "other group", "other fault"],
)
def test_the_window_that_names_most_counts_and_of_equals_the_first(
    windows: list[dict[str, object]], days: int
) -> None:
    rules, edge = policy(windows=windows), DELIVERED + timedelta(days=days)
    sold = american()
    assert outcome(ask(rules, sold, request(at=edge)))[0] == "approve"
    assert outcome(ask(rules, sold, request(at=edge + A_SECOND)))[0] == "decline"


def test_an_order_is_judged_by_the_version_in_force_when_it_was_placed() -> None:
    first = policy()
    second = policy(version=2, in_force_from="2026-03-01T09:30:00Z")
    assert in_force([second, first], PLACED) == second
    assert in_force([second, first], PLACED - A_SECOND) == first


def test_an_order_older_than_every_version_is_judged_by_the_oldest() -> None:
    first, second = policy(), policy(version=2, in_force_from="2026-02-01T00:00:00Z")
    assert in_force([second, first], PLACED - 900 * A_DAY) == first


def test_without_a_policy_nothing_is_judged() -> None:
    with pytest.raises(ValueError, match="no policy"):
        in_force([], PLACED)


def test_units_are_named_in_the_return_and_kept_apart_from_the_lines_own_count() -> None:
    known = ledger(line("1", quantity=3), line("2"))
    units = units_of(known, request(wanted("1", 2), wanted("2", reason=Reason.DEFECTIVE)))
    assert not isinstance(units, Refused)
    assert [(unit.unit, unit.ordinal) for unit in units] == [("1/1", 1), ("1/2", 2), ("2/1", 1)]


@pytest.mark.parametrize(
    ("asked", "code"), [(wanted("9"), "unknown_line"), (wanted("1", 2), "already_claimed")]
)
def test_a_request_for_what_is_not_there_is_refused(asked: RequestedLine, code: str) -> None:
    refused = units_of(ledger(), request(asked))
    assert isinstance(refused, Refused)
    assert refused.code == code
