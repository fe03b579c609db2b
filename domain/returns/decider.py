"""What a return does when it is asked or told something: events, or a refusal.

First the command's own events, then whatever the rules say follows from them, until nothing
more does. Each command has its handler in `HANDLERS`, each rule its place in `rules.RULES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.orders.events import LedgerEvent
from domain.orders.ledger import Ledger
from domain.policy.outlook import NOTHING_KNOWN, Outlook
from domain.policy.policy import Policy
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns import reaching, telling
from domain.returns.asking import approving, consenting, ending, opening, opinions
from domain.returns.asking.entitled import is_another_opening, is_of_another, may_not
from domain.returns.deadlines import count_from_now, note_deadline
from domain.returns.events import Escalated, MessageRejected, ReturnEvent
from domain.returns.goods import (
    disposing,
    disputing,
    gathering,
    looking,
    matching,
    receiving,
    repairing,
    replacing,
    sending_back,
)
from domain.returns.money import (
    chargebacks,
    choosing,
    collecting,
    coupons,
    hearing,
    releasing,
    settling,
    writing_off,
)
from domain.returns.rules import follow
from domain.returns.state import ReturnState
from domain.returns.times import by_our_clock, unfit_time
from domain.returns.transport import choosing as choosing_way
from domain.returns.transport import customs, labels, pickups, recovering, scans
from domain.returns.transport.following import note_tracked
from domain.returns.unfolding import Unfolding, WrongMomentError

Command = c.Ask | c.Report | n.Note


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with its circumstances: of which return, when, under which policy."""

    tenant: str
    return_id: str
    command: Command
    now: datetime
    policy: Policy
    outlook: Outlook = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Accepted:
    """What happens: to the return, and on its order's ledger. Nothing, if it is old news."""

    events: tuple[ReturnEvent, ...]
    ledger_events: tuple[LedgerEvent, ...]
    state: ReturnState
    ledger: Ledger | None


def decide(state: ReturnState, ledger: Ledger | None, asked: Asked) -> Accepted | Refused:
    """Say what a return in `state` does when asked: events, or a refusal."""
    by = str(asked.command.actor) if isinstance(asked.command, c.Ask) else ""
    u = Unfolding(state, ledger, asked.now, asked.policy, by, asked.outlook)
    try:
        if (refused := _handle(u, asked)) is not None:
            return refused
        follow(u)
        count_from_now(u, state, asked.command)
        telling.tell(u)
    except WrongMomentError as wrong:
        return Refused(code="wrong_moment", because=wrong.because)
    events: Any = tuple(u.events)
    return Accepted(events, tuple(u.ledger_events), u.state, u.ledger)


def _handle(u: Unfolding, asked: Asked) -> Refused | None:
    command = asked.command
    if isinstance(command, c.Ask | c.Report):
        refused = unfit_time(u, command)
        if refused is not None:
            return refused
        command = by_our_clock(command, u.now)
    if isinstance(command, c.Open):
        refused = is_another_opening(u.state, asked.return_id, command.request)
        return refused or opening.open_return(u, asked.tenant, asked.return_id, command)
    if not u.state.version:
        return Refused(
            code="unknown_return", because=f"there is no return {asked.return_id} of {asked.tenant}"
        )
    refused = None
    if isinstance(command, c.Ask):
        refused = may_not(command, u.state.customer_id)
    elif isinstance(command, c.Report):
        refused = is_of_another(command, asked.return_id)
    return refused or HANDLERS[type(command)](u, command)


def _deadline(u: Unfolding, _note: n.NoteDeadline) -> Refused | None:
    return note_deadline(u)


def _rejected_message(u: Unfolding, note: n.NoteRejectedMessage) -> Refused | None:
    u.happened(
        MessageRejected(
            occurred_at=note.occurred_at,
            message=note.message,
            message_id=note.message_id,
            code=note.code,
            because=note.because,
        )
    )
    return None


