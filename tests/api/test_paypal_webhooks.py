"""PayPal's webhooks at the door: the certificate is had first, from where PayPal's are."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from adapters.postgres.pool import Pool
from api.doors import Doors
from tests.adapters.webhooks.paypal_seal import certificate, headers_of, raw_of
from tests.adapters.wire import Wire, says
from tests.adapters.wire import serving as partner
from tests.api.scene import states
from tests.api.serving import NOW, serving

A_YEAR = timedelta(days=365)
PEM = certificate(begins=NOW - A_YEAR, ends=NOW + A_YEAR)


@pytest.fixture
async def paypal() -> AsyncIterator[Wire]:
    async with partner(lambda _request: says(200, PEM)) as wire:
        yield wire


@pytest.fixture
async def door(make_doors: Callable[[], Doors], paypal: Wire) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(replace(make_doors(), paypal_url=paypal.url), relaying=False) as opened:
        yield opened


async def sent(door: httpx2.AsyncClient, cert_url: str, webhook: str = "WH-API") -> httpx2.Response:
    raw = raw_of()
    headers = headers_of(raw, at=NOW, webhook=webhook, cert_url=cert_url)
    return await door.post("/v1/webhooks/paypal/main", content=raw, headers=headers)


async def test_what_is_proven_is_taken_once(
    door: httpx2.AsyncClient, paypal: Wire, pool: Pool
) -> None:
    url = f"{paypal.url}/v1/notifications/certs/CERT-1"
    answers = [await sent(door, url) for _ in range(2)]
    assert [(a.status_code, a.json()["state"]) for a in answers] == [
        (202, "received"), (202, "known"),
    ]  # fmt: skip
    assert [event for event, _, _ in await states(pool)] == ["WH-E-1"]
    assert len(paypal.requests) == 1


@pytest.mark.parametrize("place", ["https://evil.example", "https://api.paypal.com"])
async def test_a_certificate_from_elsewhere_proves_nothing_and_is_not_asked_for(
    door: httpx2.AsyncClient, paypal: Wire, pool: Pool, place: str
) -> None:
    answer = await sent(door, f"{place}/v1/notifications/certs/CERT-1")
    assert (answer.status_code, answer.json()["code"]) == (401, "forged")
    assert (paypal.requests, await states(pool)) == ([], [])


async def test_signed_for_another_webhook_it_is_refused(
    door: httpx2.AsyncClient, paypal: Wire, pool: Pool
) -> None:
    answer = await sent(door, f"{paypal.url}/v1/notifications/certs/CERT-1", "WH-other")
    assert answer.status_code == 401
    assert await states(pool) == []


async def test_while_the_certificate_cannot_be_had_it_is_asked_to_come_again(
    make_doors: Callable[[], Doors], pool: Pool
) -> None:
    async with partner(lambda _request: says(503, "")) as away:
        doors = replace(make_doors(), paypal_url=away.url)
        async with serving(doors, relaying=False) as door:
            answer = await sent(door, f"{away.url}/v1/notifications/certs/CERT-1")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert await states(pool) == []
