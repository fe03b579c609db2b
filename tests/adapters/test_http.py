"""Whatever a partner does on the wire, it is told apart by what the next attempt may do."""

import asyncio
import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from activities.failures import (
    AnswerLost,
    Misspoken,
    PartnerFailure,
    Throttled,
    Unauthorised,
    Unavailable,
)
from adapters.http import (
    ANSWER_LIMIT_BYTES,
    LONGEST_PAUSE,
    Answer,
    PartnerHttp,
    open_client,
    path_of,
)
from tests.adapters.wire import Answer as Said
from tests.adapters.wire import Request, in_turn, says, serving

SHORT = timedelta(milliseconds=300)


async def ask(
    said: Said, method: str = "POST", *, deadline: timedelta = timedelta(seconds=10)
) -> Answer:
    async with serving(in_turn(said)) as wire, open_client() as client:
        http = PartnerHttp(
            client, partner="acme", base_url=wire.url, auth="secret-token", deadline=deadline
        )
        return await http.ask(method, "/things", query={"email": "ann@example.com"})


async def failure_of(said: Said, method: str = "POST") -> PartnerFailure:
    with pytest.raises(PartnerFailure) as caught:
        await ask(said, method, deadline=SHORT)
    return caught.value


def endless() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1\r\n \r\n"


CUT = [b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"id": "1']
NOT_SAID = [b""]
HTML = says(200, b"<html>proxy</html>")
LIST = says(200, [1, 2])
HUGE = says(200, b'{"a": "' + b"x" * ANSWER_LIMIT_BYTES + b'"}')
PACKED = says(200, gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})
DEEP = says(200, b'{"a":' + b"[" * 100_000)


@pytest.mark.parametrize("status", [200, 201, 400, 404, 409, 422])
async def test_an_answer_that_can_be_judged_is_handed_on(status: int) -> None:
    assert await ask(says(status, {"id": "1"})) == Answer(status=status, body={"id": "1"})


async def test_an_empty_answer_is_an_empty_object() -> None:
    assert await ask(says(204)) == Answer(status=204, body={})


@pytest.mark.parametrize("status", [500, 502, 504, 408])
async def test_an_error_after_sending_leaves_it_unknown(status: int) -> None:
    assert type(await failure_of(says(status))) is AnswerLost


@pytest.mark.parametrize(
    "said", [None, NOT_SAID, CUT, endless()], ids=["silence", "closed", "cut", "dripping"]
)
async def test_an_answer_that_does_not_come_leaves_it_unknown(said: Said) -> None:
    assert type(await failure_of(said)) is AnswerLost


@pytest.mark.parametrize(
    "said", [HTML, LIST, HUGE, PACKED, DEEP], ids=["html", "list", "huge", "packed", "deep"]
)
async def test_a_garbled_answer_to_a_change_leaves_it_unknown(said: Said) -> None:
    assert type(await failure_of(said)) is AnswerLost


@pytest.mark.parametrize("said", [HTML, LIST, HUGE, PACKED, DEEP])
async def test_a_garbled_answer_to_a_question_is_a_defect(said: Said) -> None:
    assert type(await failure_of(said, "GET")) is Misspoken


@pytest.mark.parametrize("said", [None, NOT_SAID, CUT, says(500), says(502), says(408)])
async def test_a_question_changes_nothing_and_can_be_asked_again(said: Said) -> None:
    assert type(await failure_of(said, "GET")) is Unavailable


async def test_503_is_before_any_work() -> None:
    assert type(await failure_of(says(503))) is Unavailable


async def test_where_nobody_listens_nothing_happened() -> None:
    with socket.socket() as taken:  # bound, never listening
        taken.bind(("127.0.0.1", 0))
        async with open_client() as client:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            http = PartnerHttp(client, partner="acme", base_url=url, auth="t")
            with pytest.raises(Unavailable, match="ConnectError"):
                await http.ask("POST", "/things", body={})


@pytest.mark.parametrize("status", [401, 403])
async def test_credentials_that_are_not_accepted_need_a_person(status: int) -> None:
    assert type(await failure_of(says(status))) is Unauthorised


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    elsewhere = says(status, headers={"Location": "http://127.0.0.1:1/"})
    assert type(await failure_of(elsewhere)) is Misspoken


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("17", timedelta(seconds=17)),
        ("0", timedelta(0)),
        ("999999", LONGEST_PAUSE),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("soon", timedelta(seconds=5)),
        ("-3", timedelta(seconds=5)),
    ],
)
async def test_a_throttled_call_waits_as_long_as_it_is_told(
    retry_after: str, pause: timedelta
) -> None:
    failure = await failure_of(says(429, headers={"Retry-After": retry_after}))
    assert isinstance(failure, Throttled)
    assert failure.retry_after == pause


async def test_a_pause_until_a_date_is_counted_from_now() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    failure = await failure_of(says(429, headers={"Retry-After": until}))
    assert isinstance(failure, Throttled)
    assert timedelta(minutes=5) < failure.retry_after <= timedelta(minutes=10)


async def test_a_throttled_call_that_is_told_nothing_waits_a_little() -> None:
    failure = await failure_of(says(429))
    assert isinstance(failure, Throttled)
    assert failure.retry_after == timedelta(seconds=5)


@pytest.mark.parametrize("said", [None, CUT, HTML, says(500, {"to": "Ann"}), says(401), says(429)])
async def test_a_failure_tells_nothing_personal_and_no_secret(said: Said) -> None:
    told = str(await failure_of(said))
    assert told.startswith("acme: POST /things")
    for secret in ("secret-token", "ann@", "Ann", "proxy"):
        assert secret not in told


async def test_a_token_and_a_password_are_sent_as_they_must() -> None:
    def ok(_request: Request) -> Said:
        return says(200, {})

    async with serving(ok) as wire, open_client() as client:
        for auth in ("tok", ("key", "")):
            http = PartnerHttp(client, partner="acme", base_url=wire.url, auth=auth)
            await http.ask("POST", "/a", form={"x": "1 &", "y[z]": "é"})
    assert [sent.headers["authorization"] for sent in wire.requests] == [
        "Bearer tok",
        "Basic a2V5Og==",
    ]
    assert wire.requests[0].body == b"x=1+%26&y%5Bz%5D=%C3%A9"
    assert wire.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert wire.requests[0].headers["accept-encoding"] == "identity"


def test_a_part_of_a_path_adds_no_segment() -> None:
    assert path_of("/a/{ref}/b", ref="../x?y#z") == "/a/..%2Fx%3Fy%23z/b"


async def test_a_call_that_is_called_off_stays_called_off() -> None:
    async with serving(in_turn(None)) as wire, open_client() as client:
        http = PartnerHttp(client, partner="acme", base_url=wire.url, auth="t")
        call = asyncio.create_task(http.ask("POST", "/things", body={}))
        await wire.asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