def _step_failed(u: Unfolding, note: n.NoteStepFailed) -> Refused | None:
    """A person has to look before the step is tried again."""
    concern_id = f"failed:{note.step_id}"
    if concern_id not in u.state.concerns:
        u.happened(
            Escalated(
                occurred_at=u.now,
                concern_id=concern_id,
                what="step_failed",
                because=f"{note.kind}: {note.because}"[:2_000],
            )
        )
    return None


HANDLERS: Mapping[type[Command], Callable[[Unfolding, Any], Refused | None]] = {
    c.Approve: approving.approve,
    c.Decline: approving.decline,
    c.Cancel: ending.cancel,
    c.Override: approving.override,
    c.ChooseMethod: choosing_way.choose_method,
    c.AcceptOffer: consenting.accept_offer,
    c.DeclineOffer: consenting.decline_offer,
    c.CorrectAddress: pickups.correct_address,
    c.DeclareGoods: customs.declare_goods,
    c.ReschedulePickup: pickups.reschedule_pickup,
    c.Dispute: disputing.dispute,
    c.ResolveDispute: disputing.resolve_dispute,
    c.MatchUnit: matching.match_unit,
    c.UnmatchUnit: matching.unmatch_unit,
    c.ReleasePayout: releasing.release_payout,
    c.ChoosePayout: choosing.choose_payout,
    c.WriteOffPayout: writing_off.write_off_payout,
    c.ChooseGoods: sending_back.choose_goods,
    c.GiveFeedback: opinions.give_feedback,
    c.ChooseContact: reaching.choose_contact,
    c.ReportTracking: scans.report_tracking,
    c.ReportPickup: pickups.report_pickup,
    c.ReportReceipt: receiving.report_receipt,
    c.ReportInspection: looking.report_inspection,
    c.ReportPayout: settling.report_payout,
    c.ReportLabel: labels.report_label,
    c.ReportChargeback: chargebacks.report_chargeback,
    c.ReportReplacement: replacing.report_replacement,
    c.ReportRepair: repairing.report_repair,
    c.ReportSendBack: sending_back.report_send_back,
    n.NoteDeadline: _deadline,
    n.NoteStepFailed: _step_failed,
    n.NoteRejectedMessage: _rejected_message,
    n.NoteLabel: labels.note_label,
    n.NoteLabelRefused: labels.note_label_refused,
    n.NoteNothingBought: labels.note_nothing_bought,
    n.NoteVoid: labels.note_void,
    n.NotePickup: pickups.note_pickup,
    n.NotePickupRefused: pickups.note_pickup_refused,
    n.NotePickupCancelled: pickups.note_pickup_cancelled,
    n.NoteTransportPrepared: labels.note_transport_prepared,
    n.NoteFollowed: choosing_way.note_followed,
    n.NoteAnnounced: receiving.note_announced,
    n.NotePayout: settling.note_payout,
    n.NotePayoutUncovered: settling.note_uncovered,
    n.NoteBill: collecting.note_bill,
    n.NoteHold: hearing.note_hold,
    n.NoteTracked: note_tracked,
    n.NoteMove: disposing.note_move,
    n.NoteReservation: replacing.note_reservation,
    n.NoteReservationReleased: replacing.note_reservation_released,
    n.NoteReplacement: replacing.note_replacement,
    n.NoteCoupon: coupons.note_coupon,
    n.NoteRepair: repairing.note_repair,
    n.NoteSendBack: sending_back.note_send_back,
    n.NoteRecovery: recovering.note_recovery,
    n.NoteLotChosen: gathering.note_lot_chosen,
    n.NoteLotJoined: gathering.note_lot_joined,
    n.NoteLotLeft: gathering.note_lot_left,
    n.NoteLotGaveBack: gathering.note_lot_gave_back,
    n.NoteNotified: telling.note_notified,
    n.NoteUndelivered: reaching.note_undelivered,
}
