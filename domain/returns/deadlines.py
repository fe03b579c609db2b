"""When time is up: what each open step's deadline means. Everything else is told to a person."""

from collections.abc import Callable, Mapping

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.agenda import Step, agenda
from domain.returns.asking.consenting import answer_for_silence
from domain.returns.asking.ending import release_claims
from domain.returns.events import (
    ConcernSettled,
    DeadlineCounted,
    DeadlineMissed,
    Escalated,
    ReturnExpired,
)
from domain.returns.goods.receiving import miss_units
from domain.returns.goods.replacing import hold_longer
from domain.returns.goods.sending_back import send_unasked
from domain.returns.money import holding
from domain.returns.money.billing import give_up as give_up_bill
from domain.returns.money.settling import hear
from domain.returns.reaching import wake
from domain.returns.state import ReturnState
from domain.returns.telling import plan_notice
from domain.returns.transport import following
from domain.returns.transport.label_life import renew_label
from domain.returns.transport.pickups import miss_visit
from domain.returns.transport.scans import find_out, give_up
from domain.returns.unfolding import Unfolding
from domain.words import Actor

_OVERDUE = "overdue"


def note_deadline(u: Unfolding) -> Refused | None:
    """Act on every step that is due by now; at or after its time, never before."""
    for step in agenda(u.state):
        still_open = any(known.id == step.id for known in agenda(u.state))
        if step.due_at <= u.now and still_open:
            ON_DUE.get(step.action, _miss)(u, step)
    return None


def _miss(u: Unfolding, step: Step) -> None:
    """The step stays open with a new deadline, and from now on the merchant knows."""
    u.happened(
        DeadlineMissed(
            occurred_at=u.now,
            step_id=step.id,
            actor=str(step.actor),
            action=step.action,
            due_at=step.due_at,
        )
    )
    concern_id = f"{_OVERDUE}:{step.id}"
    if step.actor is not Actor.MERCHANT and concern_id not in u.state.concerns:
        u.happened(
            Escalated(
                occurred_at=u.now,
                concern_id=concern_id,
                what=_OVERDUE,
                because=f"{step.actor} is late: {step.summary}",
            )
        )


def settle_overdue(u: Unfolding) -> None:
    """A step that was late and is done needs nobody's attention any more."""
    overdue = [each for each in u.state.concerns.values() if each.what == _OVERDUE]
    if not overdue:
        return  # as nearly always, and listing the agenda is what takes long
    open_steps = {step.id for step in agenda(u.state)}
    for concern in overdue:
        if concern.concern_id.removeprefix(f"{_OVERDUE}:") not in open_steps:
            u.happened(
                ConcernSettled(
                    occurred_at=u.now, concern_id=concern.concern_id, because="done meanwhile"
                )
            )


def _expire(u: Unfolding, step: Step) -> None:
    """Nothing was handed over: the units may be asked for again, the label goes back.

    Where a carrier tells nothing by itself, it is asked before anybody is too late.
    """
    parcel = u.state.parcels[step.subject]
    if following.must_ask_first(u, parcel, step.due_at):
        return
    if u.state.has_left:
        _miss_quietly(u, step)  # one of several parcels: what is in it will be short
        return
    u.happened(ReturnExpired(occurred_at=u.now))
    release_claims(u)


def _miss_quietly(u: Unfolding, step: Step) -> None:
    u.happened(
        DeadlineMissed(
            occurred_at=u.now,
            step_id=step.id,
            actor=str(step.actor),
            action=step.action,
            due_at=step.due_at,
        )
    )


def _remind(u: Unfolding, _step: Step) -> None:
    by = u.state.ship_by.date().isoformat() if u.state.ship_by else ""
    plan_notice(u, "reminder", {"ship_by": by})


def _delay(u: Unfolding, step: Step) -> None:
    find_out(u, u.state.parcels[step.subject])


def _lose(u: Unfolding, step: Step) -> None:
    give_up(u, u.state.parcels[step.subject])


def _not_visited(u: Unfolding, step: Step) -> None:
    miss_visit(u, u.state.parcels[step.subject])


def _take_offer(u: Unfolding, step: Step) -> None:
    answer_for_silence(u, u.state.offers[step.subject])


def _short(u: Unfolding, _step: Step) -> None:
    miss_units(u)


def _ask_gateway(u: Unfolding, step: Step) -> None:
    """A silent gateway is asked, and it is somebody's problem from now on."""
    hear(u, u.state.payouts[step.subject], "silence", u.now)
    _miss(u, step)


def _hold_longer(u: Unfolding, step: Step) -> None:
    hold_longer(u, u.state.units[step.subject])


def _unpaid(u: Unfolding, step: Step) -> None:
    give_up_bill(u, u.state.bills[step.subject])


def _send_unasked(u: Unfolding, step: Step) -> None:
    send_unasked(u, step.subject)


def _take_for_rejection(u: Unfolding, step: Step) -> None:
    holding.take_for_rejection(u, u.state.holds[step.subject])


def _renew(u: Unfolding, step: Step) -> None:
    holding.plan_hold_again(u, u.state.holds[step.subject])


def _ask_carriers(u: Unfolding, _step: Step) -> None:
    holding.ask_carriers(u)


def _ask_carrier(u: Unfolding, step: Step) -> None:
    following.ask(u, u.state.parcels[step.subject])


def _ask_opinion(u: Unfolding, _step: Step) -> None:
    plan_notice(u, "feedback", {})


def _wake(u: Unfolding, step: Step) -> None:
    wake(u, step.subject)


def _renew_label(u: Unfolding, step: Step) -> None:
    renew_label(u, u.state.parcels[step.subject])


ON_DUE: Mapping[str, Callable[[Unfolding, Step], None]] = {
    "hand_over": _expire,
    "remind": _remind,
    "deliver": _delay,
    "find_parcel": _lose,
    "pick_up": _not_visited,
    "ask_carrier": _ask_carrier,
    "renew_label": _renew_label,
    "answer_offer": _take_offer,
    "explain_missing": _short,
    "settle_payout": _ask_gateway,
    "pay_bill": _unpaid,
    "hold_longer": _hold_longer,
    "choose_goods": _send_unasked,
    "object": _take_for_rejection,
    "renew_hold": _renew,
    "return_goods": _ask_carriers,
    "wait_for_morning": _wake,
    "ask_opinion": _ask_opinion,
}


def count_from_now(u: Unfolding, before: ReturnState, command: object) -> None:
    """Nobody is late with what nobody had heard of, and nobody gets more time by a wrong clock.

    A step that a deadline would find late as soon as it is known counts from now; so does what
    a clock ahead of ours told of. What a deadline decides by itself is left as it was: a parcel
    that should have come by now is late, whenever we heard of it; and what is ours to do is begun
    at once in any case.
    """
    told = command.occurred_at if isinstance(command, c.Report) else None
    ahead = told is not None and told > u.now
    known = {step.id for step in agenda(before)}
    for step in agenda(u.state):
        is_new = step.id not in known and not step.performs
        if is_new and (ahead or _is_late_at_once(u, step)):
            u.happened(DeadlineCounted(occurred_at=u.now, step_id=step.id))


def _is_late_at_once(u: Unfolding, step: Step) -> bool:
    return step.due_at <= u.now and step.action not in ON_DUE
