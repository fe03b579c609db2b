"""A return that things happen to, at random: whoever may speak does, in whatever order.

`Wanderer.step` picks one thing among all that could be said now, sensible or not, and says it.
`pick` decides; with a seeded generator, or with hypothesis, the same choices are the same walk.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.agenda import Step
from domain.returns.decider import Command
from domain.words import (
    Disposition,
    Grade,
    Method,
    MoneyState,
    PickupException,
    Resolution,
)
from tests.domain.returns import story
from tests.domain.returns.fortune import bad, good
from tests.domain.returns.paying import payer
from tests.domain.returns.scenario import CUSTOMER, STAFF, Scenario
from tests.domain.returns.wishing import METHODS, REASONS, Pick

Saying = Callable[[Scenario], Command]


SCANS = ("scanned", "at_hub", "customs_hold", "delayed", "delivered", "lost", "found",
         "returned_to_customer")  # fmt: skip


class Wanderer:
    """One return, what was said of it, and what partners have been asked and not yet answered."""

    def __init__(self, known: Scenario, pick: Pick) -> None:
        self.known, self.pick = known, pick
        self.said: list[Command] = []
        self._answers: list[n.Note] = []  # on their way to us
        self._number = 0

    def step(self) -> Command:
        """Say one thing, and live with the answer."""
        family = self.pick(FAMILIES)
        sayings = list(family(self)) or [lambda _known: n.NoteDeadline()]
        command = self.pick(sayings)(self.known)
        self.known = self.known.attempt(command)
        self.said.append(command)
        return command

    @property
    def is_refused(self) -> bool:
        """Whether the last thing said was."""
        return isinstance(self.known.refusal, Refused)

    def keep(self, note: n.Note) -> None:
        """An answer that is under way, while other things happen."""
        self._answers.append(note)

    def arrived(self) -> list[n.Note]:
        """The answers that are under way."""
        return list(self._answers)

    def name(self, what: str) -> str:
        """An id that nobody has used, the same on every run."""
        self._number += 1
        return f"{what}-{self._number}"

    def report(self, kind: type[Any], **fields: Any) -> Saying:
        """A report of what was seen in the last days, or just now."""

        def say(known: Scenario) -> Any:
            hours = self.pick([0, 0, 0, 1, 30])
            return kind(
                message_id=self.name("m"),
                occurred_at=known.now - timedelta(hours=hours, seconds=self._number),
                **fields,
            )

        return say

    def ask(self, kind: type[Any], *, by: c.Who = STAFF, **fields: Any) -> Saying:
        """A request, by staff unless said otherwise."""
        return lambda _known: kind(request_id=self.name("a"), actor=by, **fields)


# ── What our own steps come to ────────────────────────────────────────────────────────────


def _ours(w: Wanderer) -> Iterator[Saying]:
    known = w.known
    for step in known.steps:
        if step.performs:
            yield lambda k, step=step: _answered(w, step, k)  # type: ignore[misc]
    for note in w.arrived():
        yield lambda _k, note=note: note  # type: ignore[misc]


def _answered(w: Wanderer, step: Step, known: Scenario) -> n.Note:
    """A partner answers, well or badly; some answers come only after something else."""
    note = w.pick([good, good, good, bad])(w.pick, step, known)
    if step.performs not in {"pay_out", "look_up_payout"} and w.pick([False, False, False, True]):
        w.keep(note)
        return n.NoteDeadline()
    return note


# ── What others say ───────────────────────────────────────────────────────────────────────


def _carrier(w: Wanderer) -> Iterator[Saying]:
    for parcel in w.known.state.parcels.values():
        for number in parcel.tracking_numbers:
            for status in SCANS:
                yield w.report(c.ReportTracking, tracking_number=number, status=status)
        if parcel.pickup_ref:
            ref = parcel.pickup_ref
            yield w.report(c.ReportPickup, pickup_ref=ref, status="picked_up")
            for code in PickupException:
                yield w.report(c.ReportPickup, pickup_ref=ref, status="failed", code=code)
    for label in w.known.state.labels.values():
        for word in ("voided", "void_rejected"):
            yield w.report(c.ReportLabel, label_ref=label.label_ref, status=word)


def _dock(w: Wanderer) -> Iterator[Saying]:
    state = w.known.state
    units = list(state.units.values())
    numbers = [number for parcel in state.parcels.values() for number in parcel.tracking_numbers]
    for number in [*numbers, *numbers, ""]:
        for some in (units, units[:1], units[1:], units[::2]):
            yield _receipt(w, number, [story.counted(u.asked.sku, line_id=u.asked.line_id)
                                       for u in some])  # fmt: skip
    if any(unit.receipt == "received" for unit in units):
        for unit in units:
            yield _inspection(w, unit.id)
            yield _inspection(w, unit.id)


def _workshop(w: Wanderer) -> Iterator[Saying]:
    for unit in w.known.state.units.values():
        if unit.repair is not None and unit.repair.repair_ref:
            ref = unit.repair.repair_ref
            for status in ("repaired", "failed"):
                yield w.report(c.ReportRepair, repair_ref=ref, status=status)
        for choice in ("send_back", "leave"):
            yield w.ask(c.ChooseGoods, by=CUSTOMER, unit=unit.id, choice=choice)
        told: dict[str, Any] = {"units": (unit.id,), "because": "for the trouble"}
        yield w.ask(c.Override, share_bp=w.pick([1_000, 10_000]), **told)
        for resolution in (Resolution.REFUND_ORIGINAL, Resolution.COUPON, Resolution.REPAIR):
            yield w.ask(c.Override, resolution=resolution, **told)
    for known in w.known.state.send_backs.values():
        if known.order_ref:
            yield w.report(c.ReportSendBack, order_ref=known.order_ref, tracking_number="B-1")


def _receipt(w: Wanderer, number: str, units: list[c.CountedUnits]) -> Saying:
    def say(known: Scenario) -> Command:
        stray = w.pick([[], [], [], [story.counted("MUG")], [story.counted("LAMP")]])
        corrects = w.pick(["", "", "", "", *known.state.receipts])
        if corrects and w.pick([False, True]):
            return w.report(c.ReportReceipt, warehouse="hub-de", units=(), retracts=corrects)(known)
        parcel = c.ReceivedParcel(tracking_number=number)
        counted = (*units, *stray)
        return w.report(
            c.ReportReceipt, warehouse="hub-de", parcel=parcel, units=counted, corrects=corrects
        )(known)

    return say


def _inspection(w: Wanderer, unit: str) -> Saying:
    def say(known: Scenario) -> Command:
        seen = story.seen(
            unit,
            w.pick([Grade.LIKE_NEW, Grade.LIKE_NEW, Grade.USED, Grade.UNSALVAGEABLE]),
            found_reason=w.pick([None, None, None, *REASONS]),
            serial=w.pick(["", "", "SN-1", "SN-9"]),
        )
        return w.report(
            c.ReportInspection, warehouse="hub-de", return_id=known.return_id, inspector="i-1",
            units=(seen,),
        )(known)  # fmt: skip

    return say


def _people(w: Wanderer) -> Iterator[Saying]:
    state = w.known.state
    yield w.ask(c.Cancel)
    yield w.ask(c.Approve, because="it is fine")
    yield w.ask(c.Decline, because="it is not")
    yield w.ask(c.Override, because="goodwill")
    for concern_id in state.concerns:
        yield w.ask(c.Override, because="looked at it", settles=concern_id)
        yield w.ask(c.Override, because="looked at it", settles=concern_id)
    for method in (*METHODS, Method.DROP_OFF_CODE):
        yield w.ask(c.ChooseMethod, method=method)
    yield lambda k: story.by_staff(c.ReschedulePickup, not_before=k.now + timedelta(days=2))
    for unit in state.units.values():
        yield w.ask(c.Override, because="goodwill", units=(unit.id,))
        yield w.ask(c.Dispute, unit=unit.id, because="no")
        for outcome in ("upheld", "denied"):
            yield w.ask(c.ResolveDispute, unit=unit.id, outcome=outcome, because="so")
    for stray in state.strays.values():
        yield w.ask(c.MatchUnit, stray_id=stray.stray_id, disposition=Disposition.DONATE)
        yield w.ask(c.UnmatchUnit, stray_id=stray.stray_id)
        for unit in state.units.values():
            yield w.ask(c.MatchUnit, stray_id=stray.stray_id, unit=unit.id)
    for offer in state.offers.values():
        yield w.ask(c.AcceptOffer, offer_id=offer.offer_id)
        yield w.ask(c.AcceptOffer, by=CUSTOMER, offer_id=offer.offer_id)
        yield w.ask(c.DeclineOffer, offer_id=offer.offer_id)


def _money(w: Wanderer) -> Iterator[Saying]:
    for payout in w.known.state.payouts.values():
        key = payout.instruction_id
        for who in ("s-1", "s-2", "s-3"):
            by = c.Who(kind="staff", id=who)
            yield w.ask(c.ReleasePayout, by=by, instruction_id=key, because="reference 7")
            yield w.ask(c.WriteOffPayout, by=by, instruction_id=key, because="they are even")
        yield w.ask(c.ChoosePayout, by=CUSTOMER, instruction_id=key, destination="gift_card")
        for where in ("store_credit", "manual", "tender"):
            yield w.ask(c.ChoosePayout, instruction_id=key, destination=where)
        yield w.report(c.ReportPayout, instruction_id=key)
        if payout.state in {MoneyState.SUCCEEDED, MoneyState.PENDING, MoneyState.SUBMITTED}:
            failed = n.NotePayout(instruction_id=key, state="failed", reason="bounced")
            yield lambda _k, failed=failed: failed  # type: ignore[misc]
    for word in ("opened", "won", "lost"):
        yield lambda _k, word=word: story.chargeback(word)  # type: ignore[misc]


def _time(w: Wanderer) -> Iterator[Saying]:
    waits = [step.due_at for step in w.known.steps if not step.performs]

    def pass_time(_known: Scenario) -> n.Note:
        until = w.pick([w.known.now + timedelta(hours=5)] * 3 + waits[:3])
        w.known = w.known.at(max(w.known.now, until))
        return n.NoteDeadline()

    yield pass_time


def _again(w: Wanderer) -> Iterator[Saying]:
    """The same report, or the same answer of a partner, comes once more."""
    for command in w.said[-12:]:
        if isinstance(command, c.Report | n.NoteLabel | n.NoteMove | n.NotePickup | n.NoteNotified):
            yield lambda _k, command=command: command  # type: ignore[misc]


FAMILIES = (
    *[_ours] * 7, *[_carrier] * 2, _dock, _dock, _people, _money, payer, _workshop, _time, _again,
)  # fmt: skip
"""How often whom is heard."""
