"""Goods that are the customer's go back to them: not accepted, repaired, or come by mistake.

The customer may leave them with us while they are still here; a dispute comes first.
"""

from collections.abc import Iterator

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import DispositionDecided, Escalated
from domain.returns.events.resolving import GoodsChosen, GoodsSentBack, SendBackOrdered
from domain.returns.goods.disposing import goes, where_it_goes
from domain.returns.notes import NoteSendBack
from domain.returns.state import ReturnState, SendBack, Unit
from domain.returns.telling import plan_notice
from domain.returns.unfolding import Unfolding
from domain.words import Decision, Disposition


def going_back(state: ReturnState) -> Iterator[tuple[str, str]]:
    """Subject and name of everything that is to go back and has not left yet."""
    for unit in state.units.values():
        if unit.disposition is Disposition.RETURN_TO_CUSTOMER and not unit.moved:
            yield unit.id, unit.asked.name
    for stray in state.strays.values():
        sent = state.send_backs.get(stray.stray_id)
        to_customer = stray.settled is Disposition.RETURN_TO_CUSTOMER
        if to_customer and not (sent is not None and sent.sent):
            yield stray.stray_id, stray.sku


def known_way(state: ReturnState, subject: str) -> SendBack | None:
    """What is known of its way back."""
    return state.send_backs.get(subject)


def waits_for_the_customer(state: ReturnState, subject: str) -> bool:
    """Whether they may still say to leave it here before it is sent."""
    unit = state.units.get(subject)
    if unit is None or state.terms is None or not state.agreed.resolving.send_back.wait_days:
        return False
    refused = unit.decision in {Decision.REJECTED, Decision.APPEAL_DENIED}
    known = known_way(state, subject)
    return refused and (known is None or not (known.choice or known.order_ref))


def is_disputed(state: ReturnState, subject: str) -> bool:
    """Whether a second decision comes first."""
    unit = state.units.get(subject)
    return unit is not None and unit.decision is Decision.APPEALED


def choose_goods(u: Unfolding, ask: c.ChooseGoods) -> Refused | None:
    """Send it, or leave it: while it is still here."""
    unit = u.state.units.get(ask.unit)
    if unit is None or unit.disposition is not Disposition.RETURN_TO_CUSTOMER or unit.moved:
        return Refused(
            code="not_waiting", because=f"unit: {ask.unit} does not wait to be sent back"
        )
    known = known_way(u.state, unit.id)
    if known is not None and known.order_ref:
        return Refused(
            code="already_ordered", because=f"unit: {unit.id} is being sent back already"
        )
    if ask.choice == "leave" and (unit.repair is not None or u.state.terms is None):
        return Refused(code="not_waiting", because=f"unit: {unit.id} is not ours to keep")
    u.happened(
        GoodsChosen(
            occurred_at=ask.occurred_at or u.now,
            unit=unit.id,
            choice=ask.choice,
            because=ask.because or f"said by {ask.actor.kind}",
        )
    )
    return None


def send_unasked(u: Unfolding, subject: str) -> None:
    """The customer did not say in time: what is theirs is sent to them."""
    u.happened(
        GoodsChosen(
            occurred_at=u.now, unit=subject, choice="send_back", because="nobody said otherwise"
        )
    )


def note_send_back(u: Unfolding, note: NoteSendBack) -> Refused | None:
    """The warehouse is to send it; or it cannot, and a person has to look."""
    open_ones = {subject for subject, _ in going_back(u.state)}
    known = known_way(u.state, note.subject)
    if note.subject not in open_ones or (known is not None and known.order_ref):
        return None
    if note.order_ref:
        u.happened(
            SendBackOrdered(occurred_at=u.now, subject=note.subject, order_ref=note.order_ref)
        )
        return None
    concern_id = f"failed:{note.step_id}"
    if concern_id not in u.state.concerns:
        u.happened(
            Escalated(
                occurred_at=u.now,
                concern_id=concern_id,
                what="send_back_refused",
                because=f"{note.subject}: the warehouse cannot send it to the customer",
            )
        )
    return None


def report_send_back(u: Unfolding, report: c.ReportSendBack) -> Refused | None:
    """It has left. Told twice, it left once."""
    known = next(
        (one for one in u.state.send_backs.values() if one.order_ref == report.order_ref), None
    )
    if known is None:
        return Refused(code="unknown_send_back", because="order_ref: no such order in this return")
    if not known.sent:
        number = report.tracking_number
        u.happened(
            GoodsSentBack(
                occurred_at=report.occurred_at, subject=known.subject, tracking_number=number
            )
        )
    return None


def tell_of_waiting_goods(u: Unfolding) -> None:
    """The customer hears once that something of theirs is with us."""
    for event in list(u.events):
        if not isinstance(event, DispositionDecided):
            continue
        if waits_for_the_customer(u.state, event.unit) and _is_new(u, event.unit):
            facts = {"unit": event.unit, "because": _why(u.state.units[event.unit])}
            plan_notice(u, "goods_waiting", facts)


def _is_new(u: Unfolding, unit: str) -> bool:
    told = [n for n in u.state.notices.values() if n.template == "goods_waiting"]
    return not any(notice.facts.get("unit") == unit for notice in told)


def _why(unit: Unit) -> str:
    return f"graded {unit.grade}" if unit.grade is not None else "it was not accepted"


def keep_what_is_upheld(u: Unfolding) -> None:
    """A dispute that the customer wins keeps the goods here, if they have not been sent yet."""
    for unit in list(u.state.units.values()):
        known = known_way(u.state, unit.id)
        won = unit.decision is Decision.APPEAL_UPHELD and unit.repair is None and not unit.stays
        here = unit.disposition is Disposition.RETURN_TO_CUSTOMER and not unit.moved
        if won and here and not (known is not None and known.order_ref):
            place = where_it_goes(u.state, unit)
            if place.disposition is not Disposition.RETURN_TO_CUSTOMER:
                goes(u, unit, place)
