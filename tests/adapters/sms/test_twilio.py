"""Texts over Twilio, in their words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import pytest

from activities.failures import Misspoken, Throttled, Unauthorised
from activities.ports import Message
from adapters.http import open_client
from adapters.sms.twilio import TwilioSms, mark_of, number_of
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

MESSAGE = Message(
    step_id="acme:R-1:notice:N1",
    to="0049 151 234-567 89",
    name="Ann Ö",
    locale="de",
    template="refund_sent",
    facts={"return_id": "R-1", "order_id": "W-1", "amount": "10.85 EUR"},
)
NONE_YET = says(200, {"messages": []})
SENT = says(201, {"sid": "SM1", "body": "…", "status": "queued"})


@asynccontextmanager
async def twilio(
    handler: Handler, sender: str = "+15005550006"
) -> AsyncIterator[tuple[TwilioSms, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        told_at = "https://shop.example/told"
        yield (
            TwilioSms(
                client, base_url=wire.url, api_key="AC1:token", sender=sender, told_at=told_at
            ),
            wire,
        )


async def test_a_text_is_sent_to_the_number_with_its_country_and_ends_with_its_mark() -> None:
    async with twilio(in_turn(NONE_YET, SENT)) as (sms, wire):
        assert await sms.deliver(MESSAGE) == "SM1"
    look, sent = wire.requests
    assert (look.method, sent.method) == ("GET", "POST")
    assert look.path == sent.path == "/2010-04-01/Accounts/AC1/Messages.json"
    form = {name: values[0] for name, values in parse_qs(sent.body.decode()).items()}
    assert form["To"] == "+4915123456789"
    assert form["From"] == "+15005550006"
    assert form["Body"].endswith(f"\n{mark_of(MESSAGE.step_id)}")
    assert form["StatusCallback"] == "https://shop.example/told?step=acme%3AR-1%3Anotice%3AN1"


async def test_a_messaging_service_picks_the_number_by_itself() -> None:
    async with twilio(in_turn(NONE_YET, SENT), sender="MG1") as (sms, wire):
        await sms.deliver(MESSAGE)
    form = parse_qs(wire.requests[1].body.decode())
    assert form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in form


async def test_a_text_that_ends_with_the_mark_was_sent_already() -> None:
    others = {"sid": "SM0", "body": "something of others"}
    ours = {"sid": "SM7", "body": f"Ihre Erstattung\n{mark_of(MESSAGE.step_id)}"}
    listed = says(200, {"messages": [others, {"sid": "SM1", "body": None}, ours]})
    async with twilio(in_turn(listed)) as (sms, wire):
        assert await sms.deliver(MESSAGE) == "SM7"
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (says(400, {"code": 20429, "message": "Too Many Requests", "status": 429}), Throttled),
        (says(400, {"code": 21606, "message": "not a number of yours"}), Misspoken),
        (says(401, {"code": 20003, "message": "Authenticate"}), Unauthorised),
    ],
)
async def test_what_they_say_is_told_apart_by_what_the_next_attempt_may_do(
    said: list[bytes], failure: type[Exception]
) -> None:
    async with twilio(in_turn(NONE_YET, said)) as (sms, _):
        with pytest.raises(failure) as failed:
            await sms.deliver(MESSAGE)
    assert "4915123456789" not in str(failed.value)


def test_the_mark_follows_from_the_step_and_tells_nothing_of_it() -> None:
    assert mark_of("acme:R-1:notice:N1") == mark_of("acme:R-1:notice:N1")
    assert mark_of("acme:R-1:notice:N1") != mark_of("acme:R-1:notice:N2")
    assert len(mark_of("x" * 200)) == len("[12345678]")


@pytest.mark.parametrize(
    "phone", ["+1\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "0612345678", "+0123456789"]
)
def test_a_number_is_plain_digits_with_its_country_or_none(phone: str) -> None:
    assert number_of("+33 1 23 45 67 89") == "+33123456789"
    assert number_of("0033 123456789") == "+33123456789"
    assert number_of(phone) is None
