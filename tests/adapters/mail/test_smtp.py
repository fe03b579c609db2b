"""A message over a real SMTP server, and over one that fails at each step."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.failures import AnswerLost, Misspoken, Unauthorised, Unavailable
from activities.ports import Message, NotTaken, Paper
from adapters.documents.paper import qr_image
from adapters.mail.smtp import SmtpNotifier, message_id

MESSAGE = Message(
    step_id="notify/R-1/approved",
    to="ann@example.com",
    name="Ann Ö",
    locale="de",
    template="approved",
    facts={"return_id": "R-1", "order_id": "W-1"},
)
SENDER = "shop@merchant.example"


@dataclass
class Mailbox:
    """Takes what it is sent, or answers with the code that the test wants at a step."""

    answers: Mapping[str, str] = field(default_factory=dict)
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the name is the library's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content, policy=policy.default))
        return self.answers.get("DATA", "250 OK")


@asynccontextmanager
async def listening(factory: Any) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def notifier(port: int, *, deadline: timedelta = timedelta(seconds=10)) -> SmtpNotifier:
    return SmtpNotifier(host="127.0.0.1", port=port, sender=SENDER, deadline=deadline)


async def deliver(
    message: Message = MESSAGE, answers: Mapping[str, str] | None = None
) -> tuple[str | NotTaken, Mailbox]:
    mailbox = Mailbox(answers=answers or {})
    async with listening(lambda: SMTP(mailbox)) as port:
        return await notifier(port).deliver(message), mailbox


async def test_a_paper_goes_with_its_message_byte_for_byte() -> None:
    paper = Paper(kind="label", media_type="application/pdf", content=b"%PDF-1.4 \r\n\x00\xff")
    _, mailbox = await deliver(MESSAGE.model_copy(update={"attached": paper}))
    [mail] = mailbox.taken
    [part] = mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("label.pdf", "application/pdf")
    assert part.get_content() == paper.content
    assert mail.get_body(("plain",)) is not None


async def test_a_message_arrives_in_both_forms_and_in_the_language_of_the_customer() -> None:
    returned, mailbox = await deliver()
    [mail] = mailbox.taken
    assert mail["Message-ID"] == returned == message_id(MESSAGE.step_id, "merchant.example")
    assert mail["To"] == "Ann Ö <ann@example.com>"
    assert mail["Subject"] == "Ihre Rücksendung R-1 ist genehmigt"
    assert mail["Content-Language"] == "de"
    text, html = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert "Guten Tag Ann Ö," in text.get_content()
    assert html.get_content_type() == "text/html"


async def test_a_code_for_the_counter_is_a_picture_in_the_message() -> None:
    told = {**MESSAGE.facts, "code": "SP-4711"}
    _, at_counter = await deliver(MESSAGE.model_copy(update={"template": "label", "facts": told}))
    _, online = await deliver(MESSAGE.model_copy(update={"template": "coupon", "facts": told}))
    [label], [coupon] = at_counter.taken, online.taken
    [picture] = [part for part in label.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == qr_image("SP-4711")
    page = label.get_body(("html",))
    assert page is not None
    assert f"cid:{picture['Content-ID'].strip('<>')}" in page.get_content()
    assert not [part for part in coupon.walk() if part.get_content_maintype() == "image"]


async def test_a_second_copy_has_the_same_id_and_another_step_another() -> None:
    first, _ = await deliver()
    second, _ = await deliver()
    other, _ = await deliver(MESSAGE.model_copy(update={"step_id": "notify/R-1/label"}))
    assert first == second != other


async def test_the_id_of_a_message_tells_nothing_of_the_step() -> None:
    assert "R-1" not in message_id(MESSAGE.step_id, "merchant.example")


@pytest.mark.parametrize(
    "to", ["", "nobody", "@", "a@b\r\nBcc: c@d", "ann@exa mple.com", "ann@", "änn@example.com"]
)
async def test_what_is_no_address_is_refused_without_a_server(to: str) -> None:
    answer, mailbox = await deliver(MESSAGE.model_copy(update={"to": to}))
    assert answer == NotTaken(because="no_address")
    assert mailbox.taken == []


async def test_a_name_with_line_breaks_adds_no_header() -> None:
    name = "Ann\r\nBcc: eve@example.com"
    _, mailbox = await deliver(MESSAGE.model_copy(update={"name": name}))
    [mail] = mailbox.taken
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].addr_spec == "ann@example.com"


@pytest.mark.parametrize(
    ("step", "answer"),
    [("RCPT", "550 no such user"), ("RCPT", "552 full"), ("DATA", "554 not wanted")],
)
async def test_a_mailbox_that_will_never_take_it_is_an_answer(step: str, answer: str) -> None:
    returned, _ = await deliver(answers={step: answer})
    assert returned == NotTaken(because=answer[:3])


@pytest.mark.parametrize(
    ("step", "answer"), [("MAIL", "451 later"), ("RCPT", "450 greylisted"), ("DATA", "452 full")]
)
async def test_a_server_that_will_not_now_is_asked_again(step: str, answer: str) -> None:
    with pytest.raises(Unavailable, match=answer[:3]):
        await deliver(answers={step: answer})


async def test_a_server_that_wants_to_know_us_needs_a_person() -> None:
    with pytest.raises(Unauthorised):
        await deliver(answers={"MAIL": "530 authentication required"})


async def test_a_sender_that_they_will_not_have_is_a_defect_of_ours() -> None:
    with pytest.raises(Misspoken):
        await deliver(answers={"MAIL": "553 not your domain"})


class Stalling(asyncio.Protocol):
    """Answers up to a step as a server does, and then never, or hangs up."""

    def __init__(self, until: str, *, hang_up: bool) -> None:
        self._until, self._hang_up, self._buffer = until, hang_up, b""
        self._in_text = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._say(b"220 ready", "GREETING")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n" in self._buffer:
            line, _, self._buffer = self._buffer.partition(b"\r\n")
            self._line(line)

    def _line(self, line: bytes) -> None:
        command = line[:4].upper().decode("latin-1")
        if self._in_text:
            if line == b".":
                self._say(b"250 taken", "TEXT")
        elif command == "DATA":
            self._in_text = True
            self._say(b"354 go on", "DATA")
        else:
            self._say(b"250 OK", command)

    def _say(self, answer: bytes, step: str) -> None:
        if step != self._until:
            self._transport.write(answer + b"\r\n")
        elif self._hang_up:
            self._transport.abort()


@pytest.mark.parametrize("hang_up", [False, True], ids=["silence", "hang-up"])
@pytest.mark.parametrize(
    ("until", "failure"),
    [
        ("GREETING", Unavailable),
        ("EHLO", Unavailable),
        ("MAIL", Unavailable),
        ("RCPT", Unavailable),
        ("TEXT", AnswerLost),
    ],
)
async def test_before_the_text_nothing_happened_and_after_it_nobody_knows(
    until: str, failure: type[Exception], *, hang_up: bool
) -> None:
    async with listening(lambda: Stalling(until, hang_up=hang_up)) as port:
        with pytest.raises(failure) as caught:
            await notifier(port, deadline=timedelta(milliseconds=300)).deliver(MESSAGE)
    assert type(caught.value) is failure
    assert "ann@" not in str(caught.value)


async def test_where_no_server_listens_nothing_happened() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            await notifier(taken.getsockname()[1]).deliver(MESSAGE)
