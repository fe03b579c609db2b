"""Forgetting a person over HTTP: who is needed stays, who was forgotten is listed."""

from typing import Any

import httpx2

from adapters.postgres.erasures import Erasures
from api.access.rights import Role
from tests.engine import eventually
from tests.http.conftest import Ask, Shop


async def forget(shop: Shop, customer_id: str, reference: str = "T-7") -> httpx2.Response:
    body = {"customer_id": customer_id, "reference": reference}
    admin = await shop.key(Role.ADMIN)
    return await shop.http.post("/v1/erasures", json=body, headers=admin)


async def listed(shop: Shop, tenant: str = "") -> list[dict[str, Any]]:
    admin = await shop.key(Role.ADMIN, tenant)
    answer = await shop.http.get("/v1/erasures", headers=admin)
    found: list[dict[str, Any]] = answer.json()["erasures"]
    return found


async def test_who_has_an_open_return_is_needed_and_forgotten_once_it_has_ended(
    shop: Shop, backend: Ask
) -> None:
    wish = shop.wish(method="own_carrier")
    return_id = wish["return_id"]
    assert (await backend("/v1/returns", wish)).status_code == 201
    needed = await forget(shop, "c-7")
    assert (needed.status_code, needed.json()["code"]) == (409, "open_returns")
    assert return_id in needed.json()["detail"]
    cancelled = await backend(f"/v1/returns/{return_id}/cancel", {"because": "they fit"})
    assert cancelled.status_code == 200

    async def has_ended() -> bool:
        return (await shop.doors.returns.status(shop.tenant, return_id)).closed

    await eventually(has_ended, "ended")
    done = await forget(shop, "c-7")
    assert done.status_code == 201
    assert f"return:{shop.tenant}:{return_id}" in done.json()["files"]
    assert (await forget(shop, "c-7")).json() == done.json()
    assert await listed(shop) == [done.json()]
    [kept] = await Erasures(shop.doors.pool).done(shop.tenant)
    assert kept.by.startswith("service:")


async def test_what_was_forgotten_for_one_merchant_is_not_shown_to_another(shop: Shop) -> None:
    await forget(shop, "c-nobody")
    assert await listed(shop, tenant=f"{shop.tenant}x") == []


async def test_a_wish_that_makes_no_sense_names_the_field(shop: Shop) -> None:
    nameless = await forget(shop, "")
    assert (nameless.status_code, nameless.json()["path"]) == (400, "customer_id")
