"""Webhooks out over HTTP: for a merchant's admin and backend, each of its own alone."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.access.rights import RIGHTS, Role
from api.over_http import NotDone
from domain.subscriptions.wishes import SubscriptionMade, SubscriptionWish
from tests.http.conftest import Shop
from tests.receiver import Receiver, receiving

_ONE = "/v1/subscriptions/{subscription_id}"
OF_A_SUBSCRIPTION: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("GET", _ONE): {},
    ("POST", f"{_ONE}/pause"): {},
    ("POST", f"{_ONE}/resume"): {},
    ("POST", f"{_ONE}/rotate"): {"overlap_hours": 1},
    ("POST", f"{_ONE}/replay"): {"since": "2030-03-04T10:00:00Z"},
    ("POST", f"{_ONE}/test"): {},
    ("DELETE", _ONE): {},
}
"""Every route of one subscription, in an order in which all can be asked, with a good body."""

KEEPERS = RIGHTS["keep_subscriptions"]
NONE = "sub_" + 24 * "0"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as server:
        yield server


async def made(shop: Shop, receiver: Receiver) -> SubscriptionMade:
    async with await shop.client() as returns:
        return await returns.subscribe(SubscriptionWish(url=receiver.url, owner="it@example.com"))


async def asked(
    shop: Shop, route: tuple[str, str], headers: Mapping[str, str], which: str
) -> httpx2.Response:
    method, path = route
    body = OF_A_SUBSCRIPTION[route]
    more: dict[str, Any] = {"json": body} if body else {}
    named = {**headers, "Idempotency-Key": uuid4().hex}
    return await shop.http.request(
        method, path.format(subscription_id=which), headers=named, **more
    )


def test_nobody_but_admin_and_backend_keeps_them() -> None:
    assert {Role.ADMIN, Role.BACKEND} == KEEPERS


@pytest.mark.parametrize("role", sorted(KEEPERS))
async def test_a_keeper_may_all_of_it_with_the_merchants_own(
    shop: Shop, receiver: Receiver, role: Role
) -> None:
    own = (await made(shop, receiver)).subscription_id
    header = await shop.key(role)
    for route in OF_A_SUBSCRIPTION:
        answer = await asked(shop, route, header, own)
        assert answer.is_success, (route, answer.text)
    assert (await asked(shop, ("GET", _ONE), header, own)).status_code == 404


@pytest.mark.parametrize("route", sorted(OF_A_SUBSCRIPTION))
async def test_anothers_is_not_there_in_the_words_for_what_never_was(
    shop: Shop, receiver: Receiver, route: tuple[str, str]
) -> None:
    own = (await made(shop, receiver)).subscription_id
    for role in sorted(KEEPERS):
        other = await shop.key(role, f"o{uuid4().hex[:8]}")
        foreign, missing = [await asked(shop, route, other, which) for which in (own, NONE)]
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.text.replace(own, NONE) == missing.text
        assert foreign.json()["code"] == "unknown_subscription"
    assert receiver.got == []


@pytest.mark.parametrize("route", sorted(OF_A_SUBSCRIPTION))
async def test_no_other_role_and_no_link_of_a_return_may_any_of_it(
    shop: Shop, receiver: Receiver, route: tuple[str, str]
) -> None:
    own = (await made(shop, receiver)).subscription_id
    for role in sorted(set(Role) - KEEPERS):
        header = shop.link("R-1") if role is Role.CUSTOMER else await shop.key(role)
        for which in (own, NONE):
            answer = await asked(shop, route, header, which)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), role
    assert (await asked(shop, route, {}, own)).status_code == 401
    async with await shop.client() as returns:
        (stands,) = await returns.subscriptions()
    assert (stands.state, stands.live_secrets) == ("active", 1)


async def test_the_same_key_makes_the_same_one_and_no_other_body_does(
    shop: Shop, receiver: Receiver
) -> None:
    wish, key = SubscriptionWish(url=receiver.url), uuid4().hex
    async with await shop.client() as returns:
        assert await returns.subscribe(wish, key=key) == await returns.subscribe(wish, key=key)
        with pytest.raises(NotDone) as told:
            await returns.subscribe(wish.model_copy(update={"owner": "it@example.com"}), key=key)
        assert len(await returns.subscriptions()) == 1
    assert (told.value.status, told.value.code) == (409, "id_reused")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://8.8.8.8/", "types": ["parcel"]}, "types.0"),
        ({"url": "https://8.8.8.8/", "secret": "whsec_mine"}, "secret"),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_made(
    shop: Shop, body: dict[str, Any], path: str
) -> None:
    headers = {**await shop.key(Role.BACKEND), "Idempotency-Key": uuid4().hex}
    answer = await shop.http.post("/v1/subscriptions", json=body, headers=headers)
    assert (answer.status_code, answer.json()["path"]) == (400, path), answer.text
    async with await shop.client() as returns:
        assert await returns.subscriptions() == ()


async def test_a_test_message_is_sent_at_once_and_its_answer_told(
    shop: Shop, receiver: Receiver
) -> None:
    one = await made(shop, receiver)
    header = await shop.key(Role.BACKEND)
    receiver.answer = lambda _sent: "503 Service Unavailable"
    answer = await asked(shop, ("POST", f"{_ONE}/test"), header, one.subscription_id)
    assert (answer.status_code, answer.json()["status"]) == (200, 503)
    assert receiver.got[0].is_signed_by(str(one.secret))


async def test_who_paused_it_is_said(shop: Shop, receiver: Receiver) -> None:
    one = await made(shop, receiver)
    header = await shop.key(Role.ADMIN)
    answer = await asked(shop, ("POST", f"{_ONE}/pause"), header, one.subscription_id)
    assert answer.json()["because"].startswith("by service:key-")
