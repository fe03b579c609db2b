"""What returns can be asked to do over HTTP, before the real engine."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.access.rights import Role
from api.examples import EXAMPLES
from demo.journeys import shifted
from domain.refusal import Refused
from domain.returns.commands import UPDATES
from domain.returns.doors import BODY_LIMIT, read_ask, read_report
from tests.http.conftest import Ask, Shop


def problem(answer: httpx2.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    return answer.status_code, said["code"], said.get("path")


async def test_a_return_is_opened_with_its_decision_and_its_quote_in_one_answer(
    shop: Shop, backend: Ask
) -> None:
    wish = shop.wish()
    answer = await backend("/v1/returns", wish)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["accepted"]
    assert said["status"]["authorisation"] == "approved"
    assert said["status"]["money"]["promised_minor"] > 0
    assert answer.headers["Location"] == f"/v1/returns/{wish['return_id']}"


async def test_the_same_key_and_body_get_the_same_return(shop: Shop) -> None:
    wish = shop.wish()
    del wish["return_id"]
    async with await shop.client() as returns:
        first = await returns.open(wish, key="k-1")
        again = await returns.open(wish, key="k-1")
        events = await returns.events(first.return_id)
    assert again.return_id == first.return_id
    assert [event.type for event in events].count("ReturnRequested") == 1


async def test_the_same_key_with_another_body_is_a_conflict(shop: Shop, backend: Ask) -> None:
    wish = shop.wish()
    assert (await backend("/v1/returns", wish, key="k-1")).status_code == 201
    other = {**wish, "method": "drop_off_code"}
    assert problem(await backend("/v1/returns", other, key="k-1"))[:2] == (409, "id_reused")


async def test_who_asks_follows_from_the_credentials(shop: Shop, backend: Ask) -> None:
    wish = shop.wish()
    await backend("/v1/returns", wish, **{"On-Behalf-Of": "customer:c-7"})
    [first, *_] = await shop.doors.returns.events(shop.tenant, wish["return_id"])
    assert first.actor == "customer:c-7"
    path = f"/v1/returns/{wish['return_id']}/cancel"
    said = {"because": "no", "actor": {"kind": "staff", "id": "boss"}}
    assert problem(await backend(path, said)) == (400, "invalid", "actor")
    agent = await shop.key(Role.AGENT) | {
        "Idempotency-Key": "k",
        "On-Behalf-Of": "customer:c-7",
    }
    answer = await shop.http.post(path, json={}, headers=agent)
    assert problem(answer)[:2] == (403, "not_allowed")


async def test_a_customer_of_another_order_is_refused_by_the_return(
    shop: Shop, backend: Ask
) -> None:
    return_id = await shop.opened()
    path = f"/v1/returns/{return_id}/cancel"
    answer = await backend(path, {}, **{"On-Behalf-Of": "customer:c-99"})
    assert problem(answer) == (403, "not_yours", "actor.id")


async def test_a_return_is_cancelled(shop: Shop) -> None:
    async with await shop.client() as returns:
        answer = await returns.ask(await shop.opened(), "cancel", {"because": "I keep them"})
    assert answer.status is not None
    assert answer.status.authorisation == "cancelled"


async def test_a_quote_records_nothing(shop: Shop) -> None:
    wish = shop.wish()
    async with await shop.client() as returns:
        assert (await returns.quote(wish)).outcome == "approved"
    assert not await shop.doors.returns.events(shop.tenant, wish["return_id"])


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"lines": []}, "request.lines"),
        ({"method": "by_owl"}, "request.method"),
        ({"order_id": 7}, "request.order_id"),
        ({"colour": "red"}, "request.colour"),
    ],
)
async def test_a_misfit_names_the_field(
    shop: Shop, backend: Ask, changed: dict[str, Any], path: str
) -> None:
    wish = {**shop.wish(), **changed}
    for door in ("/v1/returns", "/v1/quotes"):
        status, code, where = problem(await backend(door, wish))
        assert (status, code) == (400, "invalid")
        assert where is not None
        assert where.startswith(path)


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"[]", 400, "invalid"),
        (b"\xff", 400, "not_json"),
        (b'{"a":1,"a":2}', 400, "invalid"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", 400, "too_deep"),
        (b"[" * 20_000, 400, "too_deep"),
        (b'{"a":' + b"9" * 5_000 + b"}", 400, "invalid"),
        (b'{"a":"' + b"x" * BODY_LIMIT + b'"}', 413, "too_large"),
    ],
)
async def test_what_is_no_body_is_a_problem(shop: Shop, raw: bytes, status: int, code: str) -> None:
    header = await shop.key(Role.BACKEND) | {"Idempotency-Key": "k"}
    for path in ("/v1/returns", "/v1/quotes", "/v1/returns/R-1/cancel"):
        answer = await shop.http.post(path, content=raw, headers=header)
        assert problem(answer)[:2] == (status, code)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/returns", {"GET", "POST"}),
        ("/v1/returns/R-1/cancel", {"POST"}),
        ("/openapi.json", {"GET", "HEAD"}),
    ],
)
async def test_a_method_that_is_not_taken_names_all_that_are(
    shop: Shop, path: str, methods: set[str]
) -> None:
    answer = await shop.http.request("OPTIONS", path)
    assert problem(answer)[:2] == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == methods


async def test_without_a_key_for_it_nothing_is_done(shop: Shop) -> None:
    header = await shop.key(Role.BACKEND)
    answer = await shop.http.post("/v1/returns", json=shop.wish(), headers=header)
    assert problem(answer) == (400, "invalid", "header.idempotency-key")


async def test_a_return_that_nobody_opened_is_not_started_by_a_question(
    shop: Shop, backend: Ask
) -> None:
    return_id = f"R-{uuid4().hex}"
    answer = await backend(f"/v1/returns/{return_id}/cancel", {})
    assert problem(answer) == (404, "unknown_return", "return_id")
    assert (await shop.doors.returns.status(shop.tenant, return_id)).version == 0


@pytest.mark.parametrize("update", sorted(set(UPDATES) - {"open"}))
def test_every_example_can_be_read(update: str) -> None:
    said = {**EXAMPLES[update], "request_id": "k", "actor": {"kind": "staff", "id": "s-1"}}

    assert not isinstance(read_ask(update, json.dumps(said)), Refused)


@pytest.mark.parametrize("signal", ["report_receipt", "report_inspection"])
def test_every_example_of_a_report_can_be_read(signal: str) -> None:
    assert not isinstance(read_report(signal, json.dumps(EXAMPLES[signal])), Refused)


async def test_the_example_of_an_opening_opens(shop: Shop, backend: Ask) -> None:
    said = EXAMPLES["open"]
    later = datetime.now(UTC) - datetime.fromisoformat(said["requested_at"])
    wish = shifted({**said, "order": {**said["order"], "tenant": shop.tenant}}, later)
    answer = await backend("/v1/quotes", wish)
    assert answer.status_code == 200, answer.text
    assert answer.json()["outcome"] == "approved"


async def test_a_key_is_not_used_up_by_a_body_that_cannot_be_read(shop: Shop, backend: Ask) -> None:
    wish = shop.wish()
    assert (await backend("/v1/returns", {**wish, "lines": []}, key="k-1")).status_code == 400
    assert (await backend("/v1/returns", wish, key="k-1")).status_code == 201


async def test_a_customer_prints_the_slip_for_the_box_and_it_stays_the_same(shop: Shop) -> None:
    own = await shop.opened()
    path = f"/v1/returns/{own}/documents/packing_slip"
    first, again = [await shop.http.get(path, headers=shop.link(own)) for _ in range(2)]
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    no_code = await shop.http.get(f"/v1/returns/{own}/documents/code", headers=shop.link(own))
    assert no_code.status_code == 404
    assert no_code.json()["code"] in {"no_code", "no_label"}
