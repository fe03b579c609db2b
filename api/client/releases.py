"""Which release of ours goes on with the returns: all of them, or a part at first.

Workers say which release they are (`BACKHAUL_RELEASE`); the server sends returns to the one that is
current here, and, while another is tried, a part of them to that. A return goes on with the current
release at its next step, whichever began it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from api.client.answers import Unavailable
from api.client.surroundings import Surroundings, not_set
from domain.refusal import Refused

Standing = Literal[
    "current", "ramping", "draining", "drained", "inactive", "created", "unspecified"
]

_OF_STATUS = "WORKER_DEPLOYMENT_VERSION_STATUS_"


class Release(BaseModel):
    """A release that workers have said they are.

    `draining`: returns still wait for its workers; `drained`: its workers may be stopped.
    """

    model_config = ConfigDict(frozen=True)

    release: str
    standing: Standing
    percent: float  # of the returns, that it is sent
    seen_first: datetime


async def releases(where: Surroundings) -> tuple[Release, ...]:
    """Every release that the server knows of, the newest first.

    Raises:
        Unavailable: No server, or no answer.
    """
    client = await _connected(where)
    asked = DescribeWorkerDeploymentRequest(
        namespace=client.namespace, deployment_name=where.task_queue
    )
    with _telling(where, "releases"):
        try:
            known = (
                await client.workflow_service.describe_worker_deployment(asked)
            ).worker_deployment_info
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return ()  # no worker has ever said which release it is
            raise
    ramping = known.routing_config.ramping_deployment_version.build_id
    ramped = known.routing_config.ramping_version_percentage
    found = []
    for one in known.version_summaries:
        name = WorkerDeploymentVersionStatus.Name(one.status).removeprefix(_OF_STATUS).lower()
        release = one.deployment_version.build_id
        shares = {"current": 100.0 - (ramped if ramping else 0.0), "ramping": ramped}
        found.append(
            Release.model_validate(
                {
                    "release": release,
                    "standing": name,
                    "percent": shares.get(name, 0.0),
                    "seen_first": one.create_time.ToDatetime().isoformat() + "Z",
                }
            )
        )
    return tuple(sorted(found, key=lambda one: one.seen_first, reverse=True))


async def go_on_with(where: Surroundings, release: str, percent: float = 100.0) -> Refused | None:
    """Send the returns to the workers of a release: all of them, or this part.

    Refused where no worker of it has been seen, or not for every queue that the current one serves.

    Raises:
        Unavailable: No server, or no answer.
    """
    client = await _connected(where)
    whole = percent >= 100
    with _telling(where, f"release {release}"):
        try:
            if whole:
                await client.workflow_service.set_worker_deployment_current_version(
                    SetWorkerDeploymentCurrentVersionRequest(
                        namespace=client.namespace,
                        deployment_name=where.task_queue,
                        build_id=release,
                    )
                )
            else:
                await client.workflow_service.set_worker_deployment_ramping_version(
                    SetWorkerDeploymentRampingVersionRequest(
                        namespace=client.namespace,
                        deployment_name=where.task_queue,
                        build_id=release,
                        percentage=percent,
                    )
                )
        except RPCError as error:
            if error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
                return Refused(
                    code="no_such_release", because=f"release {release}: {error.message}"
                )
            raise
    return None


async def _connected(where: Surroundings) -> Client:
    if not where.temporal.address:
        raise Unavailable("Temporal", "releases", not_set("TEMPORAL_ADDRESS"))
    with _telling(where, "releases"):
        return await Client.connect(**where.temporal.to_client_connect_config())


@contextmanager
def _telling(where: Surroundings, tried: str) -> Iterator[None]:
    try:
        yield
    except (RPCError, RuntimeError) as lost:
        raise Unavailable(where.temporal_name, tried, str(lost)) from lost
