"""The manifests are what the cluster's schemas allow, and what our processes need."""

from typing import Any

import kubernetes_validate
import pytest

from adapters.subscriptions.reach import PORTS
from tests.deploy.files import manifests, of_kind
from worker import GRACE
from workflows.names import TASK_QUEUE, partner_queue
from workflows.options import DELIVERING, PERFORMING

OLDEST = "1.31"
"""The oldest release of Kubernetes that is still looked after by somebody."""

KEDA = {"ScaledObject"}  # not Kubernetes' own


@pytest.mark.parametrize("release", [OLDEST, kubernetes_validate.latest_version()])
def test_every_object_keeps_the_schema_of_old_and_new_clusters(release: str) -> None:
    for one in manifests():
        if one["kind"] not in KEDA:
            kubernetes_validate.validate(one, release, strict=True)


def containers() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each pod with its only container."""
    pods = [one["spec"]["template"]["spec"] for one in of_kind("Deployment", "Job")]
    assert all(len(pod["containers"]) == 1 for pod in pods)
    return [(pod, pod["containers"][0]) for pod in pods]


def test_every_kind_of_queue_has_workers_of_its_own() -> None:
    served = {
        setting["value"]
        for _, container in containers()
        for setting in container.get("env", ())
        if setting["name"] == "BACKHAUL_WORKS_ON"
    }
    assert served == {
        "returns",
        *(trying.queue for trying in {**PERFORMING, **DELIVERING}.values()),
    }


def test_workers_grow_with_the_backlog_of_the_queue_they_serve() -> None:
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["triggers"][0]["metadata"]["taskQueue"]
        for one in of_kind("ScaledObject")
    }
    deployed = [one["metadata"]["name"] for one in of_kind("Deployment")]
    kinds = [name.removeprefix("worker-") for name in deployed if name.startswith("worker-")]
    queues = {
        f"worker-{kind}": TASK_QUEUE if kind == "returns" else partner_queue(TASK_QUEUE, kind)
        for kind in kinds
    }
    assert scaled == queues


def test_a_worker_has_the_time_it_takes_to_finish() -> None:
    for pod, container in containers():
        if container["name"] == "worker":
            assert pod["terminationGracePeriodSeconds"] > GRACE.total_seconds()


def test_every_pod_may_do_nothing_but_run() -> None:
    for pod, container in containers():
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_secrets_are_named_and_never_told() -> None:
    assert not of_kind("Secret")
    [settings] = of_kind("ConfigMap")
    telling = ("KEY", "SECRET", "PASSWORD", "DATABASE_URL")
    assert not [name for name in settings["data"] if name.endswith(telling)]


def test_each_deployment_is_emptied_one_pod_at_a_time() -> None:
    kept = {one["metadata"]["name"] for one in of_kind("PodDisruptionBudget")}
    assert kept == {one["metadata"]["name"] for one in of_kind("Deployment")}


def policy(name: str) -> dict[str, Any]:
    return next(one for one in of_kind("NetworkPolicy") if one["metadata"]["name"] == name)


def test_every_port_that_a_merchants_server_may_have_can_be_reached() -> None:
    (outside,) = policy("partners")["spec"]["egress"]
    assert {each["port"] for each in outside["ports"]} >= PORTS


def test_nobody_speaks_to_anybody_unless_it_is_written() -> None:
    assert policy("nobody")["spec"] == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "backhaul"}},
        "policyTypes": ["Ingress", "Egress"],
    }
