"""What a return gives cause to claim back: its own part in it is to say so, and to take it back.

The claim has a life of its own (`domain.recoveries`), and nothing here waits for it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.orders.order import Order
from domain.recoveries.facts import ClaimedUnit, RecoveryFacts
from domain.recoveries.limits import Limit, carrier_limit, duty_limit
from domain.recoveries.words import RecoveryCause, RecoveryKind
from domain.refusal import Refused
from domain.returns import notes as n
from domain.returns.events.recovering import RecoveryBegun, RecoveryRecalled
from domain.returns.state import Parcel, ReturnState, Unit
from domain.returns.transport.customs import crosses_border
from domain.returns.unfolding import Unfolding
from domain.words import LabelLife, Logistics, Reason, Receipt

DAMAGED = "damaged_in_transit"
"""How the dock calls goods that came to harm on the way back."""

DUTIES = "duties"

_MARK = {RecoveryCause.LOST: "lost", RecoveryCause.DAMAGED: "damaged", RecoveryCause.RETURNED: ""}


class Cause(NamedTuple):
    """One reason to claim something."""

    recovery_id: str
    kind: RecoveryKind
    cause: RecoveryCause
    subject: str
    units: tuple[Unit, ...]
    since: datetime | None


def causes(state: ReturnState) -> Iterator[Cause]:
    """Everything that there is to be claimed back now; on most returns nothing."""
    lost = [
        p for p in state.parcels.values() if p.logistics is Logistics.LOST and _was_ours(state, p)
    ]
    if lost:
        gone = [u for u in state.live_units if u.receipt is Receipt.LOST_IN_TRANSIT]
        for place, parcel in enumerate(lost):
            units = tuple(gone[place :: len(lost)])
            if units:
                yield _cause(state, RecoveryCause.LOST, parcel.parcel_id, units)
    yield from _damaged(state)
    if crosses_border(state):
        yield from _taxed(state)


def _damaged(state: ReturnState) -> Iterator[Cause]:
    harmed = [unit for unit in state.units.values() if _came_to_harm(unit)]
    for key in {unit.parcel_id: None for unit in harmed}:
        if key in state.parcels and _was_ours(state, state.parcels[key]):
            units = tuple(unit for unit in harmed if unit.parcel_id == key)
            yield _cause(state, RecoveryCause.DAMAGED, key, units)


def _came_to_harm(unit: Unit) -> bool:
    """The dock says so; or the inspector, of what its sender had not called damaged."""
    if unit.receipt is not Receipt.RECEIVED or unit.asked.reason is Reason.DAMAGED_IN_TRANSIT:
        return False
    recoded = bool(unit.inspection_id) and unit.reason is Reason.DAMAGED_IN_TRANSIT
    return recoded or unit.condition == DAMAGED


def _taxed(state: ReturnState) -> Iterator[Cause]:
    """The duties of goods that have left the country again, once it is known which have."""
    if any(unit.receipt is Receipt.AWAITING for unit in state.expected_units):
        return
    units = tuple(
        unit
        for unit in state.live_units
        if unit.receipt is Receipt.RECEIVED and _duties(state, unit)
    )
    if units:
        yield _cause(state, RecoveryCause.RETURNED, DUTIES, units)


def _duties(state: ReturnState, unit: Unit) -> int:
    quoted = state.quoted(unit.id)
    return quoted.duty_minor + quoted.import_tax_minor if quoted else 0


def _cause(
    state: ReturnState, cause: RecoveryCause, subject: str, units: tuple[Unit, ...]
) -> Cause:
    is_duty = cause is RecoveryCause.RETURNED
    kind = RecoveryKind.DUTY_DRAWBACK if is_duty else RecoveryKind.CARRIER_CLAIM
    name = "-".join(filter(None, (subject, _MARK[cause])))
    return Cause(
        f"{state.return_id[:80]}.{name}",
        kind,
        cause,
        subject,
        units,
        _known_since(state, subject, units),
    )


def _known_since(state: ReturnState, subject: str, units: tuple[Unit, ...]) -> datetime | None:
    parcel = state.parcels.get(subject)
    seen = [parcel.lost_at] if parcel else []
    seen += [moment for unit in units for moment in (unit.received_at, unit.inspected_at)]
    return max((moment for moment in seen if moment is not None), default=None)


def _was_ours(state: ReturnState, parcel: Parcel) -> bool:
    """Whether it travelled on a label of ours: another's contract is another's claim."""
    used = (label for label in state.labels.values() if label.parcel_id == parcel.parcel_id)
    return any(label.life is LabelLife.USED for label in used)


def facts_of(
    state: ReturnState, cause: Cause, *, order: Order, channel: bool, now: datetime
) -> RecoveryFacts:
    """What is claimed, with the limits that bind it.

    Args:
        state: The return.
        cause: What there is to be claimed.
        order: What was sold, and when its goods were declared where duties were taken.
        channel: Whether the carrier takes claims from us, and not from people alone.
        now: When; stands for a hand-over that nobody saw.
    """
    parcel = state.parcels.get(cause.subject)
    label = next(
        (one for one in reversed(state.labels.values()) if one.parcel_id == cause.subject), None
    )
    is_duty = cause.kind is RecoveryKind.DUTY_DRAWBACK
    if is_duty:
        declared_at = order.declared_at({unit.asked.line_id for unit in cause.units})
        limit = duty_limit(state.country, [unit.reason.fault for unit in cause.units], declared_at)
    else:
        limit = _claim_limit(cause, parcel, channel=channel, now=now)
    return RecoveryFacts(
        kind=cause.kind,
        cause=cause.cause,
        return_id=state.return_id,
        order_id=state.order_id,
        subject=cause.subject,
        counterparty=state.country if is_duty else label.carrier if label else "",
        channel="easypost" if channel and not is_duty else "",
        tracking_number=label.tracking_number if label else "",
        label_ref=label.label_ref if label else "",
        currency=state.currency,
        units=tuple(_claimed(state, unit, is_duty=is_duty) for unit in cause.units),
        **limit._asdict(),
    )


def _claim_limit(cause: Cause, parcel: Parcel | None, *, channel: bool, now: datetime) -> Limit:
    carrier = parcel.carrier if parcel else ""
    names = ("easypost", carrier) if channel else (carrier,)
    left = parcel.handed_over_at if parcel else None
    return carrier_limit(names, cause.cause, left or now)


def _claimed(state: ReturnState, unit: Unit, *, is_duty: bool) -> ClaimedUnit:
    quoted = state.quoted(unit.id)
    worth = quoted.net_minor if quoted else 0
    return ClaimedUnit(
        unit=unit.id,
        sku=unit.asked.sku,
        name=unit.asked.name,
        amount_minor=_duties(state, unit) if is_duty else worth,
        hs_code=unit.asked.hs_code,
        origin_country=unit.asked.origin_country,
    )


def note_recovery(u: Unfolding, note: n.NoteRecovery) -> Refused | None:
    """The claim is opened, or its opener has taken its word back."""
    known = u.state.recoveries.get(note.recovery_id)
    stands = known is not None and known.stands
    if note.state == "begun" and not stands:
        u.happened(
            RecoveryBegun(
                occurred_at=u.now,
                recovery_id=note.recovery_id,
                kind=note.kind,
                subject=note.subject,
            )
        )
    elif note.state == "recalled" and stands:
        u.happened(RecoveryRecalled(occurred_at=u.now, recovery_id=note.recovery_id))
    return None
