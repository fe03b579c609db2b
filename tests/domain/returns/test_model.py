"""The money of a return against a model of it: plain integers, and none of the product's words.

The model knows what each unit cost, what a grade leaves of it, and that a fee is taken once.
It is told what happened, and says what must be promised, planned and paid.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.money.promising import (
    in_state_minor,
    may_be_stopped,
    paid_minor,
    promised_minor,
)
from domain.words import Grade, MoneyState, Reason
from tests.domain.returns import story
from tests.domain.returns.scenario import Scenario

SEEDS, STEPS = 300, 30
WORTH = {"1/1": 4_760, "1/2": 4_760, "2/1": 47_600}
RESTOCKING = {"1/1": 0, "1/2": 0, "2/1": 4_000}
PER_CENT = {"like_new": 100, "minor_wear": 90, "used": 70, "damaged": 40, "unsalvageable": 0}
OUR_FAULT = {"defective", "damaged_in_transit"}
LABEL = 490
UNDER_WAY = ("planned", "submitted", "unknown", "pending", "requires_action", "held", "failed",
             "reversed")  # fmt: skip


@dataclass
class Model:
    """What the customer is owed, and has."""

    reasons: dict[str, str]
    earned: dict[str, int] = field(default_factory=dict)
    fee: int = 0
    asked_per_cent: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    paid: int = 0

    def __post_init__(self) -> None:
        self.asked = dict(self.reasons)
        self.fee = self._fee_due()

    def _fee_due(self) -> int:
        return 0 if OUR_FAULT & set(self.reasons.values()) else LABEL

    def _restocking(self, unit: str) -> int:
        return 0 if self.reasons[unit] in OUR_FAULT else RESTOCKING[unit]

    @property
    def promised(self) -> int:
        """What every unit brings, or would, less the label."""
        units = sum(
            self.earned.get(unit, WORTH[unit] - self._quoted_fee(unit)) for unit in self.reasons
        )
        return max(0, units - self.fee)

    def _quoted_fee(self, unit: str) -> int:
        return 0 if self.asked[unit] in OUR_FAULT else RESTOCKING[unit]

    def inspected(self, unit: str, grade: str, found: str, unsent: int) -> None:
        """The first look at a unit decides it."""
        self.reasons[unit] = found
        self._judge(unsent, unit, 100 if found in OUR_FAULT else PER_CENT[grade])

    def upheld(self, unit: str, unsent: int) -> None:
        """The customer was right after all."""
        self._judge(unsent, unit, 100)

    def _judge(self, unsent: int, unit: str, per_cent: int) -> None:
        self.sent -= unsent  # a fee may be taken from what was planned and has not left
        kept = -(-WORTH[unit] * per_cent // 100)
        self.earned[unit] = max(0, kept - self._restocking(unit))
        due = self._fee_due()
        if due < self.fee:
            self.fee = due
        elif self.reasons != self.asked:  # never more than is still to be paid
            self.fee += min(due - self.fee, max(0, self.promised - self.sent))
        self.sent = max(self.sent, sum(self.earned.values()) - self.fee)


def _opened(pick: Any) -> tuple[Scenario, Model]:
    reasons = [Reason.CHANGED_MIND, Reason.CHANGED_MIND, Reason.DEFECTIVE]
    shirts, phone = pick(reasons), pick(reasons)
    known = story.opened(story.wish("1", 2, reason=shirts), story.wish("2", reason=phone)).settle()
    return known, Model({"1/1": shirts, "1/2": shirts, "2/1": phone})


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_money_is_what_a_plain_sum_says_it_is(seed: int) -> None:
    pick = Random(seed).choice
    known, model = _opened(pick)
    for _ in range(STEPS):
        known = pick([_inspect, _inspect, _dispute, _resolve, _pay, _pay, _bounce, _choose])(
            known, model, pick
        )
        under_way = in_state_minor(known.state, *map(MoneyState, UNDER_WAY))
        told = (promised_minor(known.state), paid_minor(known.state), under_way)
        assert told == (model.promised, model.paid, model.sent - model.paid)


# ── What happens, told to both ────────────────────────────────────────────────────────────


def _inspect(known: Scenario, model: Model, pick: Any) -> Scenario:
    unit, grade = pick(list(WORTH)), pick(list(PER_CENT))
    found = pick([Reason(model.reasons[unit]), Reason.CHANGED_MIND, Reason.DEFECTIVE])
    known = known.later(seconds=1)
    is_first = known.state.units[unit].grade is None
    seen = story.seen(unit, Grade(grade), found_reason=found)
    unsent = _unsent(known)
    known = known.when(story.inspection(known, seen))
    if is_first:
        model.inspected(unit, grade, str(found), unsent)
    return known


def _unsent(known: Scenario) -> int:
    return sum(one.amount_minor for one in known.state.payouts.values() if may_be_stopped(one))


def _dispute(known: Scenario, _model: Model, pick: Any) -> Scenario:
    return known.attempt(story.ask(c.Dispute, unit=pick(list(WORTH)), because="no"))


def _resolve(known: Scenario, model: Model, pick: Any) -> Scenario:
    unit, outcome = pick(list(WORTH)), pick(["upheld", "denied"])
    ask = story.by_staff(c.ResolveDispute, unit=unit, outcome=outcome, because="so")
    unsent = _unsent(known)
    known = known.attempt(ask)
    if known.refusal is None and outcome == "upheld":
        model.upheld(unit, unsent)
    return known


def _pay(known: Scenario, model: Model, pick: Any) -> Scenario:
    """A provider answers; a payout by hand waits for the hand."""
    open_ones = [
        payout
        for payout in known.state.payouts.values()
        if payout.state in {"planned", "unknown", "pending"}
    ]
    if not open_ones:
        return known
    payout = pick(open_ones)
    if payout.destination == "manual":
        release = story.by_staff(
            c.ReleasePayout, instruction_id=payout.instruction_id, because="reference 7"
        )
        known = known.when(release)
        model.paid += payout.amount_minor
        return known
    said = pick(["succeeded", "succeeded", "failed", "unknown", "pending"])
    model.paid += payout.amount_minor if said == "succeeded" else 0
    return known.when(n.NotePayout(instruction_id=payout.instruction_id, state=said))


def _bounce(known: Scenario, model: Model, pick: Any) -> Scenario:
    paid = [p for p in known.state.payouts.values() if p.state == "succeeded"]
    if not paid:
        return known
    payout = pick(paid)
    model.paid -= payout.amount_minor
    return known.when(n.NotePayout(instruction_id=payout.instruction_id, state="failed"))


def _choose(known: Scenario, _model: Model, pick: Any) -> Scenario:
    keys = [*known.state.payouts, "none"]
    where = pick(["store_credit", "manual", "tender"])
    ask = story.by_staff(c.ChoosePayout, instruction_id=pick(keys), destination=where)
    return known.attempt(ask)
