"""The quarantine over HTTP: only what is surely of the caller's merchant is there."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from adapters.postgres.inbox import Inbox, Incoming
from adapters.postgres.tidings import Told
from api.access.rights import Role
from api.settings import ApiSettings
from tests.api.serving import NOW
from tests.http.conftest import Shop

SCAN = {
    "signal": "report_tracking",
    "reference_kind": "tracking",
    "reference": "T-9",
    "body": {"tracking_number": "T-9"},
}


async def kept(shop: Shop, tenant: str = "") -> int:
    """Put news of a merchant into quarantine; give its number."""
    told = Told("dock", tenant or shop.tenant, "evt-1", "scan", NOW, [SCAN])
    await Inbox(shop.doors.pool).keep(told.incoming, "quarantined", "no return has this tracking")
    [number] = await numbers(shop, tenant)
    return number


async def numbers(shop: Shop, tenant: str = "") -> list[int]:
    approver = await shop.key(Role.APPROVER, tenant)
    answer = await shop.http.get("/v1/quarantine", headers=approver)
    return [news["number"] for news in answer.json()["news"]]


async def asked(shop: Shop, number: int, what: str, body: Mapping[str, Any]) -> httpx2.Response:
    header = await shop.key(Role.APPROVER)
    return await shop.http.post(f"/v1/quarantine/{number}/{what}", json=body, headers=header)


async def test_news_is_listed_released_and_says_by_whom_and_why(shop: Shop) -> None:
    number = await kept(shop)
    answer = await asked(shop, number, "release", {"because": "OPS-7"})
    assert answer.status_code == 200
    [ended] = answer.json()["ended"]
    assert (ended["how"], ended["because"]) == ("released", "OPS-7")
    assert ended["by"].startswith("service:")
    assert await numbers(shop) == []
    again = await asked(shop, number, "drop", {"because": "OPS-7"})
    assert (again.status_code, again.json()["code"]) == (409, "not_quarantined")


async def test_what_is_dropped_is_shown_with_what_it_told(shop: Shop) -> None:
    number = await kept(shop)
    dropped = await asked(shop, number, "drop", {"because": "a test of theirs"})
    assert (dropped.json()["state"], dropped.json()["facts"]) == ("ignored", [SCAN])


@pytest.mark.parametrize("what", ["release", "drop"])
async def test_news_of_another_merchant_is_not_there(shop: Shop, what: str) -> None:
    other = f"{shop.tenant}x"
    number = await kept(shop, other)
    assert await numbers(shop) == []
    answer = await asked(shop, number, what, {"because": "OPS-7"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_news")
    assert await numbers(shop, other) == [number]


async def test_what_news_of_another_merchant_tells_is_not_shown(shop: Shop) -> None:
    other = f"{shop.tenant}x"
    number = await kept(shop, other)
    path = f"/v1/quarantine/{number}"
    foreign = await shop.http.get(path, headers=await shop.key(Role.APPROVER))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_news")
    theirs = await shop.http.get(path, headers=await shop.key(Role.APPROVER, other))
    assert (theirs.status_code, theirs.json()["facts"]) == (200, [SCAN])


async def test_news_by_an_account_of_several_merchants_is_for_operators(shop: Shop) -> None:
    incoming = Incoming("easypost", "main", f"evt-{shop.tenant}", "tracker", NOW, b"", [SCAN])
    await Inbox(shop.doors.pool).keep(incoming, "quarantined", "no return has this tracking")
    assert await numbers(shop) == []


def test_an_account_that_speaks_of_one_merchant_alone_is_that_merchants() -> None:
    settings = ApiSettings(webhook_tenants={"stripe_eu": "acme", "easypost": "acme", "adyen": "b"})
    of_acme = set(settings.accounts_of("acme"))
    assert {"stripe/eu", "easypost/main", "dock/acme", "signal/acme"} <= of_acme
    assert not {one for one in of_acme if one.startswith("adyen") or one.endswith("/b")}


async def test_nothing_is_ended_without_a_reason(shop: Shop) -> None:
    answer = await asked(shop, 1, "drop", {"because": ""})
    assert (answer.status_code, answer.json()["path"]) == (400, "because")
