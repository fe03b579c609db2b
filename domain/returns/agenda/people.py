"""Whom to tell: the customer what happened, the merchant what only a person can settle."""

from collections.abc import Iterator
from datetime import timedelta

from domain.channels import Channel
from domain.returns.agenda.step import Step, must, we_must
from domain.returns.lifecycle import Life
from domain.returns.state import Notice, ReturnState
from domain.words import Actor

_SETTLED_BY = {"unreachable": "reach_customer"}
"""What a person does about a concern, where it does not keep a return from being completed."""

_WITHOUT_TERMS = 48  # hours; a concern may come before the policy has spoken


def of_people(state: ReturnState) -> Iterator[Step]:
    for notice in state.notices.values():
        if notice.sent:
            continue
        if notice.quiet_until is not None and state.channel_of(notice) is Channel.SMS:
            yield must(
                state,
                Actor.SYSTEM,
                "wait_for_morning",
                step_id=f"quiet:{notice.notice_id}",
                since=notice.since,
                within=notice.quiet_until - notice.since,
                summary=f"text the customer in the morning: {notice.template}",
                subject=notice.notice_id,
            )
        else:
            yield we_must(
                state,
                "notify",
                step_id=_step_id(state, notice),
                since=notice.since,
                summary=f"tell the customer: {notice.template}",
                subject=notice.notice_id,
            )
    yield from _opinion(state)
    hours = state.agreed.review_hours if state.terms else _WITHOUT_TERMS
    for concern in state.concerns.values():
        yield must(
            state,
            Actor.MERCHANT,
            _SETTLED_BY.get(concern.what, "settle_concern"),
            step_id=f"concern:{concern.concern_id}",
            since=concern.since,
            within=timedelta(hours=hours),
            summary=f"{concern.what}: {concern.because}",
            subject=concern.concern_id,
        )


def _step_id(state: ReturnState, notice: Notice) -> str:
    """Another step, once the first way led to nobody."""
    step_id = f"notice:{notice.notice_id}"
    return f"{step_id}:{state.channel_of(notice)}" if notice.failed else step_id


def _opinion(state: ReturnState) -> Iterator[Step]:
    """Who is done, and has not said what they thought of it, is asked once."""
    days = state.message_terms.ask_opinion_after_days
    if days is None or state.life is not Life.COMPLETED or state.rated:
        return
    if all(notice.template != "feedback" for notice in state.notices.values()):
        yield must(
            state,
            Actor.SYSTEM,
            "ask_opinion",
            step_id="ask_opinion",
            since=state.ended_at,
            within=timedelta(days=days),
            summary="ask the customer what they thought of it",
        )
