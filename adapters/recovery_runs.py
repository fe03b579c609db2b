"""What follows recoveries, as workflows: started, or told that there is news."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from activities.failures import Unavailable
from domain.recoveries.words import RECOVERY_TYPE, RecoveryKey

_CALL = timedelta(seconds=10)

NEWS = "news"
"""The signal that says: look at the stream again."""


class RecoveryRuns:
    """Keeps `activities.recovering.Runs`."""

    def __init__(self, connect: ClientConnectConfig, converter: DataConverter) -> None:
        """Connect with the first call: a worker that has nothing to claim needs no connection."""
        self._connect = connect
        self._converter = converter
        self._client: Client | None = None

    async def wake(self, key: RecoveryKey, queue: str) -> None:
        """Signal with start: the same id is the same recovery, whoever was first.

        Args:
            key: Which recovery.
            queue: Of the activity that asks; the workflows' own is behind its first hyphen.
        """
        try:
            await (await self._connected()).start_workflow(
                RECOVERY_TYPE,
                {"tenant": key.tenant, "recovery_id": key.recovery_id},
                id=key.name,
                task_queue=queue.partition("-")[2] or queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=NEWS,
                static_summary=f"Recovery {key.recovery_id} of {key.tenant}",
                rpc_timeout=_CALL,
            )
        except (RPCError, RuntimeError) as away:
            raise Unavailable(f"temporal: {type(away).__name__}") from away

    async def _connected(self) -> Client:
        if self._client is None:
            self._client = await Client.connect(**self._connect, data_converter=self._converter)
        return self._client
