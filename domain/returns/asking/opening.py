"""Opening a return: what is asked for, whether it fits the order, and what the policy says."""

from dataclasses import replace
from datetime import timedelta

from domain.orders.caps import claimable
from domain.orders.differing import difference
from domain.orders.events import OrderRecorded, UnitsClaimed
from domain.orders.order import Order
from domain.policy import units as policy_units
from domain.policy.evaluate import evaluate
from domain.policy.outlook import Outlook
from domain.policy.quote import Evaluation
from domain.policy.ways import slot_asked_for
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.ending import claimed, release_claims
from domain.returns.asking.entitled import may_not
from domain.returns.asking.request import ReturnRequest
from domain.returns.events import (
    ParcelPlanned,
    PolicyEvaluated,
    QuoteIssued,
    RequestedUnit,
    ReturnApproved,
    ReturnDeclined,
    ReturnRequested,
    ReviewRequested,
    UnitDeclined,
)
from domain.returns.events.reaching import ContactChosen
from domain.returns.state import ReturnState
from domain.returns.times import unfit_request
from domain.returns.unfolding import Unfolding
from domain.words import Method, Receipt, Resolution

_SAME_UNLESS_SAID = frozenset({Resolution.REPLACEMENT, Resolution.ADVANCE_EXCHANGE})
"""The same article is sent, where no other one is named."""


def open_return(u: Unfolding, tenant: str, return_id: str, ask: c.Open) -> Refused | None:
    """Claim the units, judge them once, say the price. Opening it again is the same return."""
    if u.state.version:
        return None
    request = ask.request
    order = request.order.order() if request.order else (u.ledger.order if u.ledger else None)
    refused = _unfit(u, tenant, request, order) or may_not(ask, order.customer_id if order else "")
    if refused is not None or order is None:
        return refused
    if u.ledger is None or u.ledger.order != order:
        u.booked(OrderRecorded(order_id=order.order_id, occurred_at=u.now, order=order))
    units = _units(u, order, request)
    if isinstance(units, Refused):
        return units
    slot = slot_asked_for(u.policy, order.ship_to, request)
    if isinstance(slot, Refused):
        return slot
    u.happened(
        ReturnRequested(
            occurred_at=min(request.requested_at, u.now),
            tenant=tenant,
            return_id=return_id,
            order_id=order.order_id,
            customer_id=order.customer_id,
            locale=order.locale,
            country=order.ship_to,
            currency=order.currency,
            method=request.method,
            parcels=request.parcels,
            units=units,
            evidence=tuple(piece for line in request.lines for piece in line.evidence),
            by=u.by,
            slot=slot,
        )
    )
    if request.contact is not None:
        u.happened(ContactChosen(occurred_at=u.now, contact=request.contact, by=u.by))
    _claim(u)
    _judge(u, evaluate(u.policy, u.books, request, judged_as(u.state), _outlook(u, request)))
    return None


def _outlook(u: Unfolding, request: ReturnRequest) -> Outlook:
    """Where the customer is, if the request says so; it is looked at, and not recorded."""
    if request.order is None:
        return u.outlook
    return replace(u.outlook, postcode=request.order.customer.address.postcode)


def _unfit(
    u: Unfolding, tenant: str, request: ReturnRequest, order: Order | None
) -> Refused | None:
    """Name what keeps the request from being opened at all."""
    if order is None:
        return Refused(
            code="unknown_order",
            because=f"order: {request.order_id} is not known here; send the order with the request",
        )
    if order.tenant != tenant:
        return Refused(code="unknown_order", because=f"order.tenant: is not {tenant}")
    differs = difference(u.ledger.order, order) if u.ledger is not None else None
    if differs is not None:
        return Refused(code="order_differs", because=differs)
    refused = unfit_request(u, request, order)
    if refused is not None:
        return refused
    for index, line in enumerate(request.lines):
        sold = order.line(line.line_id)
        if sold is None:
            known = ", ".join(other.line_id for other in order.lines)
            return Refused(
                code="unknown_line",
                because=f"lines.{index}.line_id: the order has no line {line.line_id}, "
                f"it has {known}",
            )
        if line.resolution not in u.policy.resolving.offered:
            offered = ", ".join(sorted(u.policy.resolving.offered))
            return Refused(
                code="resolution_not_offered",
                because=f"lines.{index}.resolution: {line.resolution} is not offered, "
                f"choose one of {offered}",
            )
    return None


