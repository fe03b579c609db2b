"""Bodies that are meant to do harm, at every door that takes one."""

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
        if isinstance(route, APIRoute) and {"POST", "PUT", "PATCH"} & (route.methods or set()):
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


def _filled(route: APIRoute) -> str:
    named = {name.name for name in route.dependant.path_params}
    return route.path_format.format(
        **dict.fromkeys(named, "1") | {"subscription_id": f"sub_{uuid4().hex[:24]}"}
    )


async def _posted(shop: Shop, route: APIRoute, *bodies: bytes) -> list[tuple[int, Any]]:
    known = await shop.key(_who(route))
    told = []
    for body in bodies:
        headers = known | {
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/json",
            "Connection": "close",  # what was not listened to is not waited for on it
        }
        answer = await shop.http.post(_filled(route), content=body, headers=headers)
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
