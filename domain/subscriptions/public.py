"""Which events of a return others are told of, under which type and in which shape: one table.

Whatever does not stand here stays inside. A type is for ever: its version is its last part.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.money import Money
from domain.returns.events import ReturnEvent
from domain.returns.state import ReturnState
from domain.subscriptions import shapes as s


class PublicType(NamedTuple):
    """What others know an event as."""

    name: str
    shape: type[s.OfReturn]


PUBLIC: Mapping[str, PublicType] = {
    "ReturnRequested": PublicType("return.requested.v1", s.Requested),
    "ReviewRequested": PublicType("return.in_review.v1", s.OfReturn),
    "ReturnApproved": PublicType("return.approved.v1", s.Approved),
    "ReturnDeclined": PublicType("return.declined.v1", s.Declined),
    "ReturnCancelled": PublicType("return.cancelled.v1", s.OfReturn),
    "ReturnExpired": PublicType("return.expired.v1", s.OfReturn),
    "ReturnReopened": PublicType("return.reopened.v1", s.Reopened),
    "ReturnCompleted": PublicType("return.completed.v1", s.Completed),
    "DeadlineMissed": PublicType("return.deadline_missed.v1", s.Deadline),
    "Escalated": PublicType("return.needs_attention.v1", s.Attention),
    "LabelPurchased": PublicType("label.created.v1", s.LabelMade),
    "LabelVoided": PublicType("label.voided.v1", s.OfLabel),
    "PickupScheduled": PublicType("pickup.scheduled.v1", s.Visit),
    "PickupFailed": PublicType("pickup.failed.v1", s.FailedVisit),
    "PickupCancelled": PublicType("pickup.cancelled.v1", s.OfParcel),
    "ParcelScanned": PublicType("parcel.scanned.v1", s.Scanned),
    "ParcelDelayed": PublicType("parcel.delayed.v1", s.OfParcel),
    "ParcelLost": PublicType("parcel.lost.v1", s.OfParcel),
    "ParcelFound": PublicType("parcel.found.v1", s.OfParcel),
    "ParcelReceived": PublicType("parcel.received.v1", s.Arrived),
    "UnitReceived": PublicType("unit.received.v1", s.UnitArrived),
    "UnitMissed": PublicType("unit.missing.v1", s.Missed),
    "UnexpectedUnitReceived": PublicType("unit.unexpected.v1", s.Unexpected),
    "UnitInspected": PublicType("unit.inspected.v1", s.Inspected),
    "DecisionMade": PublicType("unit.decided.v1", s.Decided),
    "DispositionDecided": PublicType("unit.disposition_decided.v1", s.Disposed),
    "UnitRestocked": PublicType("unit.restocked.v1", s.OfUnit),
    "UnitMoved": PublicType("unit.moved.v1", s.Disposed),
    "DisputeOpened": PublicType("dispute.opened.v1", s.Disputed),
    "DisputeResolved": PublicType("dispute.resolved.v1", s.Resolved),
    "PayoutPlanned": PublicType("refund.planned.v1", s.Refund),
    "PayoutHeld": PublicType("refund.held.v1", s.HeldRefund),
    "PayoutSucceeded": PublicType("refund.succeeded.v1", s.Refund),
    "PayoutFailed": PublicType("refund.failed.v1", s.FailedRefund),
    "PayoutCancelled": PublicType("refund.cancelled.v1", s.Refund),
    "StoreCreditIssued": PublicType("store_credit.issued.v1", s.Credit),
    "CouponIssued": PublicType("coupon.issued.v1", s.Credit),
    "OfferMade": PublicType("offer.made.v1", s.Offered),
    "OfferAccepted": PublicType("offer.accepted.v1", s.OfOffer),
    "OfferDeclined": PublicType("offer.declined.v1", s.OfOffer),
    "OfferLapsed": PublicType("offer.lapsed.v1", s.OfOffer),
    "ReplacementOrdered": PublicType("replacement.ordered.v1", s.Replacement),
    "ReplacementShipped": PublicType("replacement.shipped.v1", s.Replacement),
    "BillSent": PublicType("bill.sent.v1", s.Bill),
    "BillPaid": PublicType("bill.paid.v1", s.Bill),
    "BillExpired": PublicType("bill.expired.v1", s.Bill),
    "GoodsSentBack": PublicType("goods.sent_back.v1", s.SentBack),
    "RecoveryBegun": PublicType("claim.opened.v1", s.OpenedClaim),
    "RecoveryRecalled": PublicType("claim.recalled.v1", s.OfClaim),
}

TYPES: Mapping[str, type[s.OfReturn]] = {each.name: each.shape for each in PUBLIC.values()}
"""By the public type, its shape."""


def told_of(event: ReturnEvent, state: ReturnState) -> s.OfReturn:
    """Say what others are told of an event.

    Args:
        event: One whose type stands in the table.
        state: The return as that event left it: it knows amounts and carriers, the event only ids.

    Raises:
        KeyError: The event stays inside.
    """
    shape = PUBLIC[event.type].shape
    named = {"return_id": state.return_id, "order_id": state.order_id}
    known = {
        **_of_parcel(event, state),
        **_of_money(event, state),
        **_own(event, shape),
        **_made(event, state),
        **named,
    }
    told = {name: known[name] for name in shape.model_fields}
    return shape.model_validate(told, strict=False)


def _own(event: ReturnEvent, shape: type[s.OfReturn]) -> dict[str, Any]:
    """What the event says itself, under the same name."""
    return {name: getattr(event, name) for name in shape.model_fields if hasattr(event, name)}


def _of_parcel(event: ReturnEvent, state: ReturnState) -> dict[str, Any]:
    parcel = state.parcels.get(getattr(event, "parcel_id", ""))
    if parcel is None:
        return {}
    return {"carrier": parcel.carrier, "tracking_number": (*parcel.tracking_numbers, "")[0]}


def _of_money(event: ReturnEvent, state: ReturnState) -> dict[str, Any]:
    """Amount and destination of the instruction that an event is about."""
    instruction_id = getattr(event, "instruction_id", "")
    payout = state.payouts.get(instruction_id)
    instruction = payout or state.bills.get(instruction_id)
    if instruction is None:
        return {}
    amount = Money(amount_minor=instruction.amount_minor, currency=state.currency)
    return {"amount": amount, "destination": payout.destination if payout else ""}


def _made(event: ReturnEvent, state: ReturnState) -> dict[str, Any]:
    """What stands in the event in another form."""
    match event.type:
        case "ReturnRequested":
            asked = ("unit", "line_id", "sku", "reason", "resolution")
            return {
                "units": tuple(
                    {name: getattr(unit, name) for name in asked} for unit in event.units
                )
            }
        case "ReturnCompleted":
            return {
                "promised": Money(amount_minor=event.promised_minor, currency=state.currency),
                "paid": Money(amount_minor=event.paid_minor, currency=state.currency),
            }
        case "ReplacementShipped":
            replacement = state.units[event.unit].replacement
            return {"sku": replacement.sku if replacement else ""}
        case _:
            return {}
