"""Units, in every state of the table of what they are worth."""

from datetime import timedelta
from functools import partial

from domain.returns import commands as c
from domain.returns.decider import Command
from domain.words import Decision, Grade, Receipt
from tests.domain.returns import story
from tests.domain.returns.cells.cell import Cells, Saying, of_another_unit
from tests.domain.returns.cells.of_the_whole import (
    judged,
    looked_at,
    request,
)
from tests.domain.returns.scenario import CUSTOMER, Scenario

D, R = Decision, Receipt
UNIT = "1/1"


def phone() -> Scenario:
    """It has a serial that the order names."""
    return story.arrived(story.wish("2"))


def graded(grade: Grade, **seen: str) -> Saying:
    """The inspector looked at the first unit."""
    return lambda known: story.inspection(
        known.later(seconds=60), story.seen(next(iter(known.state.units), UNIT), grade, **seen)
    )


def found(grade: Grade, **seen: str) -> Scenario:
    known = phone()
    return known.when(graded(grade, **seen)(known))


def another_came() -> Scenario:
    """A mug was in the box."""
    known = story.under_way(story.wish("2")).later(days=2)
    return known.when(a_mug(known))


def a_mug(known: Scenario) -> Command:
    return story.receipt(known, [story.counted("MUG")])


def _the_phone(known: Scenario) -> Command:
    """It was in another box."""
    return story.receipt(known.later(seconds=60), [story.counted("PHONE")])


def missing_for_good() -> Scenario:
    """It was not in the box, its customer said it was, and nobody believed it."""
    known = story.under_way(story.wish("2"), story.wish("1")).later(days=2)
    known = known.when(story.receipt(known, [story.counted()]), _graded_second(known))
    known = known.wait(until=known.now + timedelta(days=7))
    known = known.when(_objects(known))
    return known.when(_heard("denied")(known))


def _graded_second(known: Scenario) -> Command:
    return story.inspection(known, story.seen("1/1"))


def disputed(outcome: str = "") -> Scenario:
    known = found(Grade.USED)
    known = known.when(_objects(known))
    return known.when(_heard(outcome)(known)) if outcome else known


def _objects(known: Scenario) -> Command:
    command: Command = story.ask(
        c.Dispute, by=CUSTOMER, unit=next(iter(known.state.units), UNIT), because="as new"
    )
    return command


def _heard(outcome: str) -> Saying:
    return lambda known: story.by_staff(
        c.ResolveDispute, unit=next(iter(known.state.units), UNIT), outcome=outcome, because="so"
    )


DECISION = Cells(
    axis="decision",
    names="unit",
    look=lambda state: next((unit.decision for unit in state.units.values()), None),
    standing={
        None: looked_at,
        D.PENDING: phone,
        D.NEEDS_REVIEW: another_came,
        D.ACCEPTED: partial(found, Grade.LIKE_NEW, serial="SN-1"),
        D.ACCEPTED_WITH_DEDUCTION: partial(found, Grade.USED),
        D.REJECTED: partial(found, Grade.UNSALVAGEABLE),
        D.APPEALED: disputed,
        D.APPEAL_UPHELD: partial(disputed, "upheld"),
        D.APPEAL_DENIED: partial(disputed, "denied"),
    },
    sayings={
        "ReturnRequested": lambda _known: request("2"),
        "DecisionMade(accepted)": graded(Grade.LIKE_NEW, serial="SN-1"),
        "DecisionMade(accepted_with_deduction)": graded(Grade.USED, serial="SN-1"),
        "DecisionMade(rejected)": graded(Grade.UNSALVAGEABLE, serial="SN-1"),
        "DecisionMade(needs_review)": a_mug,
        "UnitDeclined": lambda _known: story.by_staff(c.Decline, because="no"),
        "ReturnDeclined": lambda _known: story.by_staff(c.Decline, because="no"),
        "ReturnApproved(full)": lambda _known: story.by_staff(c.Override, because="goodwill"),
        "ReturnApproved(partial)": lambda _known: story.by_staff(
            c.Override, because="goodwill", units=("3/1",)
        ),
        "DecisionReopened": of_another_unit,
        "DisputeOpened": _objects,
        "DisputeResolved(upheld)": _heard("upheld"),
        "DisputeResolved(denied)": _heard("denied"),
    },
    instead={
        (D.PENDING, "DecisionMade(needs_review)"): partial(story.under_way, story.wish("2")),
        (D.PENDING, "UnitDeclined"): looked_at,
        (D.PENDING, "ReturnDeclined"): partial(judged, "2"),
        (D.REJECTED, "ReturnApproved(full)"): partial(judged, "3", final="3"),
        (D.REJECTED, "ReturnApproved(partial)"): partial(judged, "3", "1", final="31"),
        (D.APPEAL_DENIED, "DecisionReopened"): missing_for_good,
    },
    otherwise={
        (D.PENDING, "UnitDeclined"): lambda _known: request("3", "1", final="3"),
        (D.NEEDS_REVIEW, "DecisionMade(accepted)"): lambda _known: story.by_staff(c.Approve),
        (D.NEEDS_REVIEW, "DecisionMade(rejected)"): lambda _known: story.by_staff(
            c.Decline, because="it is a mug"
        ),
        (D.NEEDS_REVIEW, "DecisionReopened"): _the_phone,
        (D.APPEAL_DENIED, "DecisionReopened"): _the_phone,
    },
)
