"""What the events about the promise and its payouts teach."""

from dataclasses import replace

from domain.returns import events as e
from domain.returns.learn._with import with_payout, with_unit
from domain.returns.state import Adjustment, Payout, ReturnState
from domain.words import MoneyState

GIVEN_UP = frozenset({"written_off", "paid_by_the_bank"})
"""Reasons for which a verdict, whatever it says later, does not bring the amount back."""


def adjusted(state: ReturnState, event: e.QuoteAdjusted) -> ReturnState:
    one = Adjustment(event.key, event.amount_minor, event.reason, event.because)
    state = replace(state, adjustments=(*state.adjustments, one))
    if event.reason in GIVEN_UP:
        total = state.given_up.get(event.key, 0) - event.amount_minor
        state = replace(state, given_up={**state.given_up, event.key: total})
    if event.key == "shipping":
        total = state.shipping_adjusted_minor + event.amount_minor
        return replace(state, shipping_adjusted_minor=total)
    if event.key == "label_fee":
        return replace(state, fee_adjusted_minor=state.fee_adjusted_minor + event.amount_minor)
    if event.key not in state.units:  # what was collected
        back = state.given_back.get(event.key, 0) + event.amount_minor
        return replace(state, given_back={**state.given_back, event.key: back})
    was = state.units[event.key].adjusted_minor
    return with_unit(state, event.key, adjusted_minor=was + event.amount_minor)


def planned(state: ReturnState, event: e.PayoutPlanned) -> ReturnState:
    payout = Payout(
        event.instruction_id,
        MoneyState.PLANNED,
        event.destination,
        event.tender_id,
        event.provider,
        event.payment_ref,
        event.amount_minor,
        event.parts,
        event.occurred_at,
        chosen_by=event.chosen_by,
        sendable_since=event.occurred_at,
    )
    state = replace(state, payouts={**state.payouts, event.instruction_id: payout})
    return with_payout(state, event.replaces, replaced=True) if event.replaces else state


def held(state: ReturnState, event: e.PayoutHeld) -> ReturnState:
    if event.instruction_id in state.payouts:
        return with_payout(
            state, event.instruction_id, reason=event.reason, since=event.occurred_at
        )
    payout = Payout(
        event.instruction_id,
        MoneyState.HELD,
        "",
        "",
        "",
        "",
        event.amount_minor,
        event.parts,
        event.occurred_at,
        reason=event.reason,
    )
    return replace(state, payouts={**state.payouts, event.instruction_id: payout})


Answered = (
    e.PayoutSubmitted
    | e.PayoutUnknown
    | e.PayoutPending
    | e.PayoutRequiresAction
    | e.PayoutSucceeded
    | e.PayoutFailed
    | e.PayoutReleased
)


def answered(state: ReturnState, event: Answered) -> ReturnState:
    if isinstance(event, e.PayoutReleased):
        state = with_payout(state, event.instruction_id, sendable_since=event.occurred_at)
    return with_payout(
        state,
        event.instruction_id,
        payout_ref=getattr(event, "payout_ref", "")
        or state.payouts[event.instruction_id].payout_ref,
        reason=getattr(event, "reason", ""),
        since=event.occurred_at,
        news_open=False,
    )


def approved(state: ReturnState, event: e.PayoutApproved) -> ReturnState:
    payout = state.payouts[event.instruction_id]
    if event.what == "write_off":
        given_up = (*payout.given_up_by, event.by)
        return with_payout(state, event.instruction_id, given_up_by=given_up)
    approved_by = (*payout.approved_by, event.by)
    return with_payout(state, event.instruction_id, approved_by=approved_by)


def cancelled(state: ReturnState, event: e.PayoutCancelled) -> ReturnState:
    return with_payout(state, event.instruction_id, reason="", news_open=False)


def news_heard(state: ReturnState, event: e.PayoutNewsHeard) -> ReturnState:
    heard = state.payouts[event.instruction_id].news + 1
    return with_payout(state, event.instruction_id, news=heard, news_open=True)


def checked(state: ReturnState, event: e.PayoutChecked) -> ReturnState:
    return with_payout(state, event.instruction_id, news_open=False, since=event.occurred_at)


def credited(state: ReturnState, event: e.StoreCreditIssued) -> ReturnState:
    return with_payout(state, event.instruction_id, code=event.code)
