"""What lives beside returns, claims and lots, is revived where Temporal has lost it, and answers."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from api.client import ReturnsClient
from domain.lots.words import LotKey
from domain.recoveries.commands import OpenRecovery
from domain.recoveries.limits import carrier_limit
from domain.recoveries.words import RecoveryCause, RecoveryKey
from domain.words import Disposition
from tests.beside import stands
from tests.client.conftest import Shell
from tests.domain.lots.gathered import Lot
from tests.domain.recoveries.claims import LOST_AFTER, Claim, facts
from tests.engine import TODAY

LOT = Lot(Disposition.DONATE, now=TODAY).adds(1)
EMPTY = LOT.when(LOT.removing(1)).says("close")
CLAIM = Claim(now=TODAY).when(
    OpenRecovery(
        facts=facts(
            **carrier_limit(("easypost",), RecoveryCause.LOST, TODAY - LOST_AFTER)._asdict()
        )
    )
)
KINDS: Mapping[str, tuple[Any, Iterable[Any], Iterable[Any]]] = {
    "lot": (LotKey, LOT.events, EMPTY.events),
    "claim": (RecoveryKey, CLAIM.events, CLAIM.says("close", because="too small").events),
}
"""By kind: its key, what happened to one that is open, and to one that is over."""


@pytest.mark.parametrize("kind", KINDS)
async def test_one_that_is_open_is_revived_once_and_one_that_is_over_is_left_alone(
    shell: Shell, pool: Pool, tenant: str, kind: str
) -> None:
    named, is_open, is_over = KINDS[kind]
    await stands(PostgresEventStore(pool), named(tenant, "open"), is_open)
    await stands(PostgresEventStore(pool), named(tenant, "over"), is_over)

    first = await shell("revive", "--tenant", tenant, "--json")
    second = await shell("revive", "--tenant", tenant, "--json")

    assert first.data == {"started": [named(tenant, "open").name], "running": 0}
    assert second.data == {"started": [], "running": 1}


async def test_a_lot_that_was_lost_goes_on_where_it_was_when_somebody_tells_it_something(
    returns: ReturnsClient, pool: Pool, tenant: str
) -> None:
    await stands(PostgresEventStore(pool), LotKey(tenant, "L-1"), LOT.events)

    told = await returns.lots.say(tenant, "L-1", "close")
    no = await returns.lots.say(tenant, "L-1", "hand_over")

    assert (told.accepted, told.status.life, told.status.units) == (True, "closed", 1)
    assert (no.accepted, no.code) == (False, "wrong_moment")
    assert (await returns.lots.status(tenant, "L-1")).next_action == "agree"
