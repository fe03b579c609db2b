"""Who may ask what of whose return; and what is about another return is not taken for this one."""

from typing import Any

import pytest

from domain.returns import commands as c
from domain.returns.asking.entitled import MAY_ASK
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.story import (
    arrived,
    ask,
    begin,
    counted_all,
    inspection,
    opened,
    opening,
    receipt,
    under_way,
    wish,
)

ANOTHER = c.Who(kind="customer", id="c-99")


def said_of(known: Scenario, command: c.Ask | c.Report) -> tuple[str, str]:
    """The code, and the field that the sentence begins with."""
    known = known.attempt(command)
    assert known.refusal is not None
    assert known.news == ()
    return known.refusal.code, known.refusal.because.partition(":")[0]


def otherwise(**changed: Any) -> c.Open:
    """The usual opening, by somebody else or about something else."""
    usual = opening(wish())
    if "actor" in changed:
        return usual.model_copy(update=changed)
    request = usual.request.model_copy(update=changed)
    return usual.model_copy(update={"request": request})


def test_everything_that_can_be_asked_has_its_line() -> None:
    assert set(MAY_ASK) == set(c.UPDATES.values())


@pytest.mark.parametrize(
    "command",
    [
        ask(c.Override, because="me"),
        ask(c.Approve),
        ask(c.Decline, because="no"),
        ask(c.ResolveDispute, unit="1/1", outcome="upheld", because="mine"),
        ask(c.ReleasePayout, instruction_id="any"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_customer_does_not_decide_their_own_case(command: c.Ask) -> None:
    assert said_of(arrived(), command) == ("staff_only", "actor.kind")


def test_a_customer_asks_for_their_own_return_alone() -> None:
    assert said_of(opened(), ask(c.Cancel, by=ANOTHER)) == ("not_yours", "actor.id")
    assert said_of(begin(), otherwise(actor=ANOTHER)) == ("not_yours", "actor.id")


def test_what_was_seen_of_another_return_is_not_recorded_of_this_one() -> None:
    known = arrived()
    seen = inspection(known, return_id="r-77")
    assert said_of(known, seen) == ("other_return", "return_id")


def test_a_box_of_other_returns_is_not_counted_here() -> None:
    known = under_way()
    box = receipt(known, counted_all(known.state), returns=("r-77", "r-78"))
    assert said_of(known, box) == ("other_return", "returns")
    shared = receipt(known, counted_all(known.state), returns=("r-77", known.return_id))
    assert known.when(shared).count("ParcelReceived") == 1


def test_a_return_opened_again_is_the_same_one() -> None:
    known = opened(wish())
    assert known.when(opening(wish())).news == ()


def test_a_return_cannot_be_opened_again_for_something_else() -> None:
    known = opened(wish())
    assert said_of(known, opening(wish("1", 2))) == ("return_exists", "request.lines")
    assert said_of(known, otherwise(order_id="W-77")) == ("return_exists", "return_id")
    assert said_of(known, otherwise(return_id="r-2")) == ("other_return", "request.return_id")
