"""What happens to a return reaches a merchant's server, signed, whatever that server does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from activities import delivering as module
from activities.delivering import Delivering
from activities.event_store import Append
from activities.stored import as_stored
from adapters.postgres.deliveries import Deliveries
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import DEADLINE_S, Pool, connect
from adapters.postgres.webhook_subscriptions import WebhookSubscriptions
from adapters.sealing.wrapping import MasterKeys
from adapters.subscriptions.reach import Reach
from adapters.subscriptions.sending import DEADLINE, Sender
from domain.subscriptions.patience import GIVE_UP_AFTER, LONGEST_PAUSE
from domain.subscriptions.signing import Secret
from domain.subscriptions.standing import Subscription, SubscriptionKey
from domain.subscriptions.wishes import SubscriptionWish
from tests.domain.returns.stored import sample
from tests.receiver import Receiver, receiving
from workflows.options import DELIVERING

NOW = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)
KEY = SubscriptionKey("acme", "s-1")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOLD = ["return.requested.v1", "return.in_review.v1"]


@pytest.fixture
async def pool(fresh_database: str) -> AsyncIterator[Pool]:
    async with await connect(fresh_database) as opened:
        yield opened


@pytest.fixture
def subscriptions(pool: Pool) -> WebhookSubscriptions:
    return WebhookSubscriptions(pool, MasterKeys(bytes(range(32))))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


@pytest.fixture
async def delivering(
    pool: Pool, subscriptions: WebhookSubscriptions, receiver: Receiver
) -> Delivering:
    """Knows of a return that was asked for and is looked at; its merchant wants to be told."""
    wish = SubscriptionWish(url=receiver.url)
    await subscriptions.make(KEY, wish, Secret(secret=SECRET, asked="made"), NOW)
    await happens(pool, "R-1")
    return by(pool, subscriptions, Reach(loopback=True))


async def happens(pool: Pool, return_id: str) -> None:
    told = [sample("ReturnRequested"), sample("ReviewRequested")]
    events = as_stored(told, "acme", return_id, "user:ada", "asked")
    await PostgresEventStore(pool).append(Append(f"return:acme:{return_id}", 0, events))


def by(pool: Pool, subscriptions: WebhookSubscriptions, reach: Reach) -> Delivering:
    return Delivering(PostgresEventStore(pool), subscriptions, Deliveries(pool), Sender(reach))


def types(receiver: Receiver) -> list[str]:
    return [sent.body["type"] for sent in receiver.got]


async def standing(subscriptions: WebhookSubscriptions) -> Subscription:
    found = await subscriptions.look(KEY)
    assert found is not None
    return found


async def until_given_up(delivering: Delivering) -> datetime:
    at = NOW
    while at <= NOW + GIVE_UP_AFTER + 2 * LONGEST_PAUSE:
        await delivering.deliver(KEY, at)
        at += LONGEST_PAUSE + LONGEST_PAUSE // 4
    return at


async def test_events_of_a_return_come_once_in_their_order_and_signed(
    delivering: Delivering, receiver: Receiver
) -> None:
    for _ in range(2):
        await delivering.deliver(KEY, NOW)
    assert types(receiver) == TOLD
    assert all(sent.id == sent.body["id"] for sent in receiver.got)
    assert all(sent.is_signed_by(SECRET) for sent in receiver.got)
    assert [sent.body["sequence"] for sent in receiver.got] == ["0000000001", "0000000002"]


async def test_what_is_not_taken_holds_up_its_return_and_is_sent_again_under_its_id(
    delivering: Delivering, receiver: Receiver
) -> None:
    receiver.answer = lambda _sent: "503 Service Unavailable"
    await delivering.deliver(KEY, NOW)
    receiver.answer = lambda _sent: "204 No Content"
    await delivering.deliver(KEY, NOW)  # too early
    assert types(receiver) == TOLD[:1]
    await delivering.deliver(KEY, NOW + timedelta(minutes=1))
    assert types(receiver) == [TOLD[0], *TOLD]
    assert receiver.got[0].id == receiver.got[1].id


async def test_after_days_it_is_stopped_and_once_resumed_nothing_is_missing(
    delivering: Delivering, receiver: Receiver, subscriptions: WebhookSubscriptions
) -> None:
    receiver.answer = lambda _sent: "500 Internal Server Error"
    end = await until_given_up(delivering)
    stopped = await standing(subscriptions)
    assert stopped.state == "stopped"
    assert stopped.because == "nothing was taken for 3 days: answered 500"
    receiver.got.clear()
    receiver.answer = lambda _sent: "204 No Content"
    await delivering.deliver(KEY, end)
    assert types(receiver) == []
    await subscriptions.set_state(KEY, "active", "", end)
    await delivering.deliver(KEY, end)
    assert types(receiver) == TOLD


async def test_an_endpoint_that_is_gone_is_asked_once(
    delivering: Delivering, receiver: Receiver, subscriptions: WebhookSubscriptions
) -> None:
    receiver.answer = lambda _sent: "410 Gone"
    await delivering.deliver(KEY, NOW)
    assert (await standing(subscriptions)).state == "stopped"
    assert types(receiver) == TOLD[:1]


async def test_a_redirect_is_not_followed(delivering: Delivering, receiver: Receiver) -> None:
    receiver.answer = lambda _sent: f"302 Found\r\nlocation: {receiver.url}/inside"
    await delivering.deliver(KEY, NOW)
    assert [sent.path for sent in receiver.got] == ["/backhaul"]


async def test_an_address_inside_is_never_called(
    delivering: Delivering, receiver: Receiver, pool: Pool, subscriptions: WebhookSubscriptions
) -> None:
    await by(pool, subscriptions, Reach()).deliver(KEY, NOW)
    assert receiver.connections == 0


async def test_a_replay_brings_all_of_it_again_under_the_same_ids(
    delivering: Delivering, receiver: Receiver, pool: Pool
) -> None:
    await delivering.deliver(KEY, NOW)
    await Deliveries(pool).replay(KEY, 0)
    await delivering.deliver(KEY, NOW)
    ids = [sent.id for sent in receiver.got]
    assert ids[2:] == ids[:2]


async def test_killed_after_sending_it_is_sent_again_under_the_same_id(
    delivering: Delivering, receiver: Receiver
) -> None:
    receiver.answer = lambda _sent: None  # it has the message, and we wait for its answer
    turn = asyncio.create_task(delivering.deliver(KEY, NOW))
    await receiver.until(1)
    turn.cancel()
    await asyncio.wait([turn])
    receiver.answer = lambda _sent: "204 No Content"
    await delivering.deliver(KEY, NOW)
    assert types(receiver) == [TOLD[0], *TOLD]
    assert receiver.got[0].id == receiver.got[1].id


async def test_a_turn_at_a_server_that_hangs_ends_and_leaves_the_rest_to_the_next(
    delivering: Delivering,
    receiver: Receiver,
    pool: Pool,
    subscriptions: WebhookSubscriptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3 * module.AT_ONCE):
        await happens(pool, f"R-more-{number}")
    monkeypatch.setattr(module, "TURN_S", 0.0)  # is over when the first batch is
    receiver.answer = lambda _sent: None
    hasty = Sender(Reach(loopback=True), deadline=timedelta(seconds=0.2))
    turn = Delivering(PostgresEventStore(pool), subscriptions, Deliveries(pool), hasty)
    stands = await turn.deliver(KEY, NOW)
    assert len(receiver.got) == module.AT_ONCE
    assert stands.next_at == NOW  # at once
    assert stands.problem == "no answer within 0.2 s"


def test_the_longest_turn_ends_before_its_activity_is_taken_for_lost() -> None:
    """What is taken in, a last batch that hangs, and what the database may take to note it."""
    longest = timedelta(seconds=module.TURN_S) + DEADLINE + 2 * timedelta(seconds=DEADLINE_S)
    assert 2 * longest <= DELIVERING["deliver_events"].deadline
