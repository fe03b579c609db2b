"""`subscriptions`: a merchant's server is named, and told what happens; nobody else's is."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from activities.event_store import Append
from activities.stored import as_stored
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import Pool
from domain.subscriptions.standing import SubscriptionKey
from tests.client.conftest import Shell
from tests.domain.returns.stored import sample
from tests.engine import Engine
from tests.receiver import Receiver, receiving

Happen = Callable[[], Awaitable[None]]


@pytest.fixture
def surroundings(surroundings: dict[str, str], engine: Engine) -> dict[str, str]:
    """On a machine where partners are simulated, and with the key that seals secrets."""
    key = base64.b64encode(engine.settings.master_keys[0]).decode()
    where = {"BACKHAUL_MASTER_KEY": key, "BACKHAUL_SANDBOX_URL": str(engine.settings.sandbox_url)}
    return surroundings | where


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


@pytest.fixture
def happens(pool: Pool, tenant: str) -> Happen:
    """Let a return be asked for that none was before."""
    numbers = count(1)

    async def happen() -> None:
        name = f"R-{next(numbers)}"
        events = as_stored([sample("ReturnRequested")], tenant, name, "user:ada", "asked")
        await PostgresEventStore(pool).append(Append(f"return:{tenant}:{name}", 0, events))

    return happen


async def made(shell: Shell, *said: str) -> tuple[str, str]:
    """Give the id of a new subscription, and its secret."""
    done = await shell("subscriptions", "create", *said, "--json")
    assert done.code == 0, done.out + done.err
    return done.data["subscription_id"], done.data["secret"]


async def test_it_is_created_tried_and_listed_and_its_secret_is_shown_once(
    shell: Shell, receiver: Receiver
) -> None:
    created = await shell(
        "subscriptions", "create", receiver.url, "--type", "return.*", "--owner", "it@example.com"
    )
    assert created.code == 0, created.err
    secret = created.out.split()[1]
    listed = await shell("subscriptions", "list", "--json")
    (one,) = listed.data["subscriptions"]
    assert (one["url"], one["types"], one["state"]) == (receiver.url, ["return.*"], "active")
    assert secret not in listed.out
    tried = await shell("subscriptions", "test", one["subscription_id"])
    assert tried.out == "taken: answered 204\n"
    (sent,) = receiver.got
    assert sent.body["type"] == "backhaul.test.v1"
    assert sent.is_signed_by(secret)


async def test_a_test_that_is_not_taken_says_why(shell: Shell, receiver: Receiver) -> None:
    which, _ = await made(shell, receiver.url)
    receiver.answer = lambda _sent: "500 Internal Server Error"
    tried = await shell("subscriptions", "test", which)
    assert (tried.code, tried.err) == (1, "refused (not_taken): answered 500\n")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("http://hooks.example.com/",), "url: expected https://"),
        (("https://10.0.0.1/",), "url: its host is not an address of the public internet"),
        (("https://hooks.invalid/",), "url: expected a host that can be found"),
        (("https://8.8.8.8/", "--type", "return"), "types.0: expected a type of docs/webhooks.md"),
        (("https://8.8.8.8/", "--owner", "somebody"), "owner: expected an e-mail address"),
    ],
)
async def test_what_would_never_be_delivered_to_is_refused_by_its_field(
    shell: Shell, said: tuple[str, ...], why: str
) -> None:
    refused = await shell("subscriptions", "create", *said)
    assert refused.code == 1
    assert f"refused (invalid): {why}" in refused.err
    assert (await shell("subscriptions", "list")).out == "nobody wants to be told\n"


async def test_asked_for_again_under_the_same_id_it_is_the_same_one(
    shell: Shell, receiver: Receiver
) -> None:
    twice = [await made(shell, receiver.url, "--request-id", "shop-1") for _ in range(2)]
    assert twice[0] == twice[1]
    assert (await made(shell, receiver.url))[0] != twice[0][0]


async def test_a_new_secret_signs_beside_the_old_one_and_is_asked_for_once(
    shell: Shell, receiver: Receiver
) -> None:
    which, old = await made(shell, receiver.url, "--request-id", "shop-1")
    rotating = ("subscriptions", "rotate", which, "--request-id", "second", "--json")
    new = [(await shell(*rotating)).data["secret"] for _ in range(2)]
    assert new[0] == new[1] != old
    await shell("subscriptions", "test", which)
    assert all(receiver.got[0].is_signed_by(secret) for secret in (old, new[0]))
    await shell("subscriptions", "rotate", which, "--overlap-hours", "0")
    await shell("subscriptions", "test", which)
    assert not any(receiver.got[1].is_signed_by(secret) for secret in (old, new[0]))
    again = await shell("subscriptions", "create", receiver.url, "--request-id", "shop-1")
    assert again.out.startswith("its secret was replaced since\n")


async def test_what_happens_while_it_is_paused_comes_when_it_is_resumed(
    shell: Shell, receiver: Receiver, happens: Happen, engine: Engine
) -> None:
    which, _ = await made(shell, receiver.url)
    paused = await shell("subscriptions", "pause", which)
    assert "paused by staff:command-line" in paused.out
    run = engine.env.client.get_workflow_handle(SubscriptionKey(shell.tenant, which).name)
    assert await run.result() == "paused"
    await happens()
    resumed = await shell("subscriptions", "resume", which)
    assert resumed.code == 0, resumed.err
    (sent,) = await receiver.until(1)
    assert sent.body["type"] == "return.requested.v1"


async def test_a_replay_sends_all_since_again_under_the_same_ids(
    shell: Shell, receiver: Receiver, happens: Happen
) -> None:
    await happens()
    which, _ = await made(shell, receiver.url)
    replaying = ("subscriptions", "replay", which, "--since")
    hour = timedelta(hours=1)
    for number in (1, 2):
        assert (await shell(*replaying, (datetime.now(UTC) - hour).isoformat())).code == 0
        await receiver.until(number)
    first, second = receiver.got
    assert first.id == second.id
    wrong = await shell(*replaying, "yesterday")
    assert (wrong.code, "since: " in wrong.err) == (1, True)


async def test_a_deleted_one_is_followed_no_more_and_is_unknown(
    shell: Shell, receiver: Receiver, engine: Engine
) -> None:
    which, _ = await made(shell, receiver.url)
    assert (await shell("subscriptions", "delete", which)).out == f"{which} was deleted\n"
    run = engine.env.client.get_workflow_handle(SubscriptionKey(shell.tenant, which).name)
    assert await run.result() == "deleted"
    assert "unknown_subscription" in (await shell("subscriptions", "show", which)).err


async def test_one_that_temporal_has_lost_is_revived(
    shell: Shell, receiver: Receiver, engine: Engine
) -> None:
    which, _ = await made(shell, receiver.url)
    name = SubscriptionKey(shell.tenant, which).name
    await engine.env.client.get_workflow_handle(name).terminate()
    first = await shell("revive", "--tenant", shell.tenant, "--json")
    assert first.data["started"] == [name]
    second = await shell("revive", "--tenant", shell.tenant, "--json")
    assert (second.data["started"], second.data["running"]) == ([], 1)


async def test_anothers_is_not_there(shell: Shell, receiver: Receiver) -> None:
    which, _ = await made(shell, receiver.url)
    asked = [["show"], ["pause"], ["resume"], ["rotate"], ["test"], ["delete"],
             ["replay", "--since", datetime.now(UTC).isoformat()]]  # fmt: skip
    for name, *more in asked:
        refused = await shell("subscriptions", name, which, *more, "--tenant", "other")
        assert refused.err == (
            f"refused (unknown_subscription): there is no subscription {which}\n"
        ), name
    stands = (await shell("subscriptions", "show", which, "--json")).data
    assert (stands["state"], stands["live_secrets"], receiver.got) == ("active", 1, [])
