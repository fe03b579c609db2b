from collections.abc import AsyncIterator

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool, connect
from adapters.postgres.subscription import Subscription
from tests.projections.story import Story


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    async with await connect(fresh_database) as opened:
        yield opened


@pytest.fixture
def store(pool: Pool) -> PostgresEventStore:
    return PostgresEventStore(pool)


@pytest.fixture
def story(store: PostgresEventStore) -> Story:
    return Story(store)


@pytest.fixture
def subscription(pool: Pool) -> Subscription:
    return Subscription(pool)
