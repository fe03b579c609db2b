"""The `record` activity: local, so that a recording costs one history event instead of six."""

from temporalio import activity

from activities.recorded import Recorded, Recordings, recorded
from activities.recorder import Recorder


class RecordingActivity:
    """Gives the recorder to workflows."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @activity.defn
    async def record(self, asked: Recordings) -> Recorded:
        """Load, decide, append; each in its turn, and the answer is the last one's.

        Idempotent on what caused each; see `activities.recorder`.
        """
        *before, last = asked.recordings
        for recording in before:
            await self._recorder.record(recording)
        known, refused = await self._recorder.record(last)
        return recorded(
            last.tenant,
            last.return_id,
            known.state,
            refused,
            now=last.now,
            is_long=asked.is_long,
            money_known=asked.money_known,
        )
