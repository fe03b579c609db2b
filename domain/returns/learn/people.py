"""What the events about notices, deadlines and concerns teach."""

from dataclasses import replace

from domain.returns import events as e
from domain.returns.events import reaching as reached
from domain.returns.learn.inspection import heard
from domain.returns.state import Concern, Notice, ReturnState


def notice_planned(state: ReturnState, event: e.NoticePlanned) -> ReturnState:
    notice = Notice(event.notice_id, event.template, event.facts, event.occurred_at)
    state = _with(state, notice)
    return replace(state, reminded=True) if event.template == "reminder" else state


def notified(state: ReturnState, event: e.CustomerNotified | e.ReminderSent) -> ReturnState:
    return _with(state, replace(state.notices[event.notice_id], sent=True))


def withheld(state: ReturnState, event: reached.NoticeWithheld) -> ReturnState:
    return _with(state, replace(state.notices[event.notice_id], sent=True))


def postponed(state: ReturnState, event: reached.NoticePostponed) -> ReturnState:
    return _with(state, replace(state.notices[event.notice_id], quiet_until=event.until))


def morning_came(state: ReturnState, event: reached.QuietHoursEnded) -> ReturnState:
    notice = state.notices[event.notice_id]
    return _with(state, replace(notice, quiet_until=None, since=event.occurred_at))


def undelivered(state: ReturnState, event: reached.NoticeUndelivered) -> ReturnState:
    """It is to be sent again, by another way."""
    notice = state.notices[event.notice_id]
    failed = (*notice.failed, event.channel)
    return _with(state, replace(notice, failed=failed, sent=False, since=event.occurred_at))


def given_up(state: ReturnState, event: reached.NoticeGivenUp) -> ReturnState:
    return _with(state, replace(state.notices[event.notice_id], sent=True))


def opinion_heard(state: ReturnState, _event: e.FeedbackReceived) -> ReturnState:
    return replace(state, rated=True)


def contact_chosen(state: ReturnState, event: reached.ContactChosen) -> ReturnState:
    return replace(state, contact=event.contact)


def _with(state: ReturnState, notice: Notice) -> ReturnState:
    return replace(state, notices={**state.notices, notice.notice_id: notice})


def counted(state: ReturnState, event: e.DeadlineCounted) -> ReturnState:
    return replace(state, counted={**state.counted, event.step_id: event.occurred_at})


def missed(state: ReturnState, event: e.DeadlineMissed) -> ReturnState:
    times = state.missed.get(event.step_id, 0) + 1
    return replace(state, missed={**state.missed, event.step_id: times})


def escalated(state: ReturnState, event: e.Escalated) -> ReturnState:
    concern = Concern(event.concern_id, event.what, event.because, event.occurred_at)
    return replace(state, concerns={**state.concerns, event.concern_id: concern})


def settled(state: ReturnState, event: e.ConcernSettled) -> ReturnState:
    rest = {key: known for key, known in state.concerns.items() if key != event.concern_id}
    kind, _, parcel_id = event.concern_id.partition(":")
    if kind == "customs":  # a person has told the carrier what was missing
        state = replace(state, customs_asked=(*state.customs_asked, parcel_id))
    return replace(state, concerns=rest)


def rejected(state: ReturnState, event: e.MessageRejected) -> ReturnState:
    if event.message == "report_inspection":
        state = heard(state, event.message_id)
    return replace(state, rejected_messages=state.rejected_messages + 1)
