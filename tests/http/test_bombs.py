"""Bodies that are meant to do harm, at every door that takes one."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from api.access.rights import Role
from api.app import routes_only
from domain.returns.doors import BODY_LIMIT
from tests.http.conftest import Shop

LARGER_BY_PURPOSE = "/v1/codec/"
"""What the Temporal UI has decoded is as large as a history."""

BY_ANOTHER_PROOF = ("/v1/webhooks/", "/v1/linked/")
"""Known by a signature over the body, or by the token in their path."""


def _doors() -> Iterator[APIRoute]:
    for route in routes_only().state.routes:
        if isinstance(route, APIRoute) and {"POST", "PUT", "PATCH", "DELETE"} & (
            route.methods or set()
        ):
            yield route


DOORS = [pytest.param(route, id=route.path) for route in _doors()]
PROVEN = [
    pytest.param(route, id=route.path)
    for route in _doors()
    if not route.path.startswith((LARGER_BY_PURPOSE, *BY_ANOTHER_PROOF))
]


@pytest.mark.parametrize("route", DOORS)
def test_no_body_is_read_before_its_sender_is_known(route: APIRoute) -> None:
    """A body that the framework reads, it reads whole, and before it asks who sends it."""
    assert route.body_field is None


def _method(route: APIRoute) -> str:
    [method] = route.methods or set()
    return method


def _filled(route: APIRoute) -> str:
    named = dict.fromkeys(route.param_convertors, "1")
    return route.path_format.format(**named | {"subscription_id": f"sub_{uuid4().hex[:24]}"})


PATIENCE_S = 8
"""Less than a body may take."""


async def _begun(shop: Shop, route: APIRoute) -> int:
    """Begin a body without end, as a stranger; give the status that comes all the same."""
    where = shop.http.base_url
    reader, writer = await asyncio.open_connection(where.host, where.port)
    try:
        head = f"{_method(route)} {_filled(route)} HTTP/1.1\r\nHost: {where.host}\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n".encode())
        await writer.drain()
        async with asyncio.timeout(PATIENCE_S):  # whoever reads on waits for ever
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()


UNKNOWN = {401, 404}
"""Who is not known, or whose account or token is not."""


@pytest.mark.parametrize("route", DOORS)
async def test_strangers_are_answered_before_their_body_ends(shop: Shop, route: APIRoute) -> None:
    assert await _begun(shop, route) in UNKNOWN


async def _posted(shop: Shop, route: APIRoute, *bodies: bytes) -> list[tuple[int, Any]]:
    known = await shop.key(_who(route))
    told = []
    for body in bodies:
        headers = known | {
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/json",
            "Connection": "close",  # what was not listened to is not waited for on it
        }
        answer = await shop.http.request(
            _method(route), _filled(route), content=body, headers=headers
        )
        told.append((answer.status_code, answer.json()))
    return told


def _who(route: APIRoute) -> Role:
    """Somebody who may."""
    return next((role for part, role in WHO.items() if part in route.path), Role.ADMIN)


WHO = {
    "/v1/warehouse/": Role.WAREHOUSE,
    "/v1/epcis/": Role.WAREHOUSE,
    "/v1/returns": Role.BACKEND,
    "/v1/quotes": Role.BACKEND,
}

UNHEARD = {(413, "too_large"), (403, "not_allowed"), (404, "unknown_subscription")}
"""Named, or not listened to: by who may not, and by doors that take no body."""


@pytest.mark.parametrize("route", PROVEN)
async def test_a_body_that_is_meant_to_do_harm_is_a_misfit_and_no_defect(
    shop: Shop, route: APIRoute
) -> None:
    large, *odd = await _posted(
        shop, route, b" " * BODY_LIMIT + b"{}", b"[" * 200 + b"]" * 200, b'{"a":1,"a":2}', b"\xff"
    )
    assert (large[0], large[1]["code"]) in UNHEARD
    for status, told in odd:
        assert 400 <= status < 500, told
        assert told["detail"]


@pytest.mark.parametrize("way", ["decode", "encode"])
async def test_payloads_that_are_no_text_are_a_misfit_too(shop: Shop, way: str) -> None:
    headers = await shop.key(Role.ADMIN)
    answer = await shop.http.post(f"/v1/codec/{way}", content=b"\xff\xfe", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
