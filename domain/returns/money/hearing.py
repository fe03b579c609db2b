"""What providers say of holds, and carriers of parcels nobody has seen: followed as it is."""

from domain.money import Money
from domain.orders.events import PaymentCollected
from domain.refusal import Refused
from domain.returns.events.holds import (
    HoldChecked,
    HoldLapsed,
    HoldNewsHeard,
    HoldPlaced,
    HoldRefused,
    HoldReleased,
    HoldTaken,
    HoldUnknown,
)
from domain.returns.goods.replacing import is_sent
from domain.returns.notes import NoteHold
from domain.returns.state import Hold
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry
from domain.words_of_money import HoldState

_UNPLACED = frozenset({HoldState.PLANNED, HoldState.UNKNOWN})


def note_hold(u: Unfolding, note: NoteHold) -> Refused | None:
    """Follow the provider's answer; an echo of another amount is never believed."""
    hold = u.state.holds[note.instruction_id]
    expected = hold.to_take_minor if note.state == "taken" else hold.amount_minor
    other = note.amount is not None and note.amount != Money(
        amount_minor=expected or hold.amount_minor, currency=u.state.currency
    )
    if other and note.state in {"held", "taken"}:
        because = f"the provider says {note.amount} of a hold"
        worry(u, f"amount_differs:{hold.instruction_id}", "amount_differs", because)
        _heard(u, hold)
        return None
    match note.state:
        case "held" if hold.state in {*_UNPLACED, HoldState.REFUSED, HoldState.RELEASED}:
            u.happened(
                HoldPlaced(
                    occurred_at=u.now, instruction_id=hold.instruction_id, hold_ref=note.hold_ref
                )
            )
        case "taken" if hold.state is not HoldState.TAKEN:
            _taken(u, hold, note)
        case "released" if hold.is_open:
            over = HoldReleased if hold.let_go else HoldLapsed
            u.happened(over(occurred_at=u.now, instruction_id=hold.instruction_id))
        case "refused" | "requires_action" if hold.is_open:
            _refused(u, hold, note)
        case "unknown" if hold.state is HoldState.PLANNED:
            u.happened(HoldUnknown(occurred_at=u.now, instruction_id=hold.instruction_id))
        case _:
            _heard(u, hold)
    return None


def _taken(u: Unfolding, hold: Hold, note: NoteHold) -> None:
    """The money is there: the order's ledger has one tender more."""
    amount = note.amount.amount_minor if note.amount else hold.to_take_minor or hold.amount_minor
    key = hold.instruction_id
    u.happened(
        HoldTaken(
            occurred_at=u.now,
            instruction_id=key,
            payment_ref=note.payment_ref,
            amount_minor=amount,
        )
    )
    u.booked(
        PaymentCollected(
            order_id=u.state.order_id,
            occurred_at=u.now,
            collected_id=key,
            return_id=u.state.return_id,
            provider=hold.provider,
            payment_ref=note.payment_ref,
            amount_minor=amount,
        )
    )


def _refused(u: Unfolding, hold: Hold, note: NoteHold) -> None:
    """Before the article was sent it is offered otherwise; afterwards a person has to hear."""
    reason = note.reason or note.state
    u.happened(HoldRefused(occurred_at=u.now, instruction_id=hold.instruction_id, reason=reason))
    if is_sent(u.state.units[hold.unit]) and not hold.let_go:
        because = f"{hold.unit}: {reason}; the new article is with the customer"
        worry(u, f"hold_refused:{hold.instruction_id}", "hold_refused", because)


def _heard(u: Unfolding, hold: Hold) -> None:
    if hold.news_open:
        u.happened(HoldChecked(occurred_at=u.now, instruction_id=hold.instruction_id))


def hold_named(u: Unfolding, *names: str) -> Hold | None:
    """The hold that a report speaks of: by our id, or by theirs."""
    said = {name for name in names if name}
    return next(
        (h for h in u.state.holds.values() if said & {h.instruction_id, h.hold_ref, h.taken_ref}),
        None,
    )


def hear_of_hold(u: Unfolding, hold: Hold, source: str) -> None:
    """Put the question to the provider on the agenda; unless it is there, or comes anyway."""
    if not hold.news_open and hold.state is not HoldState.PLANNED:
        u.happened(
            HoldNewsHeard(occurred_at=u.now, instruction_id=hold.instruction_id, source=source)
        )
