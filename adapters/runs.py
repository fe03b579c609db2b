"""What follows the streams beside returns, as workflows: started, or told that there is news."""

from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConnectConfig
from temporalio.service import RPCError

from activities.failures import Unavailable
from adapters.telemetry.doors import connecting
from domain.keys import NEWS

_CALL = timedelta(seconds=10)


class WorkflowRuns:
    """Keeps `activities.beside.Runs`."""

    def __init__(self, connect: ClientConnectConfig, converter: DataConverter) -> None:
        """Connect with the first call: a worker that wakes nothing needs no connection."""
        self._connect = connect
        self._converter = converter
        self._client: Client | None = None

    async def wake(self, kind: str, name: str, start: dict[str, Any], queue: str) -> None:
        """Signal with start: the same id is the same one, whoever was first.

        Args:
            kind: The type of the workflow.
            name: Its id, and the stream's.
            start: What it is started with.
            queue: Of the activity that asks; the workflows' own is behind its first hyphen.
        """
        what, tenant, key = name.split(":", 2)
        try:
            await (await self._connected()).start_workflow(
                kind,
                start,
                id=name,
                task_queue=queue.partition("-")[2] or queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=NEWS,
                static_summary=f"{what.capitalize()} {key} of {tenant}",
                rpc_timeout=_CALL,
            )
        except (RPCError, RuntimeError) as away:
            raise Unavailable(f"temporal: {type(away).__name__}") from away

    async def _connected(self) -> Client:
        if self._client is None:
            self._client = await Client.connect(
                **self._connect, data_converter=self._converter, **connecting()
            )
        return self._client
