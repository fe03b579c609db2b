"""`python -m api` as it really runs: a process that may be killed at any moment."""

import base64
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import psutil
import pytest
from temporalio.testing import WorkflowEnvironment

from deploy.local.children import Child, Program, start_process
from deploy.local.ports import free_port
from tests.api.scene import Scene
from tests.api.signed import tracker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
async def process(
    url: str, fresh_database: str, temporal_env: WorkflowEnvironment, scene: Scene, tmp_path: Path
) -> AsyncIterator[Child]:
    env = {
        **os.environ,
        "DATABASE_URL": fresh_database,
        "TEMPORAL_ADDRESS": temporal_env.client.service_client.config.target_host,
        "BACKHAUL_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "BACKHAUL_PAYLOADS": "readable",
        "BACKHAUL_TASK_QUEUE": scene.listener.queue,
        "BACKHAUL_API_PORT": url.rpartition(":")[2],
        "BACKHAUL_TENANT": scene.tenant,
        "BACKHAUL_WEBHOOK_SECRET_EASYPOST": "new-easypost",
    }

    async def answers() -> bool:
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=5) as http:
                return (await http.get(f"{url}/readyz")).is_success
        except httpx2.TransportError:
            return False

    program = Program("api", [sys.executable, "-m", "api"], env, cwd=ROOT)
    child = await start_process(program, state=tmp_path, ready=answers)
    yield child
    await child.stop()


async def test_what_was_acknowledged_before_a_kill_is_told_after_it(
    process: Child, url: str, scene: Scene
) -> None:
    sent = tracker("T1")
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        answer = await http.post(sent.path, content=sent.raw, headers=dict(sent.headers))
        assert answer.status_code == 202
    assert process.pid is not None
    killed = psutil.Process(process.pid)
    killed.send_signal(signal.SIGKILL)
    await scene.label("R-1", "T1")  # started again by its keeper, it finds the event waiting
    [(name, body)] = await scene.heard(1)
    assert (name, body["tracking_number"]) == ("report_tracking", "T1")


async def test_told_to_stop_it_ends_by_itself_and_in_order(process: Child) -> None:
    running = process._process
    assert running is not None
    await process.stop()
    assert running.returncode == 0
