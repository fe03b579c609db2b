"""Payouts, bills and holds, in every state of their tables."""

from datetime import timedelta
from functools import partial
from typing import Any

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.decider import Command
from domain.words import MoneyState
from domain.words_of_money import BillState, HoldState
from tests.domain.returns import shop, story
from tests.domain.returns.cells.cell import Cells, Saying, of_another_unit
from tests.domain.returns.exchanges import DEAR
from tests.domain.returns.partners import answer
from tests.domain.returns.scenario import Scenario

M, B, H = MoneyState, BillState, HoldState
NOBODY = "nobody-planned-it"


# ── Payouts ───────────────────────────────────────────────────────────────────────────────


def _first(known: Scenario) -> str:
    return next(iter(known.state.payouts), NOBODY)


def _answered(state: str) -> Saying:
    """What the provider says of the first payout."""
    return lambda known: n.NotePayout.model_validate(
        {"instruction_id": _first(known), "state": state, "payout_ref": "re_1"}
    )


def _by(number: int, kind: type[c.Ask]) -> Saying:
    """A person speaks of the first payout."""
    return lambda known: story.ask(
        kind, by=story.staff(number), instruction_id=_first(known), because="looked at it"
    )


def due(**rules: Any) -> Scenario:
    """Found like new: its money is planned, and not sent yet."""
    paid = (shop.tender("card", "card", shop.TOTAL_MINOR),)
    return story.inspected(snapshot=shop.order(tenders=paid), rules=rules)


def said(*words: str) -> Scenario:
    known = due()
    for word in words:
        known = known.when(_answered(word)(known))
    return known


def withheld() -> Scenario:
    """From the limit on it takes two people."""
    return due(approval={"limit_minor": {"EUR": 1}})


def lowered() -> Scenario:
    known = due()
    return known.when(of_another_unit(known))


def never_sent() -> Scenario:
    """Cancelled, and its provider has said that it knows nothing of it."""
    known = lowered()
    return known.when(_answered("cancelled")(known))


def given_up(*words: str) -> Scenario:
    """One of two people has said that it is not owed any more."""
    known = said(*words)
    return known.when(_by(2, c.WriteOffPayout)(known))


def released_once() -> Scenario:
    """One of two people let it go."""
    known = withheld()
    return known.when(_by(2, c.ReleasePayout)(known))


def approved_and_disputed() -> Scenario:
    """One of two people let it go, and then the bank took money back."""
    known = withheld()
    return known.when(_by(2, c.ReleasePayout)(known), story.chargeback())


def without_a_place() -> Scenario:
    """Nothing is left on the payment that it would go back to."""
    paid = (shop.tender("card", "card", shop.TOTAL_MINOR),)
    known = story.arrived(snapshot=shop.order(tenders=paid))
    return known.when(story.chargeback("lost", amount_minor=shop.TOTAL_MINOR))


MONEY = Cells(
    axis="money",
    look=lambda state: next((payout.state for payout in state.payouts.values()), None),
    standing={
        None: story.arrived,
        M.PLANNED: due,
        M.HELD: withheld,
        M.SUBMITTED: partial(said, "submitted"),
        M.UNKNOWN: partial(said, "unknown"),
        M.PENDING: partial(said, "pending"),
        M.REQUIRES_ACTION: partial(said, "requires_action"),
        M.SUCCEEDED: partial(said, "succeeded"),
        M.FAILED: partial(said, "failed"),
        M.CANCELLED: lowered,
        M.REVERSED: partial(said, "succeeded", "failed"),
    },
    sayings={
        "PayoutPlanned": story.inspection,
        "PayoutHeld": lambda _known: story.chargeback(),
        "PayoutApproved": _by(3, c.ReleasePayout),
        "PayoutReleased": _by(3, c.ReleasePayout),
        "PayoutCancelled": of_another_unit,
        "PayoutSubmitted": _answered("submitted"),
        "PayoutUnknown": _answered("unknown"),
        "PayoutPending": _answered("pending"),
        "PayoutRequiresAction": _answered("requires_action"),
        "PayoutSucceeded": _answered("succeeded"),
        "PayoutFailed": _answered("failed"),
        "PayoutNewsHeard": lambda known: story.hint(_first(known)),
    },
    instead={
        (None, "PayoutHeld"): without_a_place,
        (M.HELD, "PayoutHeld"): approved_and_disputed,
        (M.HELD, "PayoutReleased"): released_once,
        (M.CANCELLED, "PayoutNewsHeard"): never_sent,
        (M.FAILED, "PayoutCancelled"): partial(given_up, "failed"),
        (M.REVERSED, "PayoutCancelled"): partial(given_up, "succeeded", "failed"),
    },
    otherwise={
        (None, "PayoutHeld"): story.inspection,
        (M.HELD, "PayoutHeld"): _by(3, c.ReleasePayout),
        (M.FAILED, "PayoutApproved"): _by(3, c.WriteOffPayout),
        (M.FAILED, "PayoutCancelled"): _by(3, c.WriteOffPayout),
        (M.REVERSED, "PayoutApproved"): _by(3, c.WriteOffPayout),
        (M.REVERSED, "PayoutCancelled"): _by(3, c.WriteOffPayout),
    },
)


# ── Bills ─────────────────────────────────────────────────────────────────────────────────


