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
    yield f"## {status.headline.replace('_', ' ')}"
    if status.closed:
        yield "Nothing is left to do for anybody."
    elif status.due_at is not None:
        what = status.next_action.replace("_", " ")
        yield f"**{status.next_actor}** must **{what}** by {_when(status.due_at)}"
    if status.flags:
        yield "Flags: " + ", ".join(f"`{flag}`" for flag in status.flags)
    yield f"\nOrder {escaped(status.order_id)}, {status.country}, by {status.method}"
    if status.agenda:
        yield "\n### Open steps"
        for step in status.agenda:
            yield f"- {_when(step.due_at)} · **{step.actor}** · {escaped(step.summary)}"
    yield "\n### Units"
    for unit in status.units:
        parts = [unit.receipt, unit.decision, unit.grade, unit.disposition]
        told = " · ".join(part.replace("_", " ") for part in parts if part)
        amount = _money(unit.promised_minor, status.currency)
        yield f"- {unit.unit} {escaped(unit.name)}: {told} · {unit.resolution} {amount}"
    if status.parcels:
        yield "\n### Parcels"
        for parcel in status.parcels:
            number = escaped(parcel.tracking_number) or "no number yet"
            place = parcel.logistics.replace("_", " ")
            yield f"- {parcel.parcel_id}: **{place}** · {parcel.carrier} {number}"
    if status.money is not None:
        money = status.money
        yield "\n### Money"
        promised, paid = money.promised_minor, money.paid_minor
        yield (
            f"- promised {_money(promised, status.currency)}, paid {_money(paid, status.currency)}"
        )
    for payout in status.payouts:
        amount = _money(payout.amount_minor, status.currency)
        why = f" ({escaped(payout.reason)})" if payout.reason else ""
        where = payout.tender_id or payout.destination
        yield f"- {amount} to {escaped(where)} by {payout.provider}: **{payout.state}**{why}"


def _when(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y %H:%M} UTC"


def _money(amount_minor: int, currency: str) -> str:
    return str(Money(amount_minor=amount_minor, currency=currency))
