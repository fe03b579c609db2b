"""The request that the README lets a newcomer try."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from demo.example import example
from domain.returns.asking.request import ReturnRequest

ROOT = Path(__file__).parents[2]
NOW = datetime(2031, 5, 5, 12, tzinfo=UTC)


def test_the_example_is_asked_for_now_and_is_of_another_order_each_time() -> None:
    first, second = (
        ReturnRequest.model_validate_json(json.dumps(example(NOW, name))) for name in ("R-1", "R-2")
    )
    assert first.order is not None
    assert first.requested_at == NOW
    assert 0 < (NOW - first.order.placed_at).days < 14
    assert second.order_id != first.order_id


def test_the_command_line_prints_it_by_whatever_python_runs_it(tmp_path: Path) -> None:
    """One without the packages goes on with the one that `make` gave them to."""
    bare = [sys.executable, "-S", str(ROOT / "starter.py"), "example", "R-7"]
    env = {"PATH": os.environ["PATH"], "BACKHAUL_STATE": str(tmp_path)}
    done = subprocess.run(bare, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["return_id"] == "R-7"
    assert "no sandbox is running" in done.stderr
