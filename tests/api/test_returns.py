"""What returns can be asked over HTTP."""

from datetime import timedelta

import httpx2
import pytest

from api.access.rights import Role
from api.clock import SandboxClock
from domain.returns.money.explaining import Explanation, explain
from domain.returns.shown.status import Status, status_of
from projections.runner import catch_up
from tests.adapters.wire import Request, says
from tests.adapters.wire import serving as partner
from tests.api.scene import Scene
from tests.api.serving import NOW, StandingClock, serving
from tests.projections.story import OPENED


async def test_a_return_is_told_as_its_stream_has_it_now(scene: Scene) -> None:
    await scene.story.open("R-1")  # the board does not know it yet
    answer = await scene.http.get("/v1/returns/R-1")
    assert answer.status_code == 200
    told = Status.model_validate_json(answer.content)
    assert told == status_of(scene.tenant, "R-1", await scene.story.state("R-1"))


async def test_the_money_of_a_return_is_told_as_its_stream_explains_it(scene: Scene) -> None:
    await scene.story.whole()
    answer = await scene.http.get("/v1/returns/R-1/money")
    told = Explanation.model_validate_json(answer.content)
    assert told == explain(await scene.story.state("R-1"))
    assert told.paid_minor == told.promised_minor == 510


async def test_another_merchants_return_is_not_there(scene: Scene) -> None:
    await scene.story.open("R-1")
    theirs = await scene.make_doors().keys.make("brio", "theirs", Role.ADMIN, NOW, None)
    header = {"Authorization": f"Bearer {theirs}"}
    for path in ("/v1/returns/R-1", "/v1/returns/R-1/money", "/v1/returns/R-1/events"):
        answer = await scene.http.get(path, headers=header)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_return")


@pytest.mark.parametrize(
    "path", ["/v1/returns/R-9", "/v1/returns/R-9/events", "/v1/returns/R-9/money"]
)
async def test_an_unknown_return_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_return")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_events_of_a_return_are_told_in_order_and_whole(scene: Scene) -> None:
    await scene.story.whole()
    stored = (await scene.story.store.read((f"return:{scene.tenant}:R-1", 0))).popitem()[1]
    events = (await scene.http.get("/v1/returns/R-1/events")).json()["events"]
    assert [each["version"] for each in events] == list(range(1, len(stored) + 1))
    assert events[0]["type"] == "ReturnRequested"
    assert events[0]["data"]["return_id"] == "R-1"
    assert set(events[0]) == {
        "event_id", "stream_id", "version", "type", "schema_version", "occurred_at", "recorded_at",
        "actor", "causation_id", "correlation_id", "tenant", "data",
    }  # fmt: skip
    rest = (await scene.http.get(f"/v1/returns/R-1/events?after={len(stored) - 1}")).json()
    assert rest == {"events": events[-1:]}


async def test_a_list_is_filtered_and_turned_page_by_page(scene: Scene) -> None:
    for number in range(3):
        at = OPENED + timedelta(hours=number)
        await scene.story.open(f"R-{number}", order_id=f"W-{number}", at=at)
    await catch_up(scene.pool)
    first = (await scene.http.get("/v1/returns?limit=2&headline=approved")).json()
    assert [row["return_id"] for row in first["returns"]] == ["R-2", "R-1"]
    query = {"limit": 2, "headline": "approved", "cursor": first["next_cursor"]}
    second = (await scene.http.get("/v1/returns", params=query)).json()
    assert [row["return_id"] for row in second["returns"]] == ["R-0"]
    assert second["next_cursor"] is None
    [only] = (await scene.http.get("/v1/returns?order_id=W-1")).json()["returns"]
    assert only["return_id"] == "R-1"


async def test_what_is_overdue_is_judged_by_the_clock_of_the_doors(scene: Scene) -> None:
    await scene.story.open("R-1")
    await catch_up(scene.pool)
    doors = scene.make_doors()
    [row] = (await scene.http.get("/v1/returns")).json()["returns"]
    clock = StandingClock(NOW.fromisoformat(row["due_at"]))
    doors.clock = clock
    async with serving(doors, relaying=False) as http:
        http.headers["Authorization"] = scene.http.headers["Authorization"]
        assert (await http.get("/v1/returns?overdue=true")).json()["returns"] == []
        clock.at += timedelta(seconds=1)
        assert (await http.get("/v1/returns?overdue=true")).json()["returns"] == [row]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "query.limit"),
        ("limit=many", "query.limit"),
        ("closed=perhaps", "query.closed"),
        ("colour=red", "query.colour"),
        ("headline=%00", "query.headline"),
        ("cursor=x", "query.cursor"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_with_the_path_of_the_field(
    http: httpx2.AsyncClient, query: str, path: str
) -> None:
    answer = await http.get(f"/v1/returns?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["path"] == path
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_simulated_partners_clock_is_asked_for_the_time() -> None:
    def clock(request: Request) -> list[bytes]:
        assert request.path == "/_sandbox/clock"
        return says(200, {"now": "2031-01-01T00:00:00Z"})

    async with partner(clock) as wire, httpx2.AsyncClient(trust_env=False) as http:
        assert (await SandboxClock(wire.url, http).now()).year == 2031


async def test_without_the_simulated_partners_it_is_the_machines_time() -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        told = await SandboxClock("http://127.0.0.1:1", http).now()
    assert told.tzinfo is not None
    assert told.year < 2031
