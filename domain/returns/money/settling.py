"""What providers say of payouts: followed as it is, whenever it is said."""

from datetime import datetime

from domain.money import Money
from domain.orders.caps import no_longer_covered
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    Escalated,
    PayoutChecked,
    PayoutFailed,
    PayoutNewsHeard,
    PayoutPending,
    PayoutRequiresAction,
    PayoutSubmitted,
    PayoutSucceeded,
    PayoutUnknown,
    StoreCreditIssued,
)
from domain.returns.money.approvals import bank_disputes, withhold
from domain.returns.money.collecting import bill_named, hear_of_bill
from domain.returns.money.exchange_losses import book_exchange_loss
from domain.returns.money.hearing import hear_of_hold, hold_named
from domain.returns.money.paying import funds_paid, funds_released
from domain.returns.money.promising import due_now, sent_for
from domain.returns.notes import NotePayout, NotePayoutUncovered
from domain.returns.state import Payout
from domain.returns.unfolding import Unfolding
from domain.words import MoneyState
from domain.words_of_money import MAY_HAVE_BEEN_SENT

_WORDS = {
    "submitted": MoneyState.SUBMITTED,
    "pending": MoneyState.PENDING,
    "requires_action": MoneyState.REQUIRES_ACTION,
    "succeeded": MoneyState.SUCCEEDED,
    "failed": MoneyState.FAILED,
    "cancelled": MoneyState.FAILED,
    "unknown": MoneyState.UNKNOWN,
}


def note_payout(u: Unfolding, note: NotePayout) -> Refused | None:
    """Follow the provider's answer; an echo of another amount is never believed."""
    payout = u.state.payouts[note.instruction_id]
    expected = Money(amount_minor=payout.amount_minor, currency=u.state.currency)
    if note.amount is not None and note.amount != expected:
        _worry(u, payout, "amount_differs", f"the provider says {note.amount}, not {expected}")
        _heard(u, payout)
        return None
    if _WORDS[note.state] is payout.state or _is_old_news(payout, note):
        _heard(u, payout)
    elif note.state == "unknown" and payout.state in {MoneyState.CANCELLED, MoneyState.HELD}:
        _look_again(u, payout)
    elif payout.state is MoneyState.CANCELLED:
        _sent_after_all(u, payout, note)
    else:
        _follow(u, payout, note)
    book_exchange_loss(u, payout, note)
    return None


def note_uncovered(u: Unfolding, note: NotePayoutUncovered) -> Refused | None:
    """Hold what would be paid beyond a cap, or to a payment that the bank disputes by now."""
    payout = u.state.payouts[note.instruction_id]
    if payout.state is not MoneyState.PLANNED:
        return None
    short = no_longer_covered(u.books, payout.instruction_id)
    if short is not None:
        withhold(u, payout, "shortfall", short.because)
    elif payout.destination == "tender" and bank_disputes(u, payout.tender_id):
        withhold(u, payout, "chargeback", "the customer's bank took money back from this payment")
    return None


def _is_old_news(payout: Payout, note: NotePayout) -> bool:
    """Failed stays failed, a bounce included, and money that is there is not in doubt again."""
    if payout.state in {MoneyState.FAILED, MoneyState.REVERSED}:
        return note.state != "succeeded"
    if payout.state is MoneyState.CANCELLED:
        return note.state in {"failed", "cancelled"}
    return payout.state is MoneyState.SUCCEEDED and note.state not in {"failed", "cancelled"}


def _look_again(u: Unfolding, payout: Payout) -> None:
    """It is not to be sent now, so nobody finds out by sending it: its provider is asked."""
    if not payout.news_open:
        hear(u, payout, "a lost answer", u.now)
    elif payout.state is MoneyState.HELD:
        _heard(u, payout)  # they know nothing of it


def _sent_after_all(u: Unfolding, payout: Payout, note: NotePayout) -> None:
    """It was on its way to the provider when it was cancelled: what they say counts."""
    _follow(u, payout, note)
    funds_paid(u, payout.instruction_id, note.payout_ref)
    if payout.chosen_by or (not payout.replaced and _is_too_much(u, payout)):
        _worry(u, payout, "sent_after_all", "a payout was sent while it was being cancelled")


