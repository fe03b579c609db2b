"""What the customer is told, and when: one message for each thing that matters to them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.money import Money
from domain.refusal import Refused
from domain.returns import events as e
from domain.returns.events import bills as b
from domain.returns.events import holds as h
from domain.returns.events import resolving as r
from domain.returns.notes import NoteNotified
from domain.returns.reaching import keep_to_wish
from domain.returns.state import Notice, ReturnState
from domain.returns.unfolding import Unfolding
from domain.words_of_money import MAY_HAVE_BEEN_SENT

Facts = dict[str, str]
Teller = Callable[[ReturnState, Any], Facts | None]


def _amount(state: ReturnState, minor: int) -> str:
    return str(Money(amount_minor=minor, currency=state.currency))


def _nothing_more(_state: ReturnState, _event: e.Event) -> Facts:
    return {}


def _why(_state: ReturnState, event: Any) -> Facts:
    return {"because": event.because}


def _approved(state: ReturnState, event: e.ReturnApproved) -> Facts | None:
    """Where a label follows, the label is the approval."""
    if not event.keep_item and state.method is not None and state.method.needs_label:
        return None
    promised = state.quote.total_minor if state.quote else 0
    return {"amount": _amount(state, promised), "ship_by": event.ship_by.date().isoformat()}


def _label(state: ReturnState, event: e.LabelPurchased) -> Facts | None:
    if not state.is_approved:
        return None
    facts = {"tracking_number": event.tracking_number}
    if event.document_ref:
        facts["label_url"] = event.document_ref
    if event.code:
        facts["code"] = event.code
    if state.ship_by is not None:
        facts["ship_by"] = state.ship_by.date().isoformat()
    return facts


def _visit(_state: ReturnState, event: e.PickupScheduled) -> Facts:
    return {"from": event.window_start.isoformat(), "until": event.window_end.isoformat()}


def _visit_failed(_state: ReturnState, event: e.PickupFailed) -> Facts:
    return {"because": str(event.code)}


def _verdict(_state: ReturnState, event: e.DecisionMade) -> Facts | None:
    """A full yes is told by the money; a no or a deduction needs its reason."""
    if event.move not in {"DecisionMade(rejected)", "DecisionMade(accepted_with_deduction)"}:
        return None
    return {"because": event.because, "unit": event.unit}


def _payout(state: ReturnState, event: e.PayoutPlanned) -> Facts:
    return {"amount": _amount(state, event.amount_minor)}


def _settled(state: ReturnState, event: e.PayoutSucceeded | e.PayoutRequiresAction) -> Facts:
    return {"amount": _amount(state, state.payouts[event.instruction_id].amount_minor)}


def _bounced(state: ReturnState, event: e.PayoutFailed) -> Facts | None:
    if event.reason == MAY_HAVE_BEEN_SENT:  # it may be on their account
        return None
    payout = state.payouts[event.instruction_id]
    return {"amount": _amount(state, payout.amount_minor), "because": event.reason}


def _credit(_state: ReturnState, event: e.StoreCreditIssued) -> Facts:
    return {"amount": str(event.amount), "code": event.code}


def _ordered(_state: ReturnState, event: e.ReplacementOrdered) -> Facts:
    return {"sku": event.sku}


def _offer(_state: ReturnState, event: e.OfferMade) -> Facts | None:
    if event.kind != "out_of_stock":  # told by whoever makes it
        return None
    return {"because": event.because, "answer_by": event.answer_by.date().isoformat()}


def _bill(state: ReturnState, event: b.BillSent) -> Facts | None:
    """Once for a bill, and with the link of its last day; those between are on its page."""
    bill = state.bills[event.instruction_id]
    if bill.withdrawn or bill.told_at != event.occurred_at:
        return None
    return {
        "amount": _amount(state, bill.amount_minor),
        "pay_url": event.url,
        "pay_by": bill.pay_by.date().isoformat(),
    }


def _bill_paid(state: ReturnState, event: b.BillPaid) -> Facts | None:
    """What came too late is told by its refund."""
    bill = state.bills[event.instruction_id]
    return None if bill.late else {"amount": _amount(state, bill.amount_minor)}


def _coupon(_state: ReturnState, event: r.CouponIssued) -> Facts:
    until = event.valid_until.date().isoformat()
    return {"amount": event.amount.plain(), "code": event.code, "valid_until": until}


def _sent_back(_state: ReturnState, event: r.GoodsSentBack) -> Facts:
    return {"tracking_number": event.tracking_number} if event.tracking_number else {}


def _hold_taken(state: ReturnState, event: h.HoldTaken) -> Facts:
    hold = state.holds[event.instruction_id]
    return {"amount": _amount(state, event.amount_minor), "unit": hold.unit}


def _completed(state: ReturnState, event: e.ReturnCompleted) -> Facts:
    return {"amount": _amount(state, event.paid_minor)}


def _stray(_state: ReturnState, event: e.UnexpectedUnitReceived) -> Facts:
    if event.quantity == 1:
        return {"because": f"{event.sku} was not announced"}
    return {"because": f"{event.quantity} of {event.sku} were not announced"}


TOLD: Mapping[type[e.Event], tuple[str, Teller]] = {
    e.ReviewRequested: ("in_review", _nothing_more),
    e.ReturnApproved: ("approved", _approved),
    e.ReturnDeclined: ("declined", _why),
    e.ReturnCancelled: ("cancelled", _nothing_more),
    e.ReturnExpired: ("expired", _nothing_more),
    e.ReturnReopened: ("reopened", _why),
    e.LabelPurchased: ("label", _label),
    e.PickupScheduled: ("pickup_scheduled", _visit),
    e.PickupFailed: ("pickup_failed", _visit_failed),
    e.ParcelLost: ("lost", _why),
    e.ParcelReceived: ("received", _nothing_more),
    e.UnexpectedUnitReceived: ("unexpected_item", _stray),
    e.DecisionMade: ("decision", _verdict),
    e.DisputeOpened: ("dispute_opened", _nothing_more),
    e.DisputeResolved: ("dispute_resolved", _why),
    e.PayoutPlanned: ("refund_sent", _payout),
    e.PayoutSucceeded: ("refund_settled", _settled),
    e.PayoutFailed: ("refund_failed", _bounced),
    e.PayoutRequiresAction: ("refund_action", _settled),
    e.StoreCreditIssued: ("store_credit", _credit),
    b.BillSent: ("payment_due", _bill),
    b.BillPaid: ("payment_received", _bill_paid),
    h.HoldTaken: ("hold_taken", _hold_taken),
    e.ReplacementOrdered: ("replacement_ordered", _ordered),
    e.OfferMade: ("out_of_stock", _offer),
    r.CouponIssued: ("coupon", _coupon),
    r.RepairStarted: ("repair_started", _nothing_more),
    r.GoodsSentBack: ("sent_back", _sent_back),
    e.ReturnCompleted: ("completed", _completed),
}

# Where both follow from one decision, the first is said by the second already.
_SAID_BY: Mapping[str, str] = {"refund_settled": "completed"}


def tell(u: Unfolding) -> None:
    """Plan a message for each new event that the customer should hear of, each template once."""
    wanted: dict[str, Facts] = {}
    for event in list(u.events):
        told = TOLD.get(type(event))
        facts = told[1](u.state, event) if told else None
        if told and facts is not None:
            wanted[told[0]] = _together(wanted.get(told[0]), facts)
    for template, facts in wanted.items():
        if _SAID_BY.get(template) not in wanted:
            plan_notice(u, template, facts)


def _together(before: Facts | None, facts: Facts) -> Facts:
    """Two payouts of one decision are one message with both amounts."""
    if before is None:
        return facts
    if "amount" in before and "amount" in facts:
        return {**before, "amount": f"{before['amount']} + {facts['amount']}"}
    return before


def plan_notice(u: Unfolding, template: str, facts: Facts) -> None:
    """Owe the customer one message."""
    notice_id = f"N{len(u.state.notices) + 1}"
    u.happened(
        e.NoticePlanned(occurred_at=u.now, notice_id=notice_id, template=template, facts=facts)
    )
    keep_to_wish(u, u.state.notices[notice_id])


def note_notified(u: Unfolding, note: NoteNotified) -> Refused | None:
    """The message left the house."""
    notice: Notice = u.state.notices[note.notice_id]
    if notice.sent:
        return None
    kind = e.ReminderSent if notice.template == "reminder" else e.CustomerNotified
    u.happened(kind(occurred_at=u.now, notice_id=notice.notice_id, delivery_ref=note.delivery_ref))
    return None


def owed(state: ReturnState) -> Sequence[Notice]:
    """The messages not yet sent."""
    return [notice for notice in state.notices.values() if not notice.sent]
