"""How the customer wants to be told: what is withheld, what waits for the morning."""

from domain.channels import Channel
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.events import reaching as r
from domain.returns.notes import NoteUndelivered
from domain.returns.state import Notice
from domain.returns.unfolding import Unfolding
from domain.returns.worrying import worry

OBLIGATORY = frozenset(
    {
        # a no, with its reason
        *("declined", "decision", "dispute_resolved", "expired", "cancelled", "lost"),
        # money that did not arrive, is asked for, or was taken
        *("refund_failed", "refund_action", "payment_due", "not_paid"),
        *("hold_refused", "hold_taken"),
        # a choice that time makes for who is silent
        *("offer", "out_of_stock", "goods_waiting"),
    }
)
"""Notices that also go to who wants none: without them a right, or money, would be lost unseen."""


def choose_contact(u: Unfolding, ask: c.ChooseContact) -> Refused | None:
    """From now on the customer is told otherwise; what waits to be told follows."""
    if u.state.contact == ask.contact:
        return None
    u.happened(r.ContactChosen(occurred_at=ask.occurred_at or u.now, contact=ask.contact, by=u.by))
    for notice in list(u.state.notices.values()):
        if not notice.sent:
            keep_to_wish(u, notice)
    return None


def keep_to_wish(u: Unfolding, notice: Notice) -> None:
    """Withhold what nobody wants to hear, and let no text wake anybody."""
    state = u.state
    if state.wish == "none" and notice.template not in OBLIGATORY:
        u.happened(r.NoticeWithheld(occurred_at=u.now, notice_id=notice.notice_id))
        return
    quiet = state.message_terms.quiet
    if quiet is None or state.channel_of(notice) is not Channel.SMS or notice.quiet_until:
        return
    until = quiet.over_at(u.now, state.time_zone)
    if until is not None:
        u.happened(r.NoticePostponed(occurred_at=u.now, notice_id=notice.notice_id, until=until))


def note_undelivered(u: Unfolding, note: NoteUndelivered) -> Refused | None:
    """Tell it by the other channel, and once there is none left let a person find a way."""
    notice = u.state.notices[note.notice_id]
    if note.channel in notice.failed:
        return None
    u.happened(
        r.NoticeUndelivered(
            occurred_at=u.now,
            notice_id=note.notice_id,
            channel=note.channel,
            because=note.because,
        )
    )
    notice = u.state.notices[note.notice_id]
    if len(notice.failed) < len(Channel):
        keep_to_wish(u, notice)
        return None
    u.happened(r.NoticeGivenUp(occurred_at=u.now, notice_id=note.notice_id))
    worry(u, "unreachable", "unreachable", f"the customer could not be told: {notice.template}")
    return None


def wake(u: Unfolding, notice_id: str) -> None:
    """It is morning where the customer is."""
    u.happened(r.QuietHoursEnded(occurred_at=u.now, notice_id=notice_id))