def _is_too_much(u: Unfolding, payout: Payout) -> bool:
    """Whether more has left for something than is due for it."""
    due = dict(due_now(u.state))
    return any(sent_for(u.state, part.key) > due.get(part.key, 0) for part in payout.parts)


def _heard(u: Unfolding, payout: Payout) -> None:
    if payout.news_open:
        u.happened(PayoutChecked(occurred_at=u.now, instruction_id=payout.instruction_id))


def _follow(u: Unfolding, payout: Payout, note: NotePayout) -> None:
    key, ref, when = payout.instruction_id, note.payout_ref, u.now
    match note.state:
        case "unknown":
            u.happened(PayoutUnknown(occurred_at=when, instruction_id=key))
        case "submitted":
            u.happened(PayoutSubmitted(occurred_at=when, instruction_id=key, payout_ref=ref))
        case "pending":
            u.happened(PayoutPending(occurred_at=when, instruction_id=key, payout_ref=ref))
        case "requires_action":
            u.happened(PayoutRequiresAction(occurred_at=when, instruction_id=key, payout_ref=ref))
        case "succeeded":
            _succeed(u, payout, note, when)
        case "failed" | "cancelled":
            u.happened(
                PayoutFailed(
                    occurred_at=when,
                    instruction_id=key,
                    payout_ref=ref,
                    reason=note.reason or note.state,
                )
            )
            if note.reason != MAY_HAVE_BEEN_SENT:  # else what it may have taken stays counted
                funds_released(u, key, note.reason)


def _succeed(u: Unfolding, payout: Payout, note: NotePayout, when: datetime) -> None:
    key = payout.instruction_id
    if payout.state is MoneyState.REVERSED:
        _worry(u, payout, "paid_after_bounce", "a payout that bounced is said to be paid")
        _heard(u, payout)
        return
    u.happened(PayoutSucceeded(occurred_at=when, instruction_id=key, payout_ref=note.payout_ref))
    funds_paid(u, key, note.payout_ref)
    if payout.destination in {"store_credit", "gift_card"}:
        u.happened(
            StoreCreditIssued(
                occurred_at=when,
                instruction_id=key,
                amount=Money(amount_minor=payout.amount_minor, currency=u.state.currency),
                code=note.code,
            )
        )
    if payout.replaced:
        _worry(u, payout, "paid_twice", "a payout that another one replaced was paid all the same")


def _worry(u: Unfolding, payout: Payout, what: str, because: str) -> None:
    concern_id = f"{what}:{payout.instruction_id}"
    if concern_id not in u.state.concerns:
        u.happened(Escalated(occurred_at=u.now, concern_id=concern_id, what=what, because=because))


def report_payout(u: Unfolding, report: c.ReportPayout) -> Refused | None:
    """A hint: the provider is asked for the truth before anything is believed."""
    payout = next(
        (
            known
            for known in u.state.payouts.values()
            if report.instruction_id == known.instruction_id
            or (report.payout_ref and report.payout_ref == known.payout_ref)
        ),
        None,
    )
    if payout is None:
        return _hear_of_what_is_collected(u, report)
    if payout.news_open or payout.state is MoneyState.PLANNED:
        return None  # it is being asked for, or about to be
    if payout.destination in {"manual", ""}:
        return None  # nobody can be asked but whoever paid it
    if _WORDS.get(report.status) is payout.state:
        return None  # that much is known, from the provider itself
    hear(u, payout, report.source or "a report", report.occurred_at)
    return None


def _hear_of_what_is_collected(u: Unfolding, report: c.ReportPayout) -> Refused | None:
    """The same report speaks of a bill or a hold, where it names one."""
    bill = bill_named(u, report.instruction_id, report.payout_ref)
    hold = hold_named(u, report.instruction_id, report.payout_ref)
    source = report.source or "a report"
    if bill is not None:
        if report.status != bill.state:
            hear_of_bill(u, bill, source)
    elif hold is None:
        because = "payout_ref: no such payout, bill or hold in this return"
        return Refused(code="unknown_payout", because=because)
    elif report.status != hold.state:
        hear_of_hold(u, hold, source)
    return None


def hear(u: Unfolding, payout: Payout, source: str, when: datetime) -> None:
    """Put the question to the provider on the agenda."""
    u.happened(
        PayoutNewsHeard(occurred_at=when, instruction_id=payout.instruction_id, source=source)
    )
