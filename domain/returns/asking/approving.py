"""A person says yes, no, or otherwise than the policy."""

from datetime import UTC, datetime

from domain.orders.caps import check_claim
from domain.policy.evaluate import price_anyway
from domain.policy.requoting import joined
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.ending import claim_again, claimed, release_claims, reopen
from domain.returns.asking.offering import offer_otherwise
from domain.returns.asking.opening import grant, judged_as
from domain.returns.asking.request import ExchangeFor, RequestedLine, ReturnRequest
from domain.returns.events import (
    ConcernSettled,
    DecisionMade,
    PolicyOverridden,
    QuoteIssued,
    RequestedUnit,
    ReturnDeclined,
)
from domain.returns.state import ReturnState
from domain.returns.transport.choosing import choose_carrier
from domain.returns.unfolding import Unfolding
from domain.words import Authorisation, Decision, Method, Receipt


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
                    by=u.by,
                )
            )
        return None
    if u.state.authorisation is Authorisation.EXPIRED:
        if not u.state.has_left:
            return Refused(
                code="not_handed_over",
                because="nothing was handed over: the units are free to be asked for again",
            )
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
    grant(u, keep_item=_policy_kept(u.state), by=u.by)
    return None


def _policy_kept(state: ReturnState) -> bool:
    return state.method is Method.KEEP_ITEM


def decline(u: Unfolding, ask: c.Decline) -> Refused | None:
    """A person says no, with a reason: to the whole request while it is asked, else to units."""
    is_asked = u.state.authorisation in {Authorisation.REQUESTED, Authorisation.NEEDS_REVIEW}
    waiting = [] if is_asked else _waiting_units(u.state, ask.units)
    if waiting:
        for unit in waiting:
            u.happened(
                DecisionMade(
                    occurred_at=u.now,
                    unit=unit,
                    outcome=Decision.REJECTED,
                    share_bp=0,
                    because=ask.because,
                    by=u.by,
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
    if ask.carrier:
        return choose_carrier(u, ask)
    if ask.resolution is not None or ask.share_bp:
        return offer_otherwise(u, ask)
    if u.state.authorisation in {Authorisation.REQUESTED, Authorisation.NEEDS_REVIEW}:
        return Refused(
            code="in_review", because="nothing is decided yet: approve it, or decline it"
        )
    declined = [unit for unit in u.state.units.values() if not unit.approved]
    if not declined or u.state.authorisation in {Authorisation.CANCELLED, Authorisation.EXPIRED}:
        return Refused(code="nothing_to_override", because="the policy declined nothing here")
    wanted = [
        unit.id for unit in declined if (not ask.units or unit.id in ask.units) and not unit.moved
    ]
    if not wanted:
        return Refused(
            code="nothing_to_override", because="units: those were not declined, or are sent back"
        )
    clash = check_claim(u.books, u.state.return_id, claimed(u.state, wanted))
    if clash is not None:
        return clash
    u.happened(PolicyOverridden(occurred_at=u.now, because=ask.because, by=u.by))
    claim_again(u, wanted)
    units = tuple(unit for unit in judged_as(u.state) if unit.unit in wanted)
    quote = price_anyway(u.policy, u.books, _request_of(u.state, set(wanted)), units, u.outlook)
    if u.state.live_units and u.state.quote is not None:
        quote = joined(u.state.quote, quote)
    u.happened(QuoteIssued(occurred_at=u.now, quote=quote))
    grant(u, by=u.by)
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
            exchange_for=_exchange_for(asked),
        )
    return ReturnRequest(
        order_id=state.order_id,
        requested_at=state.requested_at or datetime.max.replace(tzinfo=UTC),
        lines=tuple(lines.values()),
        method=state.method or Method.DROP_OFF_LABEL,
        parcels=min(state.parcels_planned, len(units)),
    )


def _exchange_for(asked: RequestedUnit) -> ExchangeFor | None:
    if not asked.exchange_sku:
        return None
    return ExchangeFor(
        sku=asked.exchange_sku,
        unit_price_minor=asked.exchange_price_minor,
        tax_minor=asked.exchange_tax_minor,
    )
