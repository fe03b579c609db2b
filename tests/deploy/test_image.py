"""The image holds what the processes need: its steps, done in a plain folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.files import ROOT, steps


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image's COPY steps put together."""
    folder = tmp_path_factory.mktemp("app")
    for what, value in steps():
        *sources, target = value.split()
        if what != "COPY" or sources[0].startswith("--from"):
            continue
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, folder / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


def run(app: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a process in the folder as the image does: with nothing set, and nothing else to see."""
    env = {"PATH": os.environ["PATH"], "PYTHONSAFEPATH": "", "BACKHAUL_STATE": str(app / "none")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=app, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("process", [("worker.py",), ("-m", "api"), ("-m", "projections")])
def test_each_process_is_whole_and_asks_for_its_surroundings(
    app: Path, process: tuple[str, ...]
) -> None:
    ended = run(app, *process)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "DATABASE_URL: expected" in ended.stderr


def test_the_setup_job_finds_its_command(app: Path) -> None:
    ended = run(app, "starter.py", "setup")
    assert ended.returncode == 2
    assert "DATABASE_URL: expected" in ended.stderr


def test_the_partners_can_be_simulated_from_the_same_image(app: Path) -> None:
    assert run(app, "-c", "import sandbox.server").returncode == 0


def test_neither_tests_nor_demo_nor_bench_are_in_it(app: Path) -> None:
    assert not {"tests", "demo", "bench", "docs"} & {path.name for path in app.iterdir()}


def test_what_is_copied_is_sent_and_nothing_else() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        source
        for what, value in steps()
        if what == "COPY" and not value.startswith("--from")
        for source in value.split()[:-1]
    }
    assert sent == copied | {"requirements.lock"}


def test_it_runs_as_nobody_in_particular() -> None:
    assert ("USER", "10001:10001") in steps()
