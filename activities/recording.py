"""The `record` activity: local, so that a recording costs one history event instead of six."""

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.recorded import ENDLESS, Recorded, Recordings, recorded
from activities.recorder import Recorder
from domain.returns.rules import EndlessRulesError

log = structlog.get_logger()


class RecordingActivity:
    """Gives the recorder to workflows."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @activity.defn
    async def record(self, asked: Recordings) -> Recorded:
        """Load, decide, append; each in its turn, and the answer is the last one's.

        Idempotent on what caused each; see `activities.recorder`.

        Raises:
            ApplicationError: Our rules do not come to an end; no retry would mend that.
        """
        *before, last = asked.recordings
        try:
            for recording in before:
                await self._recorder.record(recording)
            known, refused = await self._recorder.record(last)
        except EndlessRulesError as endless:
            log.error("rules.endless", because=str(endless))  # noqa: TRY400 names of ours alone
            raise ApplicationError(str(endless), type=ENDLESS, non_retryable=True) from endless
        return recorded(
            last.tenant,
            last.return_id,
            known.state,
            refused,
            now=last.now,
            is_long=asked.is_long,
            money_known=asked.money_known,
        )
