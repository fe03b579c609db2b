"""From the request to its end: opening, approving, declining, cancelling, expiring, reopening."""

from datetime import UTC, datetime, timedelta

from domain.orders.caps import check_claim, claimable
from domain.orders.events import ClaimedUnit, OrderRecorded, UnitsClaimed, UnitsReleased
from domain.orders.order import Order
from domain.policy import units as policy_units
from domain.policy.evaluate import evaluate, price_anyway
from domain.policy.quote import Evaluation
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import (
    ConcernSettled,
    DecisionMade,
    ParcelPlanned,
    PolicyEvaluated,
    PolicyOverridden,
    QuoteIssued,
    RequestedUnit,
    ReturnApproved,
    ReturnCancelled,
    ReturnDeclined,
    ReturnReopened,
    ReturnRequested,
    ReviewRequested,
    UnitDeclined,
)
from domain.returns.request import ExchangeFor, RequestedLine, ReturnRequest
from domain.returns.state import ReturnState
from domain.returns.unfolding import Unfolding
from domain.words import Authorisation, Decision, Method, Receipt, Resolution

OFFERED = frozenset(
    {
        Resolution.REFUND_ORIGINAL,
        Resolution.STORE_CREDIT,
        Resolution.EXCHANGE,
        Resolution.REPLACEMENT,
        Resolution.KEEP_ITEM,
    }
)
"""The resolutions that a return can be opened with."""


def open_return(u: Unfolding, tenant: str, return_id: str, ask: c.Open) -> Refused | None:
    """Claim the units, judge them once, say the price. Opening it again is the same return."""
    if u.state.version:
        return None
    request = ask.request
    order = request.order.order() if request.order else (u.ledger.order if u.ledger else None)
    refused = _unfit(u, tenant, request, order)
    if refused is not None or order is None:
        return refused
    if u.ledger is None or u.ledger.order != order:
        u.booked(OrderRecorded(order_id=order.order_id, occurred_at=u.now, order=order))
    units = _units(u, order, request)
    if isinstance(units, Refused):
        return units
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
        )
    )
    _claim(u)
    _judge(u, evaluate(u.policy, u.books, request, _judged_as(u.state)))
    return None


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
    if u.ledger is not None and _was_sold(u.ledger.order) != _was_sold(order):
        return Refused(
            code="order_differs",
            because="order: its currency, lines or tenders are not those recorded before",
        )
    for index, line in enumerate(request.lines):
        if order.line(line.line_id) is None:
            known = ", ".join(sold.line_id for sold in order.lines)
            return Refused(
                code="unknown_line",
                because=f"lines.{index}.line_id: the order has no line {line.line_id}, "
                f"it has {known}",
            )
        if line.resolution not in OFFERED:
            offered = ", ".join(sorted(OFFERED))
            return Refused(
                code="resolution_not_offered",
                because=f"lines.{index}.resolution: {line.resolution} is not offered, "
                f"choose one of {offered}",
            )
        if line.exchange_for and line.exchange_for.unit_price_minor not in {
            0,
            order.line(line.line_id).unit_price_minor,  # type: ignore[union-attr]
        }:
            return Refused(
                code="price_difference",
                because=f"lines.{index}.exchange_for.unit_price_minor: only an article of the "
                "same price can be exchanged for",
            )
    return None


def _was_sold(order: Order) -> tuple[object, ...]:
    return (order.currency, order.lines, order.tenders, order.order_discount_minor, order.shipping)


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
        exchange = asked.exchange_for.sku if asked.exchange_for else ""
        wants_goods = asked.resolution is Resolution.REPLACEMENT
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
                exchange_sku=line.sku if wants_goods else exchange,
                weight_grams=line.weight_grams,
                hs_code=line.hs_code,
                origin_country=line.origin_country,
                serials=line.serials,
            )
            for number, ordinal in enumerate(ordinals, start=1)
        ]
    return tuple(units)


def _claimed(state: ReturnState, units: list[str] | None = None) -> tuple[ClaimedUnit, ...]:
    keys = list(state.units) if units is None else units
    return tuple(
        ClaimedUnit(line_id=state.units[key].asked.line_id, ordinal=state.units[key].asked.ordinal)
        for key in keys
    )


