"""The client that speaks HTTP, before the real API."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.over_http import OPERATIONS, HttpClient, NoAnswer, NotDone
from api.returns import BoardQuery
from api.wishes import LinkWish
from projections.runner import catch_up
from tests.http.conftest import Shop

DESCRIBED = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
LATER = b"HTTP/1.1 503 Later\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_the_client_has_every_operation_of_the_document_and_no_other() -> None:
    """But for the pages that a link in a message opens: those are a browser's."""
    described: set[tuple[Any, ...]] = set()
    for path, operations in DESCRIBED["paths"].items():
        for method, operation in operations.items():
            if "linked" in operation["tags"]:
                continue
            headers = {each["name"] for each in operation.get("parameters", ())}
            described.add((method.upper(), path, "idempotency-key" in headers))
    assert {(each.method, each.path, each.keyed) for each in OPERATIONS.values()} == described
    assert len(OPERATIONS) == len(described)


def test_what_the_document_lets_be_said_with_a_question_the_client_can_say() -> None:
    lists = DESCRIBED["paths"]["/v1/returns"]["get"]["parameters"]
    assert {each["name"] for each in lists} == set(BoardQuery.model_fields)
    parameters = [
        each
        for operations in DESCRIBED["paths"].values()
        for operation in operations.values()
        for each in operation.get("parameters", ())
    ]
    headers = {each["name"] for each in parameters if each["in"] == "header"}
    assert headers == {"idempotency-key", "on-behalf-of"}


async def test_a_return_is_quoted_opened_asked_and_looked_at(shop: Shop) -> None:
    wish = shop.wish()
    async with await shop.client() as returns:
        assert (await returns.quote(wish)).outcome == "approved"
        opened = await returns.open(wish, on_behalf_of="customer:c-7")
        assert opened.return_id == wish["return_id"]
        [first, *_] = await returns.events(opened.return_id)
        assert first.actor == "customer:c-7"
        assert (await returns.money(opened.return_id)).model_dump()
        link = await returns.link(opened.return_id, LinkWish(hours=1))
        async with HttpClient(str(shop.http.base_url), link.token) as customer:
            paper = await customer.document(opened.return_id, "packing_slip")
        assert paper.startswith(b"%PDF")
        await returns.ask(opened.return_id, "cancel", {"because": "they fit"})
        assert (await returns.status(opened.return_id)).authorisation == "cancelled"


async def test_what_is_not_done_names_the_code_the_field_and_why(shop: Shop) -> None:
    async with await shop.client() as returns:
        with pytest.raises(NotDone) as told:
            await returns.open({**shop.wish(), "method": "by_owl"})
    assert (told.value.status, told.value.code) == (400, "invalid")
    assert told.value.field == "request.method"
    assert "request.method" in told.value.because


async def test_a_list_is_followed_over_its_pages(shop: Shop) -> None:
    opened = {await shop.opened() for _ in range(3)}
    await catch_up(shop.doors.pool)
    async with await shop.client() as returns:
        listed = [row.return_id async for row in returns.returns(BoardQuery(limit=1))]
    assert len(listed) == len(opened)
    assert set(listed) == opened


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(shop: Shop) -> None:
    wish = shop.wish()
    async with (
        troubled(shop, lost=1, later=1) as (url, heard),
        await shop.client(url) as returns,
    ):
        answer = await returns.open(wish)
    events = await shop.doors.returns.events(shop.tenant, answer.return_id)
    assert [event.type for event in events].count("ReturnRequested") == 1
    keys = [re.findall(rb"(?i)idempotency-key: (\S+)", each) for each in heard]
    assert len(keys) == 3
    assert keys[0] == keys[1] == keys[2] != []


async def test_who_gets_no_answer_until_the_deadline_is_told_the_key(shop: Shop) -> None:
    key = uuid4().hex
    async with (
        troubled(shop, lost=0, later=1_000_000) as (url, _),
        await shop.client(url, deadline=0.3) as returns,
    ):
        with pytest.raises(NoAnswer) as told:
            await returns.open(shop.wish(), key=key)
    assert told.value.key == key


@asynccontextmanager
async def troubled(shop: Shop, *, lost: int, later: int) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A way to the API that loses its first answers, and then says "later" some times."""
    heard: list[bytes] = []
    api = shop.http.base_url

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):  # they hung up
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
            body = await reader.readexactly(length)
            heard.append(head)
            if lost < len(heard) <= lost + later:
                writer.write(LATER)
            else:
                there, on = await asyncio.open_connection(api.host, api.port)
                with closing(on):
                    on.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
                    answer = await there.read()
                if len(heard) > lost:
                    writer.write(answer)
            await writer.drain()

    async with await asyncio.start_server(pass_on, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
