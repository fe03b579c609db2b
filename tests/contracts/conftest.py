"""One sandbox for all contract suites: their ids keep them apart."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from activities.ports import Collector
from adapters.http import open_client
from tests.adapters.wire import serving
from tests.contracts.collectors import COLLECTORS
from tests.contracts.hearing import Hearing
from tests.contracts.partners import Partners
from tests.sandbox_process import running_sandbox


@pytest.fixture(scope="session")
async def partners(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Partners]:
    state: Path = tmp_path_factory.mktemp("partners")
    async with running_sandbox(state) as sandbox:
        yield Partners(sandbox.url, sandbox.smtp_port, sandbox.client)


@pytest.fixture(scope="session")
async def hearing(partners: Partners) -> AsyncIterator[Hearing]:
    """Somebody who listens to providers that only tell, and cannot be asked."""
    hearing = Hearing()
    async with serving(hearing.take) as wire:
        await partners.control.send_webhooks_to("adyen", f"{wire.url}/adyen/main")
        yield hearing


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with open_client() as client:
        yield client


@pytest.fixture(params=COLLECTORS)
def collector(
    request: pytest.FixtureRequest, partners: Partners, client: httpx2.AsyncClient
) -> Collector:
    opens, key = COLLECTORS[request.param]
    return opens(partners, client, key)


@pytest.fixture(params=COLLECTORS)
def stranger(
    request: pytest.FixtureRequest, partners: Partners, client: httpx2.AsyncClient
) -> Collector:
    opens, _ = COLLECTORS[request.param]
    return opens(partners, client, "wrong")