def _claim(u: Unfolding) -> None:
    u.booked(
        UnitsClaimed(
            order_id=u.state.order_id,
            occurred_at=u.now,
            return_id=u.state.return_id,
            units=_claimed(u.state),
        )
    )


def release_claims(u: Unfolding, units: list[str] | None = None) -> None:
    """Let go of units that do not come back, so that they can be asked for again."""
    held = [
        unit
        for unit in _claimed(u.state, units)
        if u.books.claims.get((unit.line_id, unit.ordinal)) == u.state.return_id
    ]
    if held:
        u.booked(
            UnitsReleased(
                order_id=u.state.order_id,
                occurred_at=u.now,
                return_id=u.state.return_id,
                units=tuple(held),
            )
        )


def _judged_as(state: ReturnState) -> tuple[policy_units.RequestedUnit, ...]:
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
        _welcome(u, keep_item=judged.keep_item)


def _welcome(u: Unfolding, *, keep_item: bool = False) -> None:
    """Approve the units that were quoted and plan the parcels they travel in."""
    state = u.state
    quoted = tuple(unit.unit for unit in state.quote.units) if state.quote else ()
    keep_item = keep_item or state.method is Method.KEEP_ITEM
    u.happened(
        ReturnApproved(
            occurred_at=u.now,
            extent="full" if len(quoted) == len(state.units) else "partial",
            units=quoted,
            keep_item=keep_item,
            ship_by=u.now + timedelta(days=state.agreed.ship_by_days),
        )
    )
    if keep_item or state.parcels:
        return
    for number in range(1, state.parcels_planned + 1):
        _plan_parcel(u, f"P{number}")


def _plan_parcel(u: Unfolding, parcel_id: str) -> None:
    method = u.state.method or u.state.agreed.fallback_method
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
        )
    )


def approve(u: Unfolding, ask: c.Approve) -> Refused | None:
    """A person says yes: to the request, to late goods, or to units that wait for a verdict."""
    waiting = _waiting_units(u.state, ask.units)
    if waiting and u.state.is_approved:
        for unit in waiting:
            u.happened(
                DecisionMade(
                    occurred_at=u.now,
                    unit=unit,
                    outcome=Decision.ACCEPTED,
                    share_bp=10_000,
                    because=ask.because or "accepted by staff",
                )
            )
        return None
    if u.state.authorisation is Authorisation.EXPIRED:
        because = ask.because or "staff accept the late hand-over"
        refused = reopen(u, "expired", because)
        if refused is None:
            _look_at(u, because)
        return refused
    if u.state.authorisation is Authorisation.DECLINED:
        return Refused(
            code="declined_by_policy", because="the policy declined it: use override, with a reason"
        )
    if u.state.is_approved:
        return Refused(code="nothing_to_approve", because="it is approved already")
    _welcome(u, keep_item=_policy_kept(u.state))
    return None


def _policy_kept(state: ReturnState) -> bool:
    return state.method is Method.KEEP_ITEM


def decline(u: Unfolding, ask: c.Decline) -> Refused | None:
    """A person says no, with a reason."""
    waiting = _waiting_units(u.state, ask.units)
    if waiting:
        for unit in waiting:
            u.happened(
                DecisionMade(
                    occurred_at=u.now,
                    unit=unit,
                    outcome=Decision.REJECTED,
                    share_bp=0,
                    because=ask.because,
                )
            )
        _look_at(u, ask.because)
        return None
    u.happened(ReturnDeclined(occurred_at=u.now, code="declined_by_staff", because=ask.because))
    release_claims(u)
    return None


def _look_at(u: Unfolding, because: str) -> None:
    """A verdict on goods that nobody expected settles the concern about them."""
    for concern in list(u.state.concerns.values()):
        if concern.what in {"handed_over_late", "declined_goods_arrived"}:
            u.happened(
                ConcernSettled(occurred_at=u.now, concern_id=concern.concern_id, because=because)
            )


def _waiting_units(state: ReturnState, named: tuple[str, ...]) -> list[str]:
    """Units whose verdict was left to a person, or that are here though nobody wanted them."""
    return [
        unit.id
        for unit in state.units.values()
        if (not named or unit.id in named)
        and (
            unit.decision is Decision.NEEDS_REVIEW
            or (
                not state.is_approved
                and unit.receipt is Receipt.RECEIVED
                and unit.decision is Decision.PENDING
            )
        )
    ]


