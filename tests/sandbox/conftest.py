from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.here import sandbox_here
from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver, listening_receiver
from tests.sandbox_process import Sandbox, running_sandbox


@pytest.fixture(scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """A sandbox for tests that disturb nobody: references of their own, time left alone."""
    async with running_sandbox(tmp_path_factory.mktemp("shared")) as sandbox:
        yield sandbox


@pytest.fixture
async def partners(shared: Sandbox) -> AsyncIterator[Partners]:
    """The partners of the shared sandbox."""
    async with Partners(shared) as connected:
        yield connected


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who takes the webhooks of `own`."""
    async with listening_receiver() as listening:
        yield listening


@pytest.fixture
async def own(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Sandbox]:
    """A sandbox that only this test has; over real sockets, but within this process."""
    async with sandbox_here(tmp_path, webhook_url=receiver.url) as sandbox:
        yield sandbox


@pytest.fixture
async def outside(own: Sandbox) -> AsyncIterator[Partners]:
    """The partners of the own sandbox."""
    async with Partners(own) as connected:
        yield connected
