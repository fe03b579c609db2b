"""Webhooks out: which of a merchant's servers are told. docs/webhooks.md is the guide."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel

from api.access.allowed import allowed
from api.access.caller import Caller
from api.bodies import read_wish
from api.commands import IdempotencyKey
from api.doors import Behind
from api.once import take_key
from api.problems import PROBLEMS, or_problem
from api.shapes import shape_of_wish
from domain.subscriptions.standing import SubscriptionKey
from domain.subscriptions.wishes import (
    ReplayWish,
    RotationWish,
    SubscriptionMade,
    SubscriptionShown,
    SubscriptionWish,
)
from domain.subscriptions.words import Attempt

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"], responses=PROBLEMS)

Keeper = Annotated[Caller, Depends(allowed("keep_subscriptions"))]
SubscriptionId = Annotated[str, Path(pattern=r"^sub_[0-9a-f]{24}$")]


class SubscriptionList(BaseModel):
    """All of a merchant's."""

    subscriptions: tuple[SubscriptionShown, ...]


@router.post("", status_code=201, openapi_extra=shape_of_wish(SubscriptionWish))
async def create_subscription(
    request: Request,
    response: Response,
    behind: Behind,
    caller: Keeper,
    idempotency_key: IdempotencyKey,
) -> SubscriptionMade:
    """Tell a URL of what happens from now on. The secret is in this answer, and in no other."""
    wish = await read_wish(SubscriptionWish, request)
    await take_key(behind.pool, caller.tenant, idempotency_key, wish.model_dump(mode="json"))
    made = or_problem(
        await behind.returns.subscriptions.create(caller.tenant, wish, request_id=idempotency_key)
    )
    response.headers["Location"] = f"/v1/subscriptions/{made.subscription_id}"
    return made


@router.get("")
async def list_subscriptions(behind: Behind, caller: Keeper) -> SubscriptionList:
    """List the merchant's subscriptions, and how each of them does."""
    found = await behind.returns.subscriptions.all_of(caller.tenant)
    return SubscriptionList(subscriptions=tuple(found))


@router.get("/{subscription_id}")
async def show_subscription(
    subscription_id: SubscriptionId, behind: Behind, caller: Keeper
) -> SubscriptionShown:
    """Show one: whether it works, what waits, and when it is tried next."""
    return or_problem(await behind.returns.subscriptions.show(_key(caller, subscription_id)))


@router.delete("/{subscription_id}", status_code=204)
async def delete_subscription(
    subscription_id: SubscriptionId, behind: Behind, caller: Keeper
) -> None:
    """Forget it: what waits is not delivered."""
    or_problem(await behind.returns.subscriptions.delete(_key(caller, subscription_id)))


@router.post("/{subscription_id}/pause")
async def pause_subscription(
    subscription_id: SubscriptionId, behind: Behind, caller: Keeper
) -> SubscriptionShown:
    """Deliver nothing until it is resumed; what happens meanwhile waits."""
    return or_problem(
        await behind.returns.subscriptions.pause(_key(caller, subscription_id), actor=caller.who)
    )


@router.post("/{subscription_id}/resume")
async def resume_subscription(
    subscription_id: SubscriptionId, behind: Behind, caller: Keeper
) -> SubscriptionShown:
    """Deliver all that waits, at once; also after it was stopped for want of answers."""
    return or_problem(await behind.returns.subscriptions.resume(_key(caller, subscription_id)))


@router.post("/{subscription_id}/rotate", openapi_extra=shape_of_wish(RotationWish))
async def rotate_secret(
    subscription_id: SubscriptionId,
    request: Request,
    behind: Behind,
    caller: Keeper,
    idempotency_key: IdempotencyKey,
) -> SubscriptionMade:
    """Make a new secret. The one before signs beside it until the overlap is over."""
    wish = await read_wish(RotationWish, request)
    key = _key(caller, subscription_id)
    rotating = behind.returns.subscriptions.rotate(key, wish, request_id=idempotency_key)
    return or_problem(await rotating)


@router.post("/{subscription_id}/replay", openapi_extra=shape_of_wish(ReplayWish))
async def replay_events(
    subscription_id: SubscriptionId, request: Request, behind: Behind, caller: Keeper
) -> SubscriptionShown:
    """Deliver again, under the same ids, all that was recorded since."""
    wish = await read_wish(ReplayWish, request)
    return or_problem(
        await behind.returns.subscriptions.replay(_key(caller, subscription_id), wish)
    )


@router.post("/{subscription_id}/test")
async def send_test_event(
    subscription_id: SubscriptionId, behind: Behind, caller: Keeper
) -> Attempt:
    """Send `backhaul.test.v1` now, once, and say what came of it. `status` 0: no answer came."""
    return or_problem(await behind.returns.subscriptions.test(_key(caller, subscription_id)))


def _key(caller: Caller, subscription_id: str) -> SubscriptionKey:
    """The caller's own of that id: another's is not there."""
    return SubscriptionKey(caller.tenant, subscription_id)
