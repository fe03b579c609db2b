"""What the events about the request and its end teach."""

from dataclasses import replace

from domain.returns import events as e
from domain.returns.learn._with import with_hand, with_unit
from domain.returns.state import Replacement, ReturnState, Unit
from domain.words import Decision, Receipt


def requested(state: ReturnState, event: e.ReturnRequested) -> ReturnState:
    units = {
        asked.unit: Unit(
            asked=asked,
            receipt=Receipt.AWAITING,
            decision=Decision.PENDING,
            reason=asked.reason,
            resolution=asked.resolution,
            replacement=Replacement(asked.exchange_sku, "") if asked.exchange_sku else None,
        )
        for asked in event.units
    }
    return replace(
        state,
        tenant=event.tenant,
        return_id=event.return_id,
        order_id=event.order_id,
        customer_id=event.customer_id,
        locale=event.locale,
        country=event.country,
        currency=event.currency,
        method=event.method,
        parcels_planned=event.parcels,
        requested_at=event.occurred_at,
        slot=event.slot,
        units=units,
        hands=(event.by,) if event.by else (),
    )


def evaluated(state: ReturnState, event: e.PolicyEvaluated) -> ReturnState:
    return replace(state, terms=event.terms)


def overridden(state: ReturnState, event: e.PolicyOverridden) -> ReturnState:
    return with_hand(state, event.by)


def quoted(state: ReturnState, event: e.QuoteIssued) -> ReturnState:
    """The method quoted is the one offered; what was chosen after the approval stays."""
    method = state.method if state.is_approved else event.quote.method
    return replace(state, quote=event.quote, method=method)


def approved(state: ReturnState, event: e.ReturnApproved) -> ReturnState:
    for key in event.units:
        if not state.units[key].approved:  # what was to be done with an unwelcome one is off
            state = with_unit(state, key, approved=True, disposition=None)
    return replace(
        with_hand(state, event.by),
        approved_at=event.occurred_at,
        ship_by=event.ship_by,
        keep_item=event.keep_item,
        ended_at=None,
    )


def ended(state: ReturnState, event: e.Event) -> ReturnState:
    because = str(getattr(event, "because", ""))
    return replace(state, ended_at=event.occurred_at, ended_because=because)


def reopened(state: ReturnState, _event: e.ReturnReopened) -> ReturnState:
    return replace(state, ended_at=None)


def completed(state: ReturnState, event: e.ReturnCompleted) -> ReturnState:
    return replace(state, completed_paid_minor=event.paid_minor, ended_at=event.occurred_at)


def unit_declined(state: ReturnState, event: e.UnitDeclined) -> ReturnState:
    return with_unit(state, event.unit, approved=False)
