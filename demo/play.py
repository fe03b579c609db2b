"""One calendar for everybody: from one interesting moment to the next, until all is told."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from demo.acting import Acting, Pending
from demo.asking import Asking
from demo.clockwork import Clockwork
from demo.journeys import Journey
from demo.outside import TOGETHER, Outside, Plan, about
from demo.settling import Settling
from demo.stories import Stories, Story

HORIZON = timedelta(days=90)
"""How long a story may take. What is open then waits for somebody who is not coming."""

A_MOMENT = timedelta(seconds=1)
ACTS_IN_A_ROW = 20
AT_ONCE = 8

Watcher = Callable[[datetime, str], None]


class Play:
    """The journeys, from the first request to the last word."""

    def __init__(
        self,
        journeys: Sequence[Journey],
        stories: Stories,
        *,
        outside: Outside,
        asking: Asking,
        clocks: Clockwork,
        settling: Settling,
        watch: Watcher,
        tick: timedelta | None = None,
        hurried: bool = False,
    ) -> None:
        """Set it up.

        Args:
            journeys: What is played.
            stories: Their returns, followed as they are recorded.
            outside: Who lives by scripts.
            asking: Who opens returns and asks them.
            clocks: Moves their workflows.
            settling: Waits until nothing moves by itself.
            watch: Is told the time, and what is done.
            tick: How long one step of the calendar is; what is due within it happens together
                at its end. Without it time goes from each event to the next.
            hurried: Let time go on while a partner holds up somebody's step.
        """
        self._journeys = journeys
        self._unopened = sorted(journeys, key=lambda journey: journey.day)
        self._stories = stories
        self._outside = outside
        self._asking = asking
        self._clocks = clocks
        self._settling = settling
        self._watch = watch
        self._tick = tick
        self._hurried = hurried
        self.unsettled = 0  # moments at which something went on moving
        self.moments = 0

    async def to_the_end(self, began: datetime) -> Acting:
        """Play it all; gives the acts, with those that never came due or were refused."""
        acting = Acting(self._asking.ask, self._outside.do, began)
        for journey in self._journeys:
            acting.expect(journey)
        while True:
            now = await self._outside.now()
            await self._open(began, now)
            await self._act(acting, now)
            moment, plans = self._next(acting, began, await self._outside.now())
            if moment is None and self._hurried and any(story.is_busy for story in self._stories):
                await self._settling.settle()
                continue
            if moment is None or moment > began + HORIZON + self._last_day:
                return acting
            await self._live_until(moment, plans, acting)

    @property
    def _last_day(self) -> timedelta:
        return timedelta(days=max((journey.day for journey in self._journeys), default=0))

    async def _open(self, began: datetime, now: datetime) -> None:
        """Open what is asked for by now; where the play is ahead of the machine, so are they."""
        day = (now - began) / timedelta(days=1)
        asked = [journey for journey in self._unopened if journey.day <= day]
        if not asked:
            return
        self._unopened = self._unopened[len(asked) :]
        if now > datetime.now(UTC) + A_MOMENT:
            await self._clocks.bring([journey.return_id for journey in asked], now)
        gate = asyncio.Semaphore(AT_ONCE)

        async def opened(journey: Journey) -> None:
            async with gate:
                answer = await self._asking.open(journey.request)
            story = self._stories[journey.return_id]
            if not answer.accepted:
                story.answer = f"{answer.code}: {answer.because}"

        await asyncio.gather(*map(opened, asked))
        await self._settle(journey.return_id for journey in asked)
        self._watch(await self._outside.now(), "returns are opened")

    async def _act(self, acting: Acting, now: datetime) -> None:
        """Let people do what they do now, and what follows from that."""
        for _ in range(ACTS_IN_A_ROW):
            due = acting.due(self._stories.by_id, now)
            if not due:
                return
            # One of an order at a time: what it does decides what another may do.
            first = {each.journey.request.order_id: each for each in reversed(due)}
            await asyncio.gather(*(self._do(acting, each, now) for each in first.values()))
            await self._settle(each.journey.return_id for each in first.values())

    async def _do(self, acting: Acting, each: Pending, now: datetime) -> None:
        story = self._stories[each.journey.return_id]
        await self._clocks.bring([story.return_id], now)
        deeds = [act.do for act in each.act.together or (each.act,)]
        self._watch(now, f"{story.return_id}: {' and '.join(deeds)}")
        await acting.do(each, story, now)

    def _next(
        self, acting: Acting, began: datetime, now: datetime
    ) -> tuple[datetime | None, list[Plan]]:
        """The next moment at which anything can change, and what the outside does by then."""
        deadlines = [
            due + A_MOMENT
            for story in self._stories
            for due in (*story.open_deadlines, *story.claims.values())
            if due + A_MOMENT > now
        ]
        act = acting.next_moment(now)
        asked = [began + timedelta(days=journey.day) for journey in self._unopened[:1]]
        others = min([*deadlines, *asked, *([act] if act else [])], default=None)
        plans = self._outside.plans()
        if self._tick is not None:
            return self._next_tick(began, others, plans)
        if not plans:
            return others, []
        first = max(plans[0].due_at, now)
        if others is not None and others < first:
            return others, []
        close = [plan for plan in plans if plan.due_at <= first + TOGETHER]
        close = [plan for plan in close if others is None or plan.due_at < others]
        return max(first, *(plan.due_at for plan in close)), close

    def _next_tick(
        self, began: datetime, others: datetime | None, plans: list[Plan]
    ) -> tuple[datetime | None, list[Plan]]:
        """The end of the step in which the next thing falls, and what falls into it."""
        soonest = [*(plan.due_at for plan in plans[:1]), *([others] if others else [])]
        if not soonest or self._tick is None:
            return None, []
        ticks = -((began - min(soonest)) // self._tick)
        moment = began + max(ticks, 1) * self._tick
        return moment, [plan for plan in plans if plan.due_at <= moment]

    async def _live_until(self, moment: datetime, plans: Sequence[Plan], acting: Acting) -> None:
        """Bring whom it concerns to the moment, then let the outside live until then."""
        concerned = {
            story.return_id
            for story in self._stories
            if any(due <= moment for due in story.open_deadlines)
        }
        concerned |= about(plans, self._stories)
        concerned |= acting.concerned_by(moment)
        known = {story.return_id for story in self._stories if story.rows}
        concerned &= known
        self.moments += 1
        await self._clocks.bring(concerned, moment)
        await self._clocks.bring_claims(self._ripe(moment), moment)
        await self._settle(concerned)
        await self._outside.live_until(moment)
        await self._settle(concerned)
        self._watch(moment, _in_words(concerned, self._stories))

    def _ripe(self, moment: datetime) -> list[str]:
        """Claims that their carrier takes from then on: each is told so once."""
        found = []
        for story in self._stories:
            ripe = [name for name, since in story.claims.items() if since <= moment]
            for name in ripe:
                del story.claims[name]
            found += ripe
        return found

    async def _settle(self, touched: Iterable[str]) -> None:
        if not await self._settling.settle(touched, hurried=self._hurried):
            self.unsettled += 1


def _in_words(concerned: Iterable[str], stories: Stories) -> str:
    names = sorted(concerned)
    shown = ", ".join(f"{name} {_stands(stories[name])}" for name in names[:2])
    return shown + (f" and {len(names) - 2} more" if len(names) > len(names[:2]) else "")


def _stands(story: Story) -> str:
    return story.status.headline or "?"
