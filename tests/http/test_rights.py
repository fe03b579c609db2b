"""Who may do what: every route, every role, and whose return it is."""

from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.access.links import Links
from api.access.rights import LOT_RIGHTS, RIGHTS, UNLISTED, Role
from domain.lots.commands import LOT_UPDATES
from tests.http.conftest import Shop
from tests.http.test_subscriptions import OF_A_SUBSCRIPTION

ROUTES: dict[str, tuple[str, str]] = {
    "list": ("GET", "/v1/returns"),
    "look": ("GET", "/v1/returns/{id}"),
    "look_at_money": ("GET", "/v1/returns/{id}/money"),
    "look_at_events": ("GET", "/v1/returns/{id}/events"),
    "look_at_documents": ("GET", "/v1/returns/{id}/documents/packing_slip"),
    "quote": ("POST", "/v1/quotes"),
    "open": ("POST", "/v1/returns"),
    "link": ("POST", "/v1/returns/{id}/links"),
    "report": ("POST", "/v1/warehouse/receipts"),
    "open_payloads": ("POST", "/v1/codec/decode"),
    "erase": ("POST", "/v1/erasures"),
    "look_at_erasures": ("GET", "/v1/erasures"),
    "look_at_quarantine": ("GET", "/v1/quarantine"),
    "end_quarantine": ("POST", "/v1/quarantine/1/release"),
    "keep_subscriptions": ("GET", "/v1/subscriptions"),
    "look_at_lots": ("GET", "/v1/lots"),
    "handle_lots": ("POST", "/v1/lots/L-1/take_out"),
    "agree_lots": ("POST", "/v1/lots/L-1/agree"),
    "account_for_lots": ("POST", "/v1/lots/L-1/book_cost"),
}
ROUTES |= {name: ("POST", f"/v1/returns/{{id}}/{name}") for name in RIGHTS if name not in ROUTES}
OF_A_RETURN = sorted(name for name, (_, path) in ROUTES.items() if "{id}" in path)


def test_every_update_has_a_line_in_the_table() -> None:
    assert not UNLISTED
    assert set(LOT_RIGHTS) == set(LOT_UPDATES)
    assert set(LOT_RIGHTS.values()) <= set(RIGHTS)


