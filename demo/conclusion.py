"""What came of a play: every book compared, and every journey with how it had to end."""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.acting import Acting
from demo.audit import Books, Difference, audit
from demo.journeys import Journey
from demo.stage import Stage
from demo.stories import Stories
from demo.verdict import verdicts
from domain.reconciliation.messages import Compared


@dataclass(frozen=True)
class Conclusion:
    """All that does not agree; nothing, on a good day."""

    books: Books
    differences: Sequence[Difference]  # between our streams and the partners' books
    objections: Sequence[str]  # of a partner's book with itself
    wrong: Sequence[str]  # journeys that ended otherwise, each with its return first
    compared: Sequence[Compared]  # what the engine itself says of the providers' books

    @property
    def agrees(self) -> bool:
        """Whether there is no difference at all."""
        return not (self.differences or self.objections or self.wrong)


async def conclude(
    journeys: Sequence[Journey],
    stories: Stories,
    acting: Acting,
    stage: Stage,
    *,
    as_told: bool = True,
) -> Conclusion:
    """Compare everything at the end of a play.

    Args:
        journeys: What was played.
        stories: What came of it.
        acting: The acts.
        stage: Where it was played.
        as_told: Whether each act had to be possible and come due, as in a story that was
            written; otherwise every return must have come to some end.
    """
    compared = [
        await stage.returns.reconciliation.compare(
            stage.tenant, provider, until=await stage.outside.now()
        )
        for provider in stage.returns.where.reconcile_providers
    ]
    await stories.read_on()
    books = await stage.outside.books()
    drained = not as_told or all(journey.expect.headline for journey in journeys)
    never = [
        f"{each.journey.return_id}: {each.act.do or 'acts together'} never came due"
        for each in acting.waiting
        if not each.act.each
    ]
    return Conclusion(
        books=books,
        differences=[
            *audit(stories.streams, books, drained=drained),
            *await _workflows_that_differ(stories, stage),
            *(Difference("B1", one.provider, told) for one in compared for told in one.findings),
        ],
        objections=await stage.outside.objections(),
        wrong=[
            *verdicts(journeys, stories.by_id),
            *([*acting.refused, *never] if as_told else ()),
        ],
        compared=compared,
    )


async def _workflows_that_differ(stories: Stories, stage: Stage) -> list[Difference]:
    """X: a workflow goes on exactly as long as somebody has something to do."""
    broken = await stage.clocks.broken()
    found = [Difference("X1", run, "did not end by itself") for run in broken]
    for story in stories:
        if not story.rows:
            continue
        goes_on = await stage.clocks.wake(story.return_id)
        if goes_on == story.status.closed:
            told = "goes on, and its stream is closed" if goes_on else "has ended, and it is open"
            found.append(Difference("X1", story.return_id, f"its workflow {told}"))
    return found
