"""The return itself, in every state of its two tables: may it come back, is anything left."""

from datetime import timedelta
from functools import partial

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.decider import Command
from domain.returns.lifecycle import Life
from domain.words import Authorisation
from tests.domain.returns import shop, story
from tests.domain.returns.cells.cell import Cells, Saying
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import Scenario

A = Authorisation
A_LOOK = {
    "rule": "look", "outcome": "review", "because": "a person looks at phones",
    "when": {"fact": "category", "eq": "electronics"},
}  # fmt: skip


def looked_at() -> Scenario:
    """Nobody has asked yet; what is asked for phones is a person's to judge."""
    return story.begin(rules=[A_LOOK])


def request(*lines: str, final: str = "") -> Command:
    """These lines are asked for; some of the order's were sold for good."""
    sold = tuple(
        line.model_copy(update={"final_sale": line.line_id in final}) for line in shop.order().lines
    )
    return story.opening(*map(story.wish, lines), snapshot=shop.order(lines=sold))


def judged(*lines: str, final: str = "") -> Scenario:
    return looked_at().when(request(*lines, final=final)).settle()


def cancelled(*lines: str, final: str = "") -> Scenario:
    return judged(*lines, final=final).when(story.by_staff(c.Cancel)).settle()


def ending(*lines: str, final: str = "") -> Scenario:
    """The last day is over, and nobody has noticed yet."""
    known = judged(*lines, final=final)
    due = known.state.ship_by
    assert due is not None
    return known.at(due)


def expired(*lines: str, final: str = "") -> Scenario:
    return ending(*lines, final=final).when(n.NoteDeadline())


def seen_in_time(known: Scenario) -> Command:
    """Its carrier had seen it in time; or it comes, though it was not to be sent."""
    if not known.state.parcels:
        return story.receipt(known, [story.counted()])
    return story.scan(known, occurred_at=known.now - timedelta(hours=2))


def _override(*units: str) -> Saying:
    return lambda _known: story.by_staff(c.Override, because="a good customer", units=units)


AUTHORISATION = Cells(
    axis="authorisation",
    look=lambda state: state.authorisation,
    standing={
        None: looked_at,
        A.NEEDS_REVIEW: partial(judged, "2"),
        A.APPROVED: partial(judged, "1"),
        A.PARTIALLY_APPROVED: partial(judged, "1", "3", final="3"),
        A.DECLINED: partial(judged, "3", final="3"),
        A.CANCELLED: partial(cancelled, "1"),
        A.EXPIRED: partial(expired, "1"),
    },
    sayings={
        "ReturnRequested": lambda _known: request("1"),
        "ReturnApproved(full)": lambda _known: story.by_staff(c.Approve),
        "ReturnApproved(partial)": lambda _known: story.by_staff(c.Approve),
        "ReviewRequested": lambda _known: request("2"),
        "ReturnDeclined": lambda _known: story.by_staff(c.Decline, because="no"),
        "ReturnCancelled": lambda _known: story.by_staff(c.Cancel),
        "ReturnExpired": lambda _known: n.NoteDeadline(),
        "ReturnReopened(cancelled)": seen_in_time,
        "ReturnReopened(cancelled_in_part)": seen_in_time,
        "ReturnReopened(expired)": seen_in_time,
        "ReturnReopened(expired_in_part)": seen_in_time,
    },
    instead={
        # What is asked for is judged in the same decision.
        **{
            (A.REQUESTED, move): looked_at
            for move in (
                "ReturnApproved(full)", "ReturnApproved(partial)", "ReviewRequested",
                "ReturnDeclined",
            )
        },
        (A.NEEDS_REVIEW, "ReturnApproved(partial)"): partial(judged, "2", "3", final="3"),
        (A.DECLINED, "ReturnApproved(partial)"): partial(judged, "2", "3", final="23"),
        (A.PARTIALLY_APPROVED, "ReturnApproved(partial)"): partial(judged, "1", "2", "3", final="23"),
        (A.APPROVED, "ReturnExpired"): partial(ending, "1"),
        (A.PARTIALLY_APPROVED, "ReturnExpired"): partial(ending, "1", "3", final="3"),
        (A.CANCELLED, "ReturnReopened(cancelled_in_part)"):
            partial(cancelled, "1", "3", final="3"),
        (A.EXPIRED, "ReturnReopened(expired_in_part)"): partial(expired, "1", "3", final="3"),
    },
    otherwise={
        (A.REQUESTED, "ReturnApproved(full)"): lambda _known: request("1"),
        (A.REQUESTED, "ReturnApproved(partial)"): lambda _known: request("1", "3", final="3"),
        (A.REQUESTED, "ReviewRequested"): lambda _known: request("2"),
        (A.REQUESTED, "ReturnDeclined"): lambda _known: request("3", final="3"),
        (A.PARTIALLY_APPROVED, "ReturnApproved(full)"): _override("3/1"),
        (A.PARTIALLY_APPROVED, "ReturnApproved(partial)"): _override("3/1"),
        (A.DECLINED, "ReturnApproved(full)"): _override(),
        (A.DECLINED, "ReturnApproved(partial)"): _override("3/1"),
    },
)  # fmt: skip


# ── Whether anything is left to do ────────────────────────────────────────────────────────


def unpaid() -> Scenario:
    """All is done but that the money is on its way."""
    return story.inspected().settle(but=["pay_out"])


def _settled(state: str) -> Saying:
    def say(known: Scenario) -> Command:
        payout = next(iter(known.state.payouts), "nobody-planned-it")
        return n.NotePayout.model_validate({"instruction_id": payout, "state": state})

    return say


def _paid(known: Scenario) -> Command:
    steps = [step for step in known.steps if step.performs == "pay_out"]
    return answer(steps[0], known.state, known.now) if steps else _settled("succeeded")(known)


LIFE = Cells(
    axis="life",
    look=lambda state: state.life if state.version else None,
    standing={
        None: looked_at,
        Life.OPEN: unpaid,
        Life.COMPLETED: lambda: unpaid().settle(),
    },
    sayings={
        "ReturnRequested": lambda _known: request("1"),
        "ReturnCompleted": _paid,
        "ReturnReopened(completed)": _settled("failed"),
    },
)
