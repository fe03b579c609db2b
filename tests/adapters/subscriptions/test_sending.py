"""One message to one endpoint, over a real socket: signed by the standard, judged by its status."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.subscriptions.reach import Reach
from adapters.subscriptions.sending import Sender
from domain.subscriptions.words import Attempt, Endpoint
from tests.receiver import Receiver, receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLDER = "whsec_plJ3nmyCDGBKInavdOK15jsl3nmyCDGB"
FOREIGN = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
HERE = Reach(loopback=True)
BODY = '{"said": "grüße"}'.encode()


async def sent(
    receiver: Receiver, *secrets: str, deadline: timedelta = timedelta(seconds=5)
) -> Attempt:
    endpoint = Endpoint(url=receiver.url, secrets=secrets or (SECRET,))
    async with Sender(HERE, deadline=deadline).line(endpoint) as line:
        return await line.send("msg_1", BODY)


async def test_a_message_comes_as_it_was_written_and_the_standards_library_takes_it() -> None:
    async with receiving() as receiver:
        assert (await sent(receiver)).taken
        [message] = receiver.got
        assert message.raw == BODY
        assert message.id == "msg_1"
        assert message.headers["content-type"].startswith("application/cloudevents+json")
        assert message.is_signed_by(SECRET)
        assert not message.is_signed_by(FOREIGN)


async def test_while_a_secret_retires_one_message_is_signed_by_both() -> None:
    async with receiving() as receiver:
        await sent(receiver, SECRET, OLDER)
        [message] = receiver.got
        assert message.is_signed_by(SECRET)
        assert message.is_signed_by(OLDER)
        assert [part[:3] for part in message.headers["webhook-signature"].split()] == ["v1,", "v1,"]


@pytest.mark.parametrize(
    ("said", "taken", "gone"),
    [
        ("200 OK", True, False),
        ("202 Accepted", True, False),
        ("400 Bad Request", False, False),
        ("410 Gone", False, True),
        ("500 Oops", False, False),
    ],
)
async def test_only_a_2xx_takes_it(said: str, taken: bool, gone: bool) -> None:  # noqa: FBT001 of the table
    async with receiving() as receiver:
        receiver.answer = lambda _: said
        attempt = await sent(receiver)
        assert (attempt.taken, attempt.gone) == (taken, gone)
        assert attempt.status == int(said[:3])


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as elsewhere, receiving() as receiver:
        receiver.answer = lambda _: f"307 Temporary Redirect\r\nlocation: {elsewhere.url}"
        attempt = await sent(receiver)
        assert (attempt.status, attempt.taken) == (307, False)
        assert "not followed" in attempt.problem
        assert elsewhere.connections == 0


async def test_who_hangs_is_not_waited_for() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: None
        attempt = await sent(receiver, deadline=timedelta(seconds=0.2))
        assert (attempt.status, attempt.problem) == (0, "no answer within 0.2 s")


async def test_a_long_answer_is_not_read_to_its_end_and_none_of_it_is_kept() -> None:
    async with receiving() as receiver:
        receiver.body = b"x" * 10_000_000
        attempt = await sent(receiver)
        assert attempt == Attempt(status=204, problem="")


async def test_nobody_there_is_a_problem_and_no_answer() -> None:
    async with receiving() as receiver:
        pass
    attempt = await sent(receiver)
    assert (attempt.status, attempt.problem) == (0, "no connection (ConnectError)")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("99999999999999999999", 10**7), ("soon", None), ("", None), ("-5", None)],
)
async def test_retry_after_is_read_in_seconds(said: str, seconds: int | None) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: f"503 Busy\r\nretry-after: {said}"
        assert (await sent(receiver)).retry_after_s == seconds


async def test_retry_after_is_read_as_a_date() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with receiving() as receiver:
        receiver.answer = lambda _: f"503 Busy\r\nretry-after: {format_datetime(later)}"
        seconds = (await sent(receiver)).retry_after_s
        assert seconds is not None
        assert 3_500 < seconds <= 3_600


async def test_an_endpoint_of_this_machine_is_not_called_unless_that_is_set() -> None:
    async with receiving() as receiver:
        async with Sender(Reach()).line(Endpoint(url=receiver.url, secrets=(SECRET,))) as line:
            attempt = await line.send("msg_1", BODY)
        assert attempt.problem == "url: expected https://"
        assert receiver.connections == 0
