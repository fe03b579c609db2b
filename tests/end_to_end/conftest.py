import os
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state(scratch: Path) -> Path:
    """A state folder of its own, on which no other stack runs."""
    folder = scratch / f"state-{uuid4().hex[:8]}"
    folder.mkdir()
    return folder


def surroundings_of(state: Path) -> dict[str, str]:
    """The environment of a program of ours, without what would lead it to another stack."""
    foreign = ("BACKHAUL_", "TEMPORAL_", "DATABASE_URL", "OTEL_")
    own = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    return {**own, "BACKHAUL_STATE": str(state)}


@pytest.fixture
def surroundings(state: Path) -> dict[str, str]:
    """Those of a test of its own."""
    return surroundings_of(state)
