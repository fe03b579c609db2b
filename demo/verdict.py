"""Whether each journey ended as it must."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from demo.audit.promises import paid_out
from demo.journeys import Journey
from demo.stories import Story


def verdicts(journeys: Iterable[Journey], stories: Mapping[str, Story]) -> Iterator[str]:
    """Say what is otherwise than expected, return by return."""
    groups: dict[str, list[Journey]] = defaultdict(list)
    for journey in journeys:
        groups[journey.journey].append(journey)
    for group in groups.values():
        opened = [journey for journey in group if not stories[journey.return_id].answer]
        if any(journey.one_wins for journey in group):
            yield from _one_won(group, stories)
        for journey in opened:
            for because in ending(journey, stories[journey.return_id]):
                yield f"{journey.return_id}: {because}"
        yield from _refused(group, stories)
        yield from _together(group, stories)


def ending(journey: Journey, story: Story) -> Iterator[str]:
    """Compare one return with what was expected of it."""
    expect, status = journey.expect, story.status
    paid = paid_out(story.rows)
    if expect.headline and status.headline != expect.headline:
        yield f"is {status.headline}, not {expect.headline}"
    if expect.method and status.method != expect.method:
        yield f"goes by {status.method}, not by {expect.method}"
    total = sum(plan["amount_minor"] for plan in paid.values())
    if expect.paid_minor is not None and total != expect.paid_minor:
        yield f"{total} {status.currency} minor units paid, not {expect.paid_minor}"
    if expect.payouts is not None and len(paid) != expect.payouts:
        yield f"{len(paid)} payouts, not {expect.payouts}"
    by_tender: Counter[str] = Counter()
    for plan in paid.values():
        by_tender[plan["tender_id"]] += plan["amount_minor"]
    if expect.tenders and by_tender != expect.tenders:
        yield f"paid to {dict(by_tender)}, not {expect.tenders}"
    for event_type, times in expect.events.items():
        if story.count(event_type) != times:
            yield f"{event_type} {story.count(event_type)} times, not {times}"


def _one_won(group: list[Journey], stories: Mapping[str, Story]) -> Iterator[str]:
    won = [journey for journey in group if not stories[journey.return_id].answer]
    if len(won) != 1:
        names = ", ".join(journey.return_id for journey in group)
        yield f"{names}: {len(won)} of them were opened, not 1"


def _refused(group: list[Journey], stories: Mapping[str, Story]) -> Iterator[str]:
    for journey in group:
        answer = stories[journey.return_id].answer
        if answer and journey.expect.headline and not journey.one_wins:
            yield f"{journey.return_id}: was not opened: {answer}"


def _together(group: list[Journey], stories: Mapping[str, Story]) -> Iterator[str]:
    expected = next(
        (j.expect.paid_together_minor for j in group if j.expect.paid_together_minor), 0
    )
    plans = [plan for j in group for plan in paid_out(stories[j.return_id].rows).values()]
    total = sum(plan["amount_minor"] for plan in plans)
    if expected and total != expected:
        names = ", ".join(journey.return_id for journey in group)
        yield f"{names}: {total} minor units paid together, not {expected}"