def override(u: Unfolding, ask: c.Override) -> Refused | None:
    """Staff decide otherwise than the policy, or settle a concern by name."""
    if ask.settles:
        if ask.settles not in u.state.concerns:
            return Refused(code="unknown_concern", because=f"settles: no concern {ask.settles}")
        u.happened(ConcernSettled(occurred_at=u.now, concern_id=ask.settles, because=ask.because))
        return None
    declined = [unit for unit in u.state.units.values() if not unit.approved]
    if not declined or u.state.authorisation in {Authorisation.CANCELLED, Authorisation.EXPIRED}:
        return Refused(code="nothing_to_override", because="the policy declined nothing here")
    wanted = [unit.id for unit in declined if not ask.units or unit.id in ask.units]
    clash = check_claim(u.books, u.state.return_id, _claimed(u.state, wanted))
    if clash is not None:
        return clash
    u.happened(PolicyOverridden(occurred_at=u.now, because=ask.because))
    _claim_again(u, wanted)
    approved = [unit.id for unit in u.state.units.values() if unit.approved]
    welcome = set(approved) | set(wanted)
    units = tuple(unit for unit in _judged_as(u.state) if unit.unit in welcome)
    quote = price_anyway(u.policy, u.books, _request_of(u.state, welcome), units)
    u.happened(QuoteIssued(occurred_at=u.now, quote=quote))
    _welcome(u)
    _look_at(u, ask.because)
    return None


def _request_of(state: ReturnState, units: set[str]) -> ReturnRequest:
    """The request as it was recorded, for those units."""
    lines: dict[str, RequestedLine] = {}
    for unit in state.units.values():
        if unit.id not in units:
            continue
        asked = unit.asked
        before = lines.get(asked.line_id)
        lines[asked.line_id] = RequestedLine(
            line_id=asked.line_id,
            quantity=before.quantity + 1 if before else 1,
            reason=asked.reason,
            note=asked.note,
            resolution=asked.resolution,
            exchange_for=ExchangeFor(sku=asked.exchange_sku) if asked.exchange_sku else None,
        )
    return ReturnRequest(
        order_id=state.order_id,
        requested_at=state.requested_at or datetime.max.replace(tzinfo=UTC),
        lines=tuple(lines.values()),
        method=state.method or Method.DROP_OFF_LABEL,
        parcels=state.parcels_planned,
    )


def _claim_again(u: Unfolding, units: list[str]) -> None:
    free = tuple(
        unit
        for unit in _claimed(u.state, units)
        if (unit.line_id, unit.ordinal) not in u.books.claims
    )
    if free:
        u.booked(
            UnitsClaimed(
                order_id=u.state.order_id,
                occurred_at=u.now,
                return_id=u.state.return_id,
                units=free,
            )
        )


def cancel(u: Unfolding, ask: c.Cancel) -> Refused | None:
    """The customer keeps the goods; only while they have them."""
    if u.state.has_left:
        return Refused(
            code="already_handed_over",
            because="the carrier has the parcel: it cannot be cancelled any more",
        )
    if u.state.authorisation is Authorisation.CANCELLED:
        return None
    if any(payout.stands for payout in u.state.payouts.values()):
        return Refused(code="already_paid", because="money is on its way back already")
    u.happened(
        ReturnCancelled(
            occurred_at=ask.occurred_at or u.now, because=ask.because or "asked by the customer"
        )
    )
    release_claims(u)
    return None


def reopen(u: Unfolding, was: str, because: str) -> Refused | None:
    """Go on with a return that had ended; its units are claimed again, if they are still free."""
    clash = check_claim(u.books, u.state.return_id, _claimed(u.state))
    if clash is not None:
        return clash
    ended = "cancelled" if was == "cancelled" else "expired"
    u.happened(
        ReturnReopened(
            occurred_at=u.now,
            was="cancelled" if ended == "cancelled" else "expired",
            because=because,
        )
    )
    _claim_again(u, list(u.state.units))
    return None
