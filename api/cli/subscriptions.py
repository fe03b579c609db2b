"""`subscriptions …`: which of a merchant's servers are told what happens to returns."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from cyclopts import App, Parameter

from api.cli.desk import COMMON, Common, Desk, Exit, at_desk
from api.cli.showing import columns, shown, when
from api.client import Answer
from api.client.subscriptions import Subscriptions
from domain.model import Value
from domain.refusal import Refused
from domain.returns.doors import read_as
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import (
    ReplayWish,
    RotationWish,
    SubscriptionMade,
    SubscriptionShown,
    SubscriptionWish,
)

app = App()
subscriptions = App(name="subscriptions", help="Webhooks out: docs/webhooks.md is the guide.")
app.command(subscriptions)

Wish = TypeVar("Wish", bound=Value)
Shown = TypeVar("Shown", bound=SubscriptionShown)
RequestId = Annotated[str, Parameter(help="Under which it counts once; without it, a new one.")]


@subscriptions.command
def create(
    url: str,
    *,
    type: Annotated[tuple[str, ...], Parameter(negative="")] = (),  # noqa: A002 the word for it
    owner: str = "",
    request_id: RequestId = "",
    common: Common = COMMON,
) -> int:
    """Tell URL of what happens from now on. The secret is shown once: it is kept sealed.

    Args:
        url: A public address, https.
        type: Of docs/webhooks.md, or a group such as return.*; without it, all of them.
        owner: The mail address that is written to when it is stopped.
        request_id: Under which it counts once.
        common: What every command takes.
    """
    said = {"url": url, "types": list(type), "owner": owner}

    async def work(desk: Desk) -> Exit:
        async def make(wish: SubscriptionWish) -> SubscriptionMade | Refused:
            return await desk.returns.subscriptions.create(
                desk.tenant, wish, request_id=request_id or uuid4().hex
            )

        return _say(desk, await _wished(SubscriptionWish, said, make), _made)

    return at_desk(common, work)


@subscriptions.command(name="list")
@subscriptions.default
def list_subscriptions(*, common: Common = COMMON) -> int:
    """List them, and how each of them does."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.subscriptions.all_of(desk.tenant)
        lines = columns([_row(each) for each in found], indent="")
        desk.say(lines or ["nobody wants to be told"], {"subscriptions": list(found)})
        return Exit.DONE

    return at_desk(common, work)


@subscriptions.command
def show(subscription_id: str, *, common: Common = COMMON) -> int:
    """Show one: whether it works, what waits, and when it is tried next."""
    return _with(common, subscription_id, Subscriptions.show)


@subscriptions.command
def pause(subscription_id: str, *, common: Common = COMMON) -> int:
    """Deliver nothing until it is resumed; what happens meanwhile waits."""
    return _with(common, subscription_id, Subscriptions.pause)


@subscriptions.command
def resume(subscription_id: str, *, common: Common = COMMON) -> int:
    """Deliver all that waits, at once; also after it was stopped for want of answers."""
    return _with(common, subscription_id, Subscriptions.resume)


@subscriptions.command
def rotate(
    subscription_id: str,
    *,
    overlap_hours: int = 24,
    request_id: RequestId = "",
    common: Common = COMMON,
) -> int:
    """Make a new secret, and show it once; the one before signs beside it for a while.

    Args:
        subscription_id: Which one.
        overlap_hours: For how long; 0: the one before signs no more.
        request_id: Under which it counts once.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        async def make(wish: RotationWish) -> SubscriptionMade | Refused:
            key = SubscriptionKey(desk.tenant, subscription_id)
            return await desk.returns.subscriptions.rotate(
                key, wish, request_id=request_id or uuid4().hex
            )

        said = {"overlap_hours": overlap_hours}
        return _say(desk, await _wished(RotationWish, said, make), _made)

    return at_desk(common, work)


@subscriptions.command
def replay(subscription_id: str, *, since: str, common: Common = COMMON) -> int:
    """Deliver again, under the same ids, all that was recorded since.

    Args:
        subscription_id: Which one.
        since: A time with its offset, such as 2026-11-24T09:00:00+01:00.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        async def begin(wish: ReplayWish) -> SubscriptionShown | Refused:
            key = SubscriptionKey(desk.tenant, subscription_id)
            return await desk.returns.subscriptions.replay(key, wish)

        return _say(desk, await _wished(ReplayWish, {"since": since}, begin), _whole)

    return at_desk(common, work)


