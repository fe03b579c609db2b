"""The `record` activity: local, so that a recording costs one history event instead of six."""

from temporalio import activity

from activities.recorded import Recorded, Recording
from activities.recorder import Recorder


class RecordingActivity:
    """Gives the recorder to workflows."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @activity.defn
    async def record(self, recording: Recording) -> Recorded:
        """Load, decide, append. Idempotent on what caused it; see `activities.recorder`."""
        return await self._recorder.record(recording)