async def test_every_route_has_a_line_in_this_test(http: httpx2.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()["paths"]
    guarded = {
        (method.upper(), path)
        for path, methods in described.items()
        for method, route in methods.items()
        if route.get("security")
    }
    others = {
        ("POST", "/v1/warehouse/inspections"),
        ("POST", "/v1/epcis/capture"),
        ("POST", "/v1/codec/encode"),
        ("POST", "/v1/subscriptions"),
        *OF_A_SUBSCRIPTION,
        ("GET", "/v1/quarantine/{number}"),
        ("POST", "/v1/quarantine/{number}/drop"),
        ("GET", "/v1/lots/{lot_id}"),
        ("GET", "/v1/lots/{lot_id}/documents/{kind}"),
        *(("POST", f"/v1/lots/{{lot_id}}/{update}") for update in LOT_UPDATES),
    }
    named = {"{id}": "{return_id}", "packing_slip": "{kind}", "L-1": "{lot_id}"}
    named["quarantine/1"] = "quarantine/{number}"
    assert guarded == others | {
        (method, reduce(lambda told, name: told.replace(name, named[name]), named, path))
        for method, path in ROUTES.values()
    }
    unguarded = {path for path in described if all(path != known for _, known in guarded)}
    by_a_token = {
        "/v1/linked/label/{token}",
        "/v1/linked/feedback/{token}",
    }  # which is the credential, and opens nothing else
    assert unguarded == by_a_token | {
        *("/healthz", "/readyz", "/v1/webhooks/{provider}/{account}"),
    }


async def asked(
    shop: Shop, operation: str, headers: dict[str, str], return_id: str
) -> httpx2.Response:
    method, path = ROUTES[operation]
    more: dict[str, Any] = {"json": {}} if method == "POST" else {}
    headers = headers | {"Idempotency-Key": uuid4().hex}
    return await shop.http.request(method, path.format(id=return_id), headers=headers, **more)


@pytest.mark.parametrize("operation", sorted(RIGHTS))
async def test_a_role_may_what_the_table_says_on_its_own_returns(
    shop: Shop, operation: str
) -> None:
    own = await shop.opened()
    for role in Role:
        header = shop.link(own) if role is Role.CUSTOMER else await shop.key(role)
        answer = await asked(shop, operation, header, own)
        if role in RIGHTS[operation]:
            assert answer.status_code not in {401, 403, 404}, (role, answer.text)
            assert answer.status_code < 500, (role, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), role


@pytest.mark.parametrize("operation", OF_A_RETURN)
async def test_what_is_not_theirs_is_not_there(shop: Shop, operation: str) -> None:
    own, foreign = await shop.opened(), await shop.opened()
    for role in sorted(RIGHTS[operation]):
        if role is Role.CUSTOMER:
            header, others = shop.link(own), [foreign, "R-none"]
        else:
            header, others = await shop.key(role, f"o{uuid4().hex[:8]}"), [own, "R-none"]
        for return_id in others:
            answer = await asked(shop, operation, header, return_id)
            # A body that cannot be read is said first: it betrays nothing of the return.
            assert answer.status_code in {400, 404}, (role, return_id, answer.text)
            assert return_id not in answer.json().get("status", "").__str__()
        assert (await asked(shop, operation, header, "R-none")).status_code in {400, 404}


@pytest.mark.parametrize(
    "shown",
    ["", "Basic eDp5", "Bearer", "Bearer x", "Bearer bh_0_0", "Bearer bhl_x.y.z", "Bearer a.b.c"],
)
@pytest.mark.parametrize("operation", sorted(RIGHTS))
async def test_nobody_comes_in_unproven(shop: Shop, operation: str, shown: str) -> None:
    answer = await asked(shop, operation, {"Authorization": shown} if shown else {}, "R-1")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_proven")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_denied_attempt_is_written_down(shop: Shop) -> None:
    own = await shop.opened()
    viewer = await shop.key(Role.VIEWER)
    assert (await asked(shop, "approve", viewer, own)).status_code == 403
    [denied] = await shop.doors.attempts.newest(shop.tenant)
    assert (denied.role, denied.operation, denied.return_id) == ("viewer", "approve", own)
    assert denied.caller.startswith("service:key-")


async def test_a_revoked_or_expired_key_opens_nothing(shop: Shop) -> None:
    now = datetime.now(UTC)
    expired = await shop.doors.keys.make(shop.tenant, "old", Role.ADMIN, now, now)
    revoked = await shop.doors.keys.make(shop.tenant, "lost", Role.ADMIN, now, None)
    key_id = revoked.split("_")[1]
    assert await shop.doors.keys.revoke(shop.tenant, key_id, now)
    assert not await shop.doors.keys.revoke("another", key_id, now)
    for key in (expired, revoked, revoked[:-1]):
        header = {"Authorization": f"Bearer {key}"}
        assert (await shop.http.get("/v1/returns", headers=header)).status_code == 401


async def test_a_link_opens_its_return_until_its_day(shop: Shop) -> None:
    own = await shop.opened()
    agent = await shop.key(Role.AGENT)
    made = await shop.http.post(f"/v1/returns/{own}/links", json={"hours": 2}, headers=agent)
    assert made.status_code == 201, made.text
    header = {"Authorization": f"Bearer {made.json()['token']}"}
    assert (await shop.http.get(f"/v1/returns/{own}", headers=header)).status_code == 200
    over = shop.link(own, hours=-1)
    assert (await shop.http.get(f"/v1/returns/{own}", headers=over)).status_code == 401


async def test_where_nothing_signs_links_there_are_none_and_the_answer_says_so(shop: Shop) -> None:
    own, agent = await shop.opened(), await shop.key(Role.AGENT)
    signed, shop.doors.links = shop.doors.links, Links(())
    try:
        answer = await shop.http.post(f"/v1/returns/{own}/links", json={}, headers=agent)
    finally:
        shop.doors.links = signed
    assert (answer.status_code, answer.json()["code"]) == (409, "no_links")


async def test_nobody_starves_the_others(shop: Shop) -> None:
    own = await shop.opened()
    viewer = await shop.key(Role.VIEWER)
    before = shop.doors.limits.of_return
    shop.doors.limits.of_return = 3
    try:
        codes = [
            (await shop.http.get(f"/v1/returns/{own}", headers=viewer)).status_code
            for _ in range(8)
        ]
    finally:
        shop.doors.limits.of_return = before
    assert 429 in codes
    assert codes[0] == 200