def _billed(state: str) -> Saying:
    """What the provider says of the first bill."""
    return lambda known: n.NoteBill.model_validate(
        {
            "instruction_id": next(iter(known.state.bills), NOBODY),
            "state": state,
            "bill_ref": "bill_1",
            "url": "https://pay.example/1",
            "payment_ref": "pi_bill",
        }
    )


def unsent() -> Scenario:
    """Stock is held, and the customer is to be asked for the difference."""
    return story.opened(story.exchange(price=DEAR)).settle(but=["send_bill"])


def bill_said(*words: str) -> Scenario:
    known = unsent()
    for word in words:
        known = known.when(_billed(word)(known))
    return known


BILL = Cells(
    axis="bill",
    look=lambda state: next((bill.state for bill in state.bills.values()), None),
    standing={
        None: lambda: story.opened(story.exchange(price=DEAR)).settle(but=["reserve"]),
        B.PLANNED: unsent,
        B.UNKNOWN: partial(bill_said, "unknown"),
        B.OPEN: partial(bill_said, "open"),
        B.PAID: partial(bill_said, "paid"),
        B.EXPIRED: partial(bill_said, "expired"),
        B.CANCELLED: partial(bill_said, "cancelled"),
    },
    sayings={
        "BillPlanned": lambda known: answer(known.step("reserve"), known.state, known.now),
        "BillSent": _billed("open"),
        "BillUnknown": _billed("unknown"),
        "BillPaid": _billed("paid"),
        "BillExpired": _billed("expired"),
        "BillCancelled": _billed("cancelled"),
        "BillWithdrawn": lambda _known: story.by_staff(c.Cancel),
        "BillNewsHeard": lambda known: story.hint(next(iter(known.state.bills), NOBODY)),
    },
)


# ── Holds ─────────────────────────────────────────────────────────────────────────────────


def _kept(state: str) -> Saying:
    """What the provider says of the first hold."""
    return lambda known: n.NoteHold.model_validate(
        {
            "instruction_id": next(iter(known.state.holds), NOBODY),
            "state": state,
            "hold_ref": "hold_1",
            "payment_ref": "pi_hold",
        }
    )


def unplaced() -> Scenario:
    """The article is to be sent first, and the worth of the old one is to be kept ready."""
    return story.opened(story.in_advance()).settle(but=["place_hold"])


def hold_said(*words: str) -> Scenario:
    known = unplaced()
    for word in words:
        known = known.when(_kept(word)(known))
    return known


def kept_no_more(*words: str) -> Scenario:
    """Cancelled, and nobody has told the warehouse yet that the article is not needed."""
    return hold_said(*words).when(story.by_staff(c.Cancel))


def let_go(*words: str) -> Scenario:
    known = kept_no_more(*words)
    return known.when(_freed(known))


def _freed(known: Scenario) -> Command:
    """The article is on the shelf again: it was not sent."""
    steps = [step for step in known.steps if step.performs == "release_reservation"]
    return answer(steps[0], known.state, known.now) if steps else story.by_staff(c.Cancel)


def overdue() -> Scenario:
    """The article was sent, the day for the old goods is over, and their carrier is asked."""
    rules = {"collecting": {"hand_over_days": 3, "hold_days": 30}}
    known = story.opened(story.in_advance(), rules=rules).settle()
    due = known.step("return_goods").due_at
    return known.wait(until=due - timedelta(seconds=1)).settle().at(due).when(n.NoteDeadline())


def _never_seen(known: Scenario) -> Command:
    """Their carrier knows nothing of the old goods."""
    steps = [step for step in known.steps if step.performs == "track"]
    return answer(steps[0], known.state, known.now) if steps else n.NoteDeadline()


HOLD = Cells(
    axis="hold",
    look=lambda state: next((hold.state for hold in state.holds.values()), None),
    standing={
        None: lambda: story.opened(story.in_advance()).settle(but=["reserve"]),
        H.PLANNED: unplaced,
        H.UNKNOWN: partial(hold_said, "unknown"),
        H.HELD: partial(hold_said, "held"),
        H.REFUSED: partial(hold_said, "refused"),
        H.TAKEN: partial(hold_said, "held", "taken"),
        H.RELEASED: lambda: let_go("held").when(_kept("released")(let_go("held"))),
        H.LAPSED: partial(hold_said, "held", "released"),
    },
    sayings={
        "HoldPlanned": lambda known: answer(known.step("reserve"), known.state, known.now),
        "HoldPlaced": _kept("held"),
        "HoldRefused": _kept("refused"),
        "HoldTaken": _kept("taken"),
        "HoldReleased": _kept("released"),
        "HoldLapsed": _kept("released"),
        "HoldUnknown": _kept("unknown"),
        "HoldLetGo": _freed,
        "HoldCalledIn": _never_seen,
        "HoldNewsHeard": lambda known: story.hint(next(iter(known.state.holds), NOBODY)),
    },
    instead={
        (H.PLANNED, "HoldReleased"): let_go,
        (H.UNKNOWN, "HoldReleased"): partial(let_go, "unknown"),
        (H.HELD, "HoldReleased"): partial(let_go, "held"),
        (H.PLANNED, "HoldLetGo"): kept_no_more,
        (H.UNKNOWN, "HoldLetGo"): partial(kept_no_more, "unknown"),
        (H.HELD, "HoldLetGo"): partial(kept_no_more, "held"),
        (H.HELD, "HoldCalledIn"): overdue,
    },
)
