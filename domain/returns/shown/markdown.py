"""One return as a person reads it in the Temporal UI: lists, since tables lose their padding."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from domain.money import Money
from domain.returns.agenda import Step
from domain.returns.shown.status import (
    BillStatus,
    CouponStatus,
    HoldStatus,
    ParcelStatus,
    PayoutStatus,
    Status,
    UnitStatus,
)

ROOM = 18_000
"""Bytes: a server takes 20,000 of details (`limit.userMetadataDetailsSize`), and no more."""

MOST = 25
"""How many things a list shows before it only counts."""

_LONGEST = 100
"""Characters of any one text from outside."""

_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>()#+|!~:&"})

_MOST_BYTES = 6
"""What one character may become in JSON."""


def as_markdown(status: Status) -> str:
    """Whose turn it is and by when, then what is open, the goods, the parcels, the money."""
    if not status.version:
        return f"No return {escaped(status.return_id)} was opened."
    return "\n".join(_fitting(_lines(status)))


def escaped(text: str) -> str:
    """Text from outside, so that it is shown and never obeyed: no markup, no link, one line."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    if not short.isprintable():
        short = "".join(sign if sign.isprintable() else " " for sign in short)
    return short.translate(_ESCAPES)


def _lines(status: Status) -> Iterator[str]:
    yield f"## {_words(status.headline)}"
    if status.closed:
        yield "Nothing is left to do for anybody."
    elif status.due_at is not None:
        what = _words(status.next_action)
        yield f"**{status.next_actor}** must **{what}** by {_when(status.due_at)}"
    if status.flags:
        yield "Flags: " + ", ".join(f"`{flag}`" for flag in status.flags)
    yield f"\nOrder {escaped(status.order_id)}, {status.country}, by {_words(status.method)}"
    if status.agenda:
        yield "\n### Open steps"
        yield from _listed([_step(step) for step in status.agenda], status.agenda_more)
    yield "\n### Units"
    yield from _listed([_unit(unit, status.currency) for unit in status.units])
    if status.parcels:
        yield "\n### Parcels"
        yield from _listed([_parcel(parcel) for parcel in status.parcels], status.parcels_more)
    if status.money is not None:
        yield "\n### Money"
        promised = _money(status.money.promised_minor, status.currency)
        paid = _money(status.money.paid_minor, status.currency)
        yield f"- promised {promised}, paid {paid}"
    yield from _listed([_payout(payout, status.currency) for payout in status.payouts])
    yield from _listed([_bill(bill, status.currency) for bill in status.bills])
    yield from _listed([_hold(hold, status.currency) for hold in status.holds])
    yield from _listed([_coupon(coupon, status.currency) for coupon in status.coupons])


def _step(step: Step) -> str:
    return f"{_when(step.due_at)} · **{step.actor}** · {escaped(step.summary)}"


def _unit(unit: UnitStatus, currency: str) -> str:
    parts = [unit.receipt, unit.decision, unit.grade, unit.disposition]
    told = " · ".join(_words(part) for part in parts if part)
    if unit.recovery_minor is not None:
        told += f" (to bring {_money(unit.recovery_minor, currency)})"
    promised = f"{_words(unit.resolution)} {_money(unit.promised_minor, currency)}"
    return f"{escaped(unit.unit)} {escaped(unit.name)}: {told} · {promised}"


def _parcel(parcel: ParcelStatus) -> str:
    number = escaped(parcel.tracking_number) or "no number yet"
    place = _words(parcel.logistics)
    told = f"{escaped(parcel.parcel_id)}: **{place}** · {escaped(parcel.carrier)} {number}"
    return " · ".join([told, *_visits(parcel)])


def _visits(parcel: ParcelStatus) -> Iterator[str]:
    if failed := parcel.visits_failed:
        why = ", ".join(map(_words, failed))
        times = "1 visit" if len(failed) == 1 else f"{len(failed)} visits"
        yield f"{times} failed ({why}), {parcel.attempts_counted} counted"
    if parcel.visit_until is not None:
        yield f"courier comes by {_when(parcel.visit_until)}"


def _payout(payout: PayoutStatus, currency: str) -> str:
    amount = _money(payout.amount_minor, currency)
    why = f" ({escaped(_words(payout.reason))})" if payout.reason else ""
    where = escaped(payout.tender_id or _words(payout.destination))
    provider, state = escaped(_words(payout.provider)), _words(payout.state)
    return f"{amount} to {where} by {provider}: **{state}**{why}"


def _bill(bill: BillStatus, currency: str) -> str:
    amount = _money(bill.amount_minor, currency)
    by = f", to be paid by {_when(bill.pay_by)}" if bill.url else ""
    return f"{amount} from the customer by {escaped(bill.provider)}: **{bill.state}**{by}"


def _hold(hold: HoldStatus, currency: str) -> str:
    amount = _money(hold.taken_minor or hold.amount_minor, currency)
    why = f" ({escaped(_words(hold.reason))})" if hold.reason else ""
    return f"{amount} kept ready for {escaped(hold.unit)}: **{hold.state}**{why}"


def _coupon(coupon: CouponStatus, currency: str) -> str:
    amount = _money(coupon.amount_minor, currency)
    unit, until = escaped(coupon.unit), coupon.valid_until.date()
    return f"coupon of {amount} for {unit}: **{coupon.state}**, valid until {until}"


def _listed(told: Sequence[str], untold: int = 0) -> Iterator[str]:
    yield from (f"- {line}" for line in told[:MOST])
    if more := max(0, len(told) - MOST) + untold:
        yield f"- … and {more} more"


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    """As many lines as there is room for, in the form in which they travel."""
    told = list(lines)
    if sum(len(line) + 1 for line in told) * _MOST_BYTES <= ROOM:
        yield from told
        return
    taken = 0
    for line in told:
        taken += len(json.dumps(line, ensure_ascii=False).encode(errors="replace"))
        if taken > ROOM:
            yield "\n… there is more than can be shown here"
            return
        yield line


def _words(name: str) -> str:
    """A name of ours as it is spoken; Markdown would take its underscores for emphasis."""
    return name.replace("_", " ")


def _when(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y %H:%M} UTC"


def _money(amount_minor: int, currency: str) -> str:
    return str(Money(amount_minor=amount_minor, currency=currency))
