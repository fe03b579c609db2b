"""The time by which a return judges what is due: the same in every replay, to the last digit."""

from datetime import datetime

from temporalio import workflow


class Clock:
    """Moves when the history does: with a message, a timer, the end of an activity.

    What `workflow.now()` says after a local activity comes from how long it took, and a replay
    finds it again only nearly. A step that is due now must not be due a moment later then.
    """

    def __init__(self) -> None:
        self._now = workflow.now()

    @property
    def now(self) -> datetime:
        """The time of the last event that moved it."""
        return self._now

    def move(self) -> datetime:
        """Take the time of the event that is being handled; never back."""
        self._now = max(self._now, workflow.now())
        return self._now
