"""Units, in every state of the table of whether they arrived."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from domain.orders.events import ClaimedUnit, UnitsClaimed
from domain.orders.ledger import evolve
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.decider import Command
from domain.words import Decision, Grade, Receipt
from tests.domain.returns import story
from tests.domain.returns.cells.cell import Cells, of_another_box
from tests.domain.returns.cells.of_the_whole import (
    cancelled,
    ending,
    expired,
    judged,
    looked_at,
    request,
    seen_in_time,
)
from tests.domain.returns.cells.of_verdicts import a_mug, another_came, graded, phone
from tests.domain.returns.scenario import Scenario

D, R = Decision, Receipt
UNIT = "1/1"


def in_doubt(*, over: bool = False) -> Scenario:
    """One of two was in the box, and the days to find the other are almost over."""
    known = story.under_way(story.wish("2"), story.wish("1")).later(days=2)
    known = known.when(story.receipt(known, [story.counted()]))
    due = known.now + timedelta(days=7)
    if over:
        return known.wait(until=due)
    return known.wait(until=due - timedelta(seconds=1)).at(due)


def lost() -> Scenario:
    known = story.under_way(story.wish("2")).later(days=1)
    return known.when(story.scan(known, status="lost"))


def seen_before() -> Scenario:
    """Inspected, and no word of its box yet."""
    known = story.under_way(story.wish("2")).later(days=2)
    return known.when(graded(Grade.LIKE_NEW)(known))


def claimed_by_another() -> Scenario:
    """Its time was over, and another return has asked for the same unit since."""
    known = expired("1")
    assert known.ledger is not None
    claim = UnitsClaimed(
        order_id="W-1", occurred_at=known.now, return_id="r-2",
        units=(ClaimedUnit(line_id="1", ordinal=1),),
    )  # fmt: skip
    return replace(known, ledger=evolve(known.ledger, claim))


def out_of_two() -> Scenario:
    """Two boxes are on their way."""
    return story.under_way(story.wish("2"), story.wish("1"), parcels=2)


def matched() -> Scenario:
    """A thing that nobody announced was taken for the missing unit."""
    known = with_a_stray(out_of_two())
    return known.when(_match(known))


def with_a_mug(known: Scenario) -> Scenario:
    return known.when(a_mug(known))


def with_a_stray(known: Scenario) -> Scenario:
    """A lamp has come, in a box of its own."""
    box = story.receipt(known, [story.counted("LAMP")], parcel_id="P9")
    return known.when(box)


def _match(known: Scenario) -> Command:
    command: Command = story.by_staff(
        c.MatchUnit, stray_id=next(iter(known.state.strays), "none"),
        unit=next(iter(known.state.units), UNIT),
    )  # fmt: skip
    return command


def _unmatch(known: Scenario) -> Command:
    stray = next(iter(known.state.strays), "none")
    command: Command = story.by_staff(c.UnmatchUnit, stray_id=stray)
    return command


def _came(known: Scenario) -> Command:
    sku = next(iter(known.state.units.values())).asked.sku
    return story.receipt(known.later(seconds=60), [story.counted(sku)])


RECEIPT = Cells(
    axis="receipt",
    names="unit",
    look=lambda state: next((unit.receipt for unit in state.units.values()), None),
    standing={
        None: looked_at,
        R.AWAITING: partial(story.under_way, story.wish("2")),
        R.RECEIVED: phone,
        R.SHORT_SHIPPED: partial(in_doubt, over=True),
        R.WRONG_ITEM: another_came,
        R.LOST_IN_TRANSIT: lost,
        R.CANCELLED: partial(cancelled, "1"),
        R.EXPIRED: partial(expired, "1"),
    },
    sayings={
        "ReturnRequested": lambda _known: request("2"),
        "UnitReceived": _came,
        "UnitMatched": _match,
        "UnitUnmatched": _unmatch,
        "UnitReceiptRetracted": of_another_box,
        "UnitMissed(short_shipped)": lambda _known: n.NoteDeadline(),
        "UnitMissed(wrong_item)": a_mug,
        "UnitMissed(lost_in_transit)": lambda known: story.scan(known, status="lost"),
        "ReturnCancelled": lambda _known: story.by_staff(c.Cancel),
        "ReturnExpired": lambda _known: n.NoteDeadline(),
        "ReturnDeclined": lambda _known: story.by_staff(c.Decline, because="no"),
        "UnitDeclined": lambda _known: request("3", "1", final="3"),
        "ReturnApproved(full)": lambda _known: story.by_staff(c.Override, because="goodwill"),
        "ReturnApproved(partial)": lambda _known: story.by_staff(
            c.Override, because="goodwill", units=("3/1",)
        ),
        "ReturnReopened(cancelled)": seen_in_time,
        "ReturnReopened(cancelled_in_part)": seen_in_time,
        "ReturnReopened(expired)": seen_in_time,
        "ReturnReopened(expired_in_part)": seen_in_time,
    },
    instead={
        (R.AWAITING, "UnitMissed(short_shipped)"): in_doubt,
        (R.AWAITING, "ReturnCancelled"): partial(judged, "1"),
        (R.AWAITING, "ReturnExpired"): partial(ending, "1"),
        (R.AWAITING, "ReturnDeclined"): partial(judged, "2"),
        (R.AWAITING, "UnitDeclined"): looked_at,
        (R.RECEIVED, "UnitUnmatched"): matched,
        (R.AWAITING, "UnitMatched"): lambda: with_a_stray(out_of_two()),
        (R.RECEIVED, "UnitReceived"): seen_before,
        (R.SHORT_SHIPPED, "UnitMatched"): lambda: with_a_stray(in_doubt(over=True)),
        (R.WRONG_ITEM, "UnitMatched"): another_came,
        (R.LOST_IN_TRANSIT, "UnitMatched"): lambda: with_a_stray(lost()),
        (R.CANCELLED, "UnitReceived"): partial(judged, "3", final="3"),
        (R.CANCELLED, "UnitMatched"): lambda: with_a_mug(judged("3", final="3")),
        (R.EXPIRED, "UnitReceived"): claimed_by_another,
        (R.EXPIRED, "UnitMatched"): lambda: with_a_mug(claimed_by_another()),
        (R.CANCELLED, "ReturnApproved(full)"): partial(judged, "3", final="3"),
        (R.CANCELLED, "ReturnApproved(partial)"): partial(judged, "3", "1", final="31"),
        (R.CANCELLED, "ReturnReopened(cancelled_in_part)"):
            partial(cancelled, "1", "3", final="3"),
        (R.EXPIRED, "ReturnReopened(expired_in_part)"): partial(expired, "1", "3", final="3"),
    },
)  # fmt: skip
