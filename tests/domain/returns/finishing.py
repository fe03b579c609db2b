"""Everybody does what the agenda asks of them, until it asks nothing more."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.decider import Command
from domain.returns.state import ReturnState
from domain.words import Disposition, Method, Resolution
from tests.domain.returns import story
from tests.domain.returns.partners import answer, ship
from tests.domain.returns.scenario import Scenario

ROUNDS = 400

Doing = Callable[[Scenario, Step], list[Command]]


def finish(known: Scenario) -> Scenario:
    """Play every open step to its end; what is left on the agenda afterwards nobody can do."""
    for _ in range(ROUNDS):
        steps = known.steps
        if not steps:
            return known
        first = sorted(steps, key=lambda step: not step.performs and step.action not in DOING)
        after = next((done for step in first if (done := _done(known, step)) is not None), None)
        if after is None:
            return known
        known = after
    raise AssertionError(f"it never ends: {[step.id for step in known.steps]}")


def _done(known: Scenario, step: Step) -> Scenario | None:
    """The return after somebody did the step; none where it cannot be done now."""
    if step.performs:
        return known.when(answer(step, known.state, known.now))
    for command in DOING.get(step.action, _wait)(known, step):
        later = known.at(max(known.now, step.due_at)) if _is_time(command) else known
        tried = later.attempt(command)
        if tried.refusal is None and tried.news:
            return tried
    return None


def _is_time(command: Command) -> bool:
    return isinstance(command, n.NoteDeadline)


def _wait(_known: Scenario, _step: Step) -> list[Command]:
    return [n.NoteDeadline()]


def _review(_known: Scenario, _step: Step) -> list[Command]:
    return [story.by_staff(c.Approve, because="it is fine")]


def _decide(_known: Scenario, step: Step) -> list[Command]:
    return [story.by_staff(c.Approve, units=(step.subject,), because="it is fine")]


def _resolve(_known: Scenario, step: Step) -> list[Command]:
    return [story.by_staff(c.ResolveDispute, unit=step.subject, outcome="denied", because="so")]


def _match(_known: Scenario, step: Step) -> list[Command]:
    return [story.by_staff(c.MatchUnit, stray_id=step.subject, disposition=Disposition.DONATE)]


def _choose(known: Scenario, step: Step) -> list[Command]:
    payout = next(p for p in known.state.payouts.values() if step.id.endswith(p.instruction_id))
    key = payout.instruction_id
    assert known.ledger is not None
    others = [("tender", tender.tender_id) for tender in known.ledger.order.tenders]
    ways = [
        story.by_staff(c.ChoosePayout, instruction_id=key, destination=where, tender_id=tender)
        for where, tender in (("tender", ""), *others, ("store_credit", ""), ("manual", ""))
    ]
    return [*ways[:: -1 if payout.reason == "bounced" else 1],
            story.by_staff(c.ReleasePayout, instruction_id=key)]  # fmt: skip


def _by_hand(known: Scenario, step: Step) -> list[Command]:
    key = next(key for key in known.state.payouts if step.id.endswith(key))
    return [story.by_staff(c.ReleasePayout, instruction_id=key, because="reference 7")]


def _settled(known: Scenario, step: Step) -> list[Command]:
    key = next(key for key in known.state.payouts if step.id.endswith(key))
    return [n.NotePayout(instruction_id=key, state="succeeded", payout_ref="re_1")]


def _concern(_known: Scenario, step: Step) -> list[Command]:
    return [story.by_staff(c.Override, settles=step.subject, because="looked at it")]


def _inspect(known: Scenario, step: Step) -> list[Command]:
    return [story.inspection(known, story.seen(step.subject))]


def _arrives(known: Scenario, step: Step) -> list[Command]:
    parcel_id = step.subject or next(iter(known.state.parcels))
    return [story.receipt(known, _still_out(known.state), parcel_id)]


def _still_out(state: ReturnState) -> list[c.CountedUnits]:
    return [
        story.counted(unit.asked.sku, line_id=unit.asked.line_id)
        for unit in state.live_units
        if unit.receipt == "awaiting"
    ]


def _leaves(known: Scenario, step: Step) -> list[Command]:
    numbers = known.state.parcels[step.subject].tracking_numbers
    if not numbers:
        return _arrives(known, step)
    return [story.scan(known, step.subject)]


def _picked_up(known: Scenario, step: Step) -> list[Command]:
    return [story.picked_up(known, step.subject)]


def _come_again(known: Scenario, step: Step) -> list[Command]:
    day = known.now + timedelta(days=2)
    return [story.ask(c.ReschedulePickup, not_before=day, parcel_id=step.subject)]


def _send_again(_known: Scenario, step: Step) -> list[Command]:
    own = Method.OWN_CARRIER
    return [story.by_staff(c.ChooseMethod, method=own, parcel_id=step.subject)]


def _pays(known: Scenario, step: Step) -> list[Command]:
    return [story.paid_bill(known, known.state.bills[step.subject])]


def _old_goods(known: Scenario, _step: Step) -> list[Command]:
    """By any parcel that has a number, else as they are counted at the dock."""
    for parcel in known.state.parcels.values():
        if parcel.tracking_numbers:
            return [story.scan(known, parcel.parcel_id)]
    return [story.receipt(known, _still_out(known.state))]


def _accept(_known: Scenario, step: Step) -> list[Command]:
    return [story.ask(c.AcceptOffer, offer_id=step.subject)]


def _voided(known: Scenario, step: Step) -> list[Command]:
    label = known.state.labels[step.subject]
    report = c.ReportLabel(
        message_id=f"voided-{label.label_id}",
        occurred_at=known.now,
        label_ref=label.label_ref,
        status="voided",
    )
    return [report]


def _let_go(known: Scenario, step: Step) -> list[Command]:
    return [
        story.ask(c.ReleasePayout, by=c.Who(kind="staff", id=who), instruction_id=step.subject)
        for who in ("s-8", "s-9")
    ]


def _choose_goods(_known: Scenario, step: Step) -> list[Command]:
    return [story.ask(c.ChooseGoods, unit=step.subject, choice="leave")]


def _share(_known: Scenario, step: Step) -> list[Command]:
    told: dict[str, Any] = {"units": (step.subject,), "because": "for the trouble"}
    return [story.by_staff(c.Override, share_bp=2_000, **told),
            story.by_staff(c.Override, resolution=Resolution.REFUND_ORIGINAL, **told)]  # fmt: skip


def _mended(known: Scenario, step: Step) -> list[Command]:
    return [story.repaired(known, step.subject)]


def _shipped_back(known: Scenario, step: Step) -> list[Command]:
    return [ship(known.state, step, known.now)]


DOING: Mapping[str, Doing] = {
    "review": _review,
    "decide": _decide,
    "resolve_dispute": _resolve,
    "match_unit": _match,
    "choose_payout": _choose,
    "choose_goods": _choose_goods,
    "offer_resolution": _share,
    "repair": _mended,
    "ship_back": _shipped_back,
    "release_payout": _let_go,
    "pay_by_hand": _by_hand,
    "settle_payout": _settled,
    "act_on_payout": _settled,
    "settle_concern": _concern,
    "inspect": _inspect,
    "deliver": _arrives,
    "scan_in": _arrives,
    "find_parcel": _arrives,
    "clear_customs": _arrives,
    "hand_over": _leaves,
    "pick_up": _picked_up,
    "reschedule_pickup": _come_again,
    "correct_address": _come_again,
    "send_again": _send_again,
    "answer_offer": _accept,
    "pay_bill": _pays,
    "return_goods": _old_goods,
    "answer_void": _voided,
}
