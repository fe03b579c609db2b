"""One return as a person reads it in the Temporal UI: lists, since tables lose their padding."""

from collections.abc import Iterator
from datetime import datetime

from domain.money import Money
from domain.returns.status import Status

_SPECIAL = "\\`*_{}[]<>()#+|!~"


def as_markdown(status: Status) -> str:
    """Whose turn it is and by when, then what is open, the goods, the parcels, the money."""
    if not status.version:
        return f"No return {escaped(status.return_id)} was opened."
    return "\n".join(_lines(status))


def escaped(text: str) -> str:
    """Text from outside, so that it is shown and never obeyed."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in plain)


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
        for step in status.agenda:
            yield f"- {_when(step.due_at)} · **{step.actor}** · {escaped(step.summary)}"
    yield from _goods(status)
    yield from _payments(status)


def _goods(status: Status) -> Iterator[str]:
    yield "\n### Units"
    for unit in status.units:
        parts = [unit.receipt, unit.decision, unit.grade, unit.disposition]
        told = " · ".join(_words(part) for part in parts if part)
        promised = f"{_words(unit.resolution)} {_money(unit.promised_minor, status.currency)}"
        yield f"- {unit.unit} {escaped(unit.name)}: {told} · {promised}"
    if status.parcels:
        yield "\n### Parcels"
        for parcel in status.parcels:
            number = escaped(parcel.tracking_number) or "no number yet"
            place = _words(parcel.logistics)
            yield f"- {parcel.parcel_id}: **{place}** · {parcel.carrier} {number}"


def _payments(status: Status) -> Iterator[str]:
    if status.money is not None:
        yield "\n### Money"
        promised = _money(status.money.promised_minor, status.currency)
        paid = _money(status.money.paid_minor, status.currency)
        yield f"- promised {promised}, paid {paid}"
    for payout in status.payouts:
        amount = _money(payout.amount_minor, status.currency)
        why = f" ({escaped(_words(payout.reason))})" if payout.reason else ""
        where = escaped(payout.tender_id or _words(payout.destination))
        provider, state = _words(payout.provider), _words(payout.state)
        yield f"- {amount} to {where} by {provider}: **{state}**{why}"


def _words(name: str) -> str:
    """A name of ours as it is spoken; Markdown would take its underscores for emphasis."""
    return name.replace("_", " ")


def _when(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y %H:%M} UTC"


def _money(amount_minor: int, currency: str) -> str:
    return str(Money(amount_minor=amount_minor, currency=currency))
