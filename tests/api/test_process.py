"""`python -m api` as it really runs: a process that may be killed at any moment."""

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment

from tests.api.api_process import ApiProcess, running_api
from tests.api.scene import Scene
from tests.api.signed import tracker


@pytest.fixture
async def process(
    fresh_database: str, temporal_env: WorkflowEnvironment, scene: Scene, tmp_path: Path
) -> AsyncIterator[ApiProcess]:
    environment = {
        **os.environ,
        "DATABASE_URL": fresh_database,
        "TEMPORAL_ADDRESS": temporal_env.client.service_client.config.target_host,
        "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "BACKHAUL_PAYLOADS": "readable",
        "BACKHAUL_TASK_QUEUE": scene.listener.queue,
        "BACKHAUL_TENANT": scene.tenant,
        "BACKHAUL_WEBHOOK_SECRET_EASYPOST": "new-easypost",
    }
    async with running_api(environment, tmp_path) as running:
        yield running


async def test_what_was_acknowledged_before_a_kill_is_told_after_it(
    process: ApiProcess, scene: Scene
) -> None:
    sent = tracker("T1")
    async with httpx2.AsyncClient(base_url=process.url, trust_env=False) as http:
        answer = await http.post(sent.path, content=sent.raw, headers=dict(sent.headers))
        assert answer.status_code == 202
    assert process.child.kill()
    await scene.label("R-1", "T1")  # started again by its keeper, it finds the event waiting
    [(name, body)] = await scene.heard(1)
    assert (name, body["tracking_number"]) == ("report_tracking", "T1")


async def test_told_to_stop_it_ends_by_itself_and_in_order(process: ApiProcess) -> None:
    running = process.child._process
    assert running is not None
    await process.child.stop()
    assert running.returncode == 0
