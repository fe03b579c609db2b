"""`erase` and `erasures`, as somebody types them."""

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.postgres.erasures import UNTIL_DESTROYED, Erasures
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from api.client import ReturnsClient
from domain.recoveries.commands import OpenRecovery
from domain.recoveries.words import RecoveryKey
from domain.refusal import Refused
from domain.sealed import ERASED
from tests.beside import stands
from tests.client.conftest import Sell, Shell
from tests.client.test_orders import lines
from tests.domain.recoveries.claims import Claim, facts
from tests.engine import Engine, eventually
from tests.projections.story import Story


@pytest.fixture
def surroundings(surroundings: dict[str, str], engine: Engine) -> dict[str, str]:
    """Who opens what people said has the key that wraps the keys of files."""
    key = base64.b64encode(engine.settings.master_keys[0]).decode()
    return surroundings | {"BACKHAUL_MASTER_KEY": key}


async def test_a_customer_is_forgotten_and_listed_and_forgotten_again(
    shell: Shell, tmp_path: Path
) -> None:
    typed = await shell("erase", "c-nobody", "--reference", "T-7")
    assert (typed.code, typed.out) == (0, "customer c-nobody is forgotten, in 0 files\n")
    listed = await shell("erasures", "--json", "--tenant", shell.tenant)
    [row] = listed.data["erasures"]
    assert (row["subject_id"], row["reference"]) == ("c-nobody", "T-7")
    path = tmp_path / "erasures.json"
    path.write_text(listed.out, "utf-8")
    assert (await shell("erase", "--again", str(path))).out == "1 forgotten again\n"


async def test_a_wish_needs_an_id_and_a_reference_and_is_told_which(shell: Shell) -> None:
    assert "customer: expected" in (await shell("erase")).err
    assert "--reference: expected" in (await shell("erase", "c-7")).err
    broken = shell.file({"erasures": [{"tenant": "acme"}]})
    assert "erasures.0.subject_id: Field required" in (await shell("erase", "--again", broken)).err


async def test_the_same_wish_again_is_the_same_erasure(shell: Shell) -> None:
    asked = ("erase", "c-nobody", "--reference", "T-7", "--json")
    first, again = await shell(*asked), await shell(*asked)
    assert first.data == again.data
    await shell("erase", "c-nobody", "--reference", "T-8")
    listed = await shell("erasures", "--json", "--tenant", shell.tenant)
    assert [row["reference"] for row in listed.data["erasures"]] == ["T-7", "T-8"]


async def test_who_bought_and_sent_nothing_back_is_forgotten_in_the_order_too(
    shell: Shell, sell: Sell, pool: Pool
) -> None:
    sold = sell()
    sold["tenders"][0] |= {"kind": "cash", "provider": "cash"}
    customer = sold["customer"]["customer_id"]
    await shell("orders", "import", shell.file(lines(sold)))
    refund = ("orders", "refund", sold["order_id"], "--because", "Rotkehlchen asked for it")
    await shell(*refund, "--part", "shipping=1", "--instruction-id", "s1")
    needed = await shell("erase", customer, "--reference", "T-7")
    assert (needed.code, f"refund s1 of order {sold['order_id']}" in needed.err) == (1, True)
    await shell("orders", "refund-decline", sold["order_id"], "s1", "--because", "no")
    assert "Rotkehlchen" in (await shell("orders", "show", sold["order_id"], "--json")).out

    done = await shell("erase", customer, "--reference", "T-7", "--json")
    assert f"order:{shell.tenant}:{sold['order_id']}" in done.data["files"]
    assert done.data["under_way"]
    assert " under way " in (await shell("erasures", "--tenant", shell.tenant)).out
    await Erasures(pool).destroy_due(datetime.now(UTC) + UNTIL_DESTROYED)
    shown = (await shell("orders", "show", sold["order_id"], "--json")).out
    assert ("Rotkehlchen" in shown, ERASED in shown) == (False, True)
    assert "under way" not in (await shell("erasures", "--tenant", shell.tenant)).out


async def test_who_has_an_open_claim_beside_a_return_is_needed_and_a_claim_that_is_over_is_not(
    shell: Shell, pool: Pool, story: Story
) -> None:
    await story.open("R-1", order_id="W-1")
    wanted = facts(return_id="R-1", order_id="W-1")
    opened = Claim().when(OpenRecovery(facts=wanted))
    store = PostgresEventStore(pool)
    await stands(store, RecoveryKey(shell.tenant, "open"), opened.events)
    over = opened.says("close", because="too small")
    await stands(store, RecoveryKey(shell.tenant, "over"), over.events)
    needed = await shell("erase", "c-1", "--reference", "T-7")
    assert (needed.code, "these have ended: R-1, claim open\n" in needed.err) == (1, True)


async def test_who_begins_a_return_while_the_wish_is_looked_at_is_needed(
    returns: ReturnsClient, tenant: str, pool: Pool, story: Story
) -> None:
    async with pool.connection() as another, another.transaction():
        # Another wish for the same person is being written down: this one stands behind it.
        turn = f"erasure:{tenant}:c-1"
        await another.execute("SELECT pg_advisory_xact_lock(hashtextextended(%b, 0))", (turn,))
        wish = asyncio.create_task(returns.erasing.erase(tenant, "c-1", "T-7"))

        async def stands_behind() -> bool:
            waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return (await another.execute(waiting)).rowcount == 1

        await eventually(stands_behind, "behind another wish")
        await story.open("R-1", order_id="W-1")
    refused = await wish
    assert isinstance(refused, Refused)
    assert (refused.code, "began meanwhile" in refused.because) == ("open_returns", True)
    assert await returns.erasing.done(tenant) == []
