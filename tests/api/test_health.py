"""Alive is one thing, ready another; what is away is named."""

from collections.abc import Callable

import httpx2
import pytest
from temporalio.client import Client

from api.doors import Doors
from tests.api.serving import serving


async def test_with_both_stores_there_it_is_ready(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "stores": {"database": "ready", "temporal": "ready"},
    }


async def test_without_the_database_it_lives_and_is_not_ready(
    http: httpx2.AsyncClient, doors: Doors
) -> None:
    await doors.pool.close()
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["stores"] == {"database": "away", "temporal": "ready"}
    assert (await http.get("/healthz")).json() == {"status": "alive"}


async def test_without_the_temporal_server_it_lives_and_is_not_ready(
    make_doors: Callable[[], Doors],
) -> None:
    doors = make_doors()
    doors.temporal = await Client.connect("127.0.0.1:1", lazy=True)
    async with serving(doors, relaying=False) as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["stores"] == {"database": "ready", "temporal": "away"}
        assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/v2/returns", 404), ("/v1/webhooks/x/y", 405)])
async def test_what_is_not_served_is_a_problem_as_well(
    http: httpx2.AsyncClient, path: str, status: int
) -> None:
    answer = await http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == {404: "not_found", 405: "method_not_allowed"}[status]