@subscriptions.command
def delete(subscription_id: str, *, common: Common = COMMON) -> int:
    """Forget it; what waits is not delivered."""

    async def work(desk: Desk) -> Exit:
        key = SubscriptionKey(desk.tenant, subscription_id)
        if refused := await desk.returns.subscriptions.delete(key):
            return desk.refuse(Answer.no(refused))
        told = {"subscription_id": subscription_id, "deleted": True}
        desk.say([f"{subscription_id} was deleted"], told)
        return Exit.DONE

    return at_desk(common, work)


@subscriptions.command(name="test")
def try_out(subscription_id: str, *, common: Common = COMMON) -> int:
    """Send a test message now, once, and say what came of it; 1 where it was not taken."""

    async def work(desk: Desk) -> Exit:
        key = SubscriptionKey(desk.tenant, subscription_id)
        attempt = await desk.returns.subscriptions.test(key)
        if isinstance(attempt, Refused):
            return desk.refuse(Answer.no(attempt))
        if not attempt.taken:
            return desk.refuse(Answer.no(Refused(code="not_taken", because=attempt.problem)))
        desk.say([f"taken: answered {attempt.status}"], attempt)
        return Exit.DONE

    return at_desk(common, work)


def _with(
    common: Common,
    subscription_id: str,
    do: Callable[[Subscriptions, SubscriptionKey], Awaitable[SubscriptionShown | Refused]],
) -> int:
    """Look at one, or do something with it; either way it is shown."""

    async def work(desk: Desk) -> Exit:
        key = SubscriptionKey(desk.tenant, subscription_id)
        return _say(desk, await do(desk.returns.subscriptions, key), _whole)

    return at_desk(common, work)


async def _wished(
    shape: type[Wish], said: dict[str, Any], do: Callable[[Wish], Awaitable[Shown | Refused]]
) -> Shown | Refused:
    """Read what was typed, and do it."""
    wish = read_as(shape, json.dumps(said))
    return wish if isinstance(wish, Refused) else await do(wish)


def _say(desk: Desk, answer: Shown | Refused, write: Callable[[Shown], Iterator[str]]) -> Exit:
    if isinstance(answer, Refused):
        return desk.refuse(Answer.no(answer))
    desk.say(list(write(answer)), answer)
    return Exit.DONE


def _made(one: SubscriptionMade) -> Iterator[str]:
    yield f"secret {one.secret}" if one.secret else "its secret was replaced since"
    yield from _whole(one)


def _whole(one: SubscriptionShown) -> Iterator[str]:
    yield f"subscription {one.subscription_id}"
    told = [
        ("url", one.url),
        ("types", ", ".join(one.types) or "all"),
        ("owner", one.owner or "nobody"),
        ("state", " ".join(filter(None, (one.state, one.because)))),
        ("since", when(one.since)),
        ("secrets", f"{one.live_secrets} live"),
        ("last taken", when(one.delivered_at) or "nothing yet"),
        ("waiting", str(one.waiting)),
        ("next try", when(one.next_at) or "none"),
        ("problem", one.problem or "none"),
    ]
    yield from columns(told)


def _row(one: SubscriptionShown) -> list[str]:
    behind = f"{one.waiting} waiting" if one.waiting else ""
    why = one.because or one.problem
    return [one.subscription_id, one.state, behind, one.url, shown(why)]