def _units(
    u: Unfolding, order: Order, request: ReturnRequest
) -> tuple[RequestedUnit, ...] | Refused:
    """Take the lowest free units of each line asked for."""
    units: list[RequestedUnit] = []
    for index, asked in enumerate(request.lines):
        line = order.line(asked.line_id)
        ordinals = claimable(u.books, asked.line_id, asked.quantity)
        if line is None or len(ordinals) < asked.quantity:
            return Refused(
                code="nothing_left_to_return",
                because=f"lines.{index}.quantity: {asked.quantity} asked of line {asked.line_id}, "
                f"{len(ordinals)} not yet in another return",
            )
        wanted = asked.exchange_for
        same_again = line.sku if asked.resolution in _SAME_UNLESS_SAID else ""
        units += [
            RequestedUnit(
                unit=f"{asked.line_id}/{number}",
                line_id=asked.line_id,
                ordinal=ordinal,
                sku=line.sku,
                name=line.name,
                reason=asked.reason,
                note=asked.note,
                resolution=asked.resolution,
                exchange_sku=wanted.sku if wanted else same_again,
                exchange_price_minor=wanted.unit_price_minor if wanted else 0,
                exchange_tax_minor=wanted.tax_minor if wanted else None,
                weight_grams=line.weight_grams,
                hs_code=line.hs_code,
                origin_country=line.origin_country,
                serials=line.serials,
            )
            for number, ordinal in enumerate(ordinals, start=1)
        ]
    return tuple(units)


def _claim(u: Unfolding) -> None:
    u.booked(
        UnitsClaimed(
            order_id=u.state.order_id,
            occurred_at=u.now,
            return_id=u.state.return_id,
            units=claimed(u.state),
        )
    )


def judged_as(state: ReturnState) -> tuple[policy_units.RequestedUnit, ...]:
    """The units in the policy's words."""
    return tuple(
        policy_units.RequestedUnit(
            unit=unit.id,
            line_id=unit.asked.line_id,
            ordinal=unit.asked.ordinal,
            reason=unit.reason,
            resolution=unit.resolution,
        )
        for unit in state.units.values()
    )


def _judge(u: Unfolding, judged: Evaluation) -> None:
    u.happened(
        PolicyEvaluated(
            occurred_at=u.now,
            verdicts=judged.verdicts,
            fired=judged.fired,
            terms=judged.terms,
            keep_item=judged.keep_item,
        )
    )
    declined = [verdict for verdict in judged.verdicts if verdict.outcome == "decline"]
    if len(declined) == len(judged.verdicts):
        first = declined[0]
        u.happened(ReturnDeclined(occurred_at=u.now, code=first.code, because=first.because))
        release_claims(u)
        return
    u.happened(QuoteIssued(occurred_at=u.now, quote=judged.quote))
    for verdict in declined:
        u.happened(
            UnitDeclined(
                occurred_at=u.now, unit=verdict.unit, code=verdict.code, because=verdict.because
            )
        )
    release_claims(u, [verdict.unit for verdict in declined])
    review = [verdict for verdict in judged.verdicts if verdict.outcome == "review"]
    if review:
        u.happened(ReviewRequested(occurred_at=u.now, because=review[0].because))
    else:
        grant(u, keep_item=judged.keep_item)


def grant(u: Unfolding, *, keep_item: bool = False, by: str = "") -> None:
    """Approve the units that were quoted and plan the parcels they travel in."""
    state = u.state
    quoted = tuple(unit.unit for unit in state.quote.units) if state.quote else ()
    newly = tuple(unit for unit in quoted if not state.units[unit].approved)
    keep_item = keep_item or state.method is Method.KEEP_ITEM
    u.happened(
        ReturnApproved(
            occurred_at=u.now,
            extent="full" if len(quoted) == len(state.units) else "partial",
            units=newly,
            keep_item=keep_item,
            ship_by=u.now + timedelta(days=state.agreed.ship_by_days),
            by=by,
        )
    )
    if not keep_item:
        plan_parcels(u)


def plan_parcels(u: Unfolding) -> None:
    """Plan the boxes for what is to come back, where none is waiting to be filled."""
    state = u.state
    awaited = any(unit.receipt is Receipt.AWAITING for unit in state.expected_units)
    at_home = any(not parcel.has_left for parcel in state.parcels.values())
    if at_home or not awaited:
        return
    planned = sum(key.startswith("P") for key in state.parcels)
    for number in range(1, 2 if state.parcels else state.parcels_planned + 1):
        _plan_parcel(u, f"P{planned + number}")


def _plan_parcel(u: Unfolding, parcel_id: str) -> None:
    state = u.state
    method = state.method or state.agreed.fallback_method
    visited = method is Method.CARRIER_PICKUP and state.slot and state.slot.start > u.now
    routes = [route for route in u.state.agreed.transports if route.method is method]
    by_us = method.needs_label
    u.happened(
        ParcelPlanned(
            occurred_at=u.now,
            parcel_id=parcel_id,
            transport="label" if by_us else "own",
            method=method,
            carrier=routes[0].carrier if by_us and routes else "",
            service=routes[0].service if by_us and routes else "",
            slot=state.slot if visited else None,
        )
    )
