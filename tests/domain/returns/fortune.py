"""What partners say to our steps when they please: on a good day, or on a bad one."""

from collections.abc import Mapping
from typing import Any

from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.words import MoneyState, PickupException
from tests.domain.returns.partners import answer
from tests.domain.returns.paying import COLLECTING, collecting
from tests.domain.returns.scenario import Scenario
from tests.domain.returns.wishing import Pick

THEIR_NO: Mapping[str, dict[str, Any]] = {
    "reserve": {"reservation_ref": ""},
    "order_replacement": {"order_ref": ""},
    "issue_coupon": {"state": "refused", "reason": "no"},
    "order_repair": {"repair_ref": ""},
    "send_back": {"order_ref": ""},
}
"""Steps whose no is an answer like a yes, without what the yes holds."""


def good(_pick: Pick, step: Step, known: Scenario) -> n.Note:
    if step.performs in {"pay_out", "look_up_payout"}:
        state = known.state.payouts[step.subject].state
        if state in {MoneyState.FAILED, MoneyState.REVERSED}:
            return answer(step, known.state, known.now, state="failed", reason="bounced")
    return answer(step, known.state, known.now)


def bad(pick: Pick, step: Step, known: Scenario) -> n.Note:
    parcel = step.subject
    match step.performs:
        case "buy_label":
            return n.NoteLabelRefused(
                step_id=step.id, reason=pick(list(PickupException)), theirs="no"
            )
        case "book_pickup":
            return n.NotePickupRefused(
                step_id=step.id, parcel_id=parcel, reason=pick(list(PickupException)), theirs="no"
            )
        case "void_label":
            return answer(step, known.state, known.now, state=pick(["granted", "refused"]))
        case "pay_out" | "look_up_payout":
            payout = known.state.payouts[step.subject]
            if payout.state in {MoneyState.FAILED, MoneyState.REVERSED, MoneyState.SUCCEEDED}:
                return answer(step, known.state, known.now, state="failed", reason="bounced")
            said = pick(["submitted", "pending", "requires_action", "failed", "unknown"])
            return answer(step, known.state, known.now, state=said, reason="said so")
        case _ if step.performs in COLLECTING:
            return collecting(pick, step, known)
        case _ if step.performs in THEIR_NO:
            return answer(step, known.state, known.now, **THEIR_NO[step.performs])
        case _:
            return n.NoteStepFailed(step_id=step.id, kind="Misspoken", because="they say 400")
