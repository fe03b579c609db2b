"""What customers and staff do, each act once, as soon as its moment has come."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from api.client import Answer
from demo.deeds import DEEDS
from demo.journeys import Act, Journey, When
from demo.stories import Story
from domain.returns.agenda import Step

Ask = Callable[[str, str, Mapping[str, Any]], Awaitable[Answer]]
"""Asks a return: its id, the update, and what it says."""

Do = Callable[[str, Mapping[str, Any], Story], Awaitable[None]]
"""Lets the outside do something: the deed, what it says, and the return it is about."""

DAYS_FROM_NOW = re.compile(r"^\$in:(\d+(?:\.\d+)?)d$")
SUBJECT = "$subject"


@dataclass
class Pending:
    """An act that waits for its moment."""

    journey: Journey
    act: Act
    number: int  # of the journey's acts, from 1
    since: datetime | None = None  # when its conditions first held
    step: Step | None = None  # of the agenda, that it is about
    met: set[str] = field(default_factory=set)  # the steps that it was done for
    done: bool = False


@dataclass
class Acting:
    """All acts of all journeys; `refused` names those that the return said no to."""

    ask: Ask
    do_outside: Do
    began: datetime
    pending: list[Pending] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def expect(self, journey: Journey) -> None:
        """Take a journey's acts on."""
        acts = enumerate(journey.acts, start=1)
        self.pending += [Pending(journey, act, number) for number, act in acts]

    @property
    def waiting(self) -> Iterator[Pending]:
        """Those that were not done yet."""
        return (each for each in self.pending if not each.done)

    def due(self, stories: Mapping[str, Story], now: datetime) -> list[Pending]:
        """Those whose moment has come."""
        return [each for each in self.waiting if self._is_due(each, stories, now)]

    def next_moment(self, now: datetime) -> datetime | None:
        """When the next one can come due by time alone."""
        moments = [
            moment
            for each in self.waiting
            for moment in (self._starts(each.act.when), self._ripe(each))
            if moment is not None and moment > now
        ]
        return min(moments, default=None)

    def concerned_by(self, moment: datetime) -> set[str]:
        """The returns that somebody may do something about at that moment."""
        return {
            each.journey.return_id
            for each in self.waiting
            for due in (self._starts(each.act.when), self._ripe(each))
            if due is not None and due <= moment
        }

    async def do(self, each: Pending, story: Story, now: datetime) -> None:
        """Do it; of acts that stand together nobody knows which comes first."""
        each.done = not each.act.each
        each.met.add(each.step.id if each.step else "")
        acts = each.act.together or (each.act,)
        told = [self._do(act, each, story, now) for act in acts]
        for act, refusal in zip(acts, await asyncio.gather(*told), strict=True):
            if refusal and not each.act.together:
                self.refused.append(f"{story.return_id}: {act.do} was refused: {refusal}")
        each.since = None

    async def _do(self, act: Act, each: Pending, story: Story, now: datetime) -> str:
        subject = each.step.subject if each.step else ""
        body = {name: _filled_in(value, subject, now) for name, value in act.body.items()}
        if act.do in DEEDS:
            await self.do_outside(act.do, body, story)
            return ""
        actor = {"kind": act.actor, "id": story.state.customer_id}
        if act.actor == "staff":
            actor["id"] = act.who
        request_id = f"{story.return_id}:{each.number}:{act.do}:{len(each.met)}"
        answer = await self.ask(
            story.return_id, act.do, {"request_id": request_id, "actor": actor, **body}
        )
        return "" if answer.accepted else f"{answer.code}: {answer.because}"

    def _is_due(self, each: Pending, stories: Mapping[str, Story], now: datetime) -> bool:
        story, when = stories[each.journey.return_id], each.act.when
        each.step = _step(when, story, each.met) if when.action else None
        if not self._holds(when, story, now) or (when.action and each.step is None):
            return False
        each.since = each.since or now
        ripe = self._ripe(each)
        return ripe is not None and ripe <= now

    def _holds(self, when: When, story: Story, now: datetime) -> bool:
        starts = self._starts(when)
        return (
            (starts is None or starts <= now)
            and (not when.headline or story.status.headline == when.headline)
            and (not when.event or story.count(when.event) > 0)
        )

    def _starts(self, when: When) -> datetime | None:
        return self.began + timedelta(days=when.day) if when.day is not None else None

    @staticmethod
    def _ripe(each: Pending) -> datetime | None:
        if each.since is None:
            return None
        return each.since + timedelta(days=each.act.when.after_days)


def _step(when: When, story: Story, met: Collection[str]) -> Step | None:
    """The step that an act waits for, unless it was done for it already."""
    steps = (step for step in story.status.agenda if step.action == when.action)
    fits = (step for step in steps if step.subject.startswith(when.subject))
    return next((step for step in fits if step.id not in met), None)


def _filled_in(value: Any, subject: str, now: datetime) -> Any:
    if isinstance(value, list):
        return [_filled_in(inner, subject, now) for inner in value]
    if value == SUBJECT:
        return subject
    days = DAYS_FROM_NOW.match(value) if isinstance(value, str) else None
    return (now + timedelta(days=float(days[1]))).isoformat() if days else value
