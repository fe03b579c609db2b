"""E-mail over SMTP: at least once, under an id by which a mailbox drops a second copy.

SMTP has no way to ask whether a message was taken. Until the text is sent nothing has
happened; from then on a silence may mean that it was accepted.
"""

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from activities.failures import AnswerLost, Misspoken, Unauthorised, Unavailable
from activities.ports import Capabilities, Message, NotTaken
from adapters.documents.paper import qr_image
from adapters.mail.rendering import Renderer, Writer
from adapters.telemetry.doors import partner_call

DEFAULT_DEADLINE = timedelta(seconds=30)
SEVEN_BIT = SMTP.clone(cte_type="7bit")  # what every server takes
PERMANENT = 500  # RFC 5321, 4.2.1: 5xx is final, 4xx may be tried again
NOT_AUTHENTICATED = frozenset({530, 534, 535, 538})  # RFC 4954, 6

PICTURE = "code"  # of the page that shows it, in the same message

_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    username: str | None
    password: str | None
    tls: ssl.SSLContext | None


class SmtpNotifier:
    """Keeps `activities.ports.Notifier`."""

    capabilities = Capabilities(idempotency="none", final_answer="immediate")

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        renderer: Writer | None = None,
        username: str | None = None,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Send as `sender` (`shop@example.com`) through one server.

        With `tls`, which says how to trust it, the server must speak TLS from the first byte
        on. Without, STARTTLS is used wherever the server offers it.
        """
        self._server = _Server(host=host, port=port, username=username, password=password, tls=tls)
        self._sender = Address(addr_spec=sender)
        self._renderer = renderer or Renderer()
        self._deadline_s = deadline.total_seconds()

    async def deliver(self, message: Message) -> str | NotTaken:
        """Hand the message to the mail server.

        Returns:
            Its `Message-ID`, the same for every copy of the step; or why not, if the address is
            none or the server will never take it for that recipient.

        Raises:
            Unavailable: It was not handed over.
            AnswerLost: It may have been: sending it again may make a second copy.
            Unauthorised: The server does not accept our credentials.
            Misspoken: The server does not understand our side of the protocol.
        """
        email = self._compose(message)
        if email is None:
            return NotTaken(because="no_address")
        with partner_call("smtp", "deliver") as told:
            said = await self._handed_over(email, message.to)
            told.outcome = "refused" if isinstance(said, NotTaken) else "done"
            return said

    async def _handed_over(self, email: EmailMessage, to: str) -> str | NotTaken:
        sent = False
        try:
            async with asyncio.timeout(self._deadline_s), self._connected() as server:
                await server.mail(self._sender.addr_spec)
                await server.rcpt(to)
                sent = True
                await server.data(email.as_bytes())
        except aiosmtplib.SMTPResponseException as refusal:
            return _judge(refusal)
        except (TimeoutError, aiosmtplib.SMTPException, OSError) as lost:
            failed = AnswerLost if sent else Unavailable
            raise failed(f"smtp: no answer ({type(lost).__name__})") from lost
        return str(email["Message-ID"])

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        to = self._server
        server = aiosmtplib.SMTP(
            hostname=to.host,
            port=to.port,
            username=to.username,
            password=to.password,
            use_tls=to.tls is not None,
            tls_context=to.tls,
            timeout=self._deadline_s,
        )
        await server.connect()
        try:
            yield server
        finally:
            server.close()  # without QUIT: its answer could change nothing any more

    def _compose(self, message: Message) -> EmailMessage | None:
        recipient = _address(message)
        if recipient is None:
            return None
        rendered = self._renderer.render(
            message.template,
            locale=message.locale,
            name=message.name,
            facts=message.facts,
            picture=lambda _code: f"cid:{PICTURE}",
        )
        email = EmailMessage(policy=SEVEN_BIT)
        email["Message-ID"] = message_id(message.step_id, self._sender.domain)
        email["Date"] = format_datetime(datetime.now(UTC))
        email["From"] = self._sender
        email["To"] = recipient
        email["Subject"] = _LINE_BREAKS.sub(" ", rendered.subject)
        email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
        email["X-Backhaul-Step"] = _LINE_BREAKS.sub(" ", message.step_id)
        email["X-Backhaul-Template"] = message.template
        email["X-Backhaul-Locale"] = rendered.language
        email.set_content(rendered.text)
        email.add_alternative(rendered.html, subtype="html")
        page = email.get_body(("html",))
        if rendered.pictured and page is not None:
            picture = qr_image(rendered.pictured)
            page.add_related(picture, "image", "png", cid=f"<{PICTURE}>", filename="code.png")
        if message.attached is not None:
            kind, _, form = message.attached.media_type.partition("/")
            name = f"{message.attached.kind}.{form}"
            email.add_attachment(message.attached.content, kind, form, filename=name)
        email["Content-Language"] = rendered.language  # last: the parts would take it along
        return email


def message_id(step_id: str, domain: str) -> str:
    """Make the id of a step's message: the same for each copy, and telling nothing of the step."""
    digest = hashlib.sha256(step_id.encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def _address(message: Message) -> Address | None:
    """Read the recipient; what is no address reaches nobody, and no header either."""
    name = _LINE_BREAKS.sub(" ", message.name).strip()
    try:
        address = Address(display_name=name, addr_spec=message.to)
    except (ValueError, IndexError, HeaderParseError):
        return None
    is_plain = message.to.isascii() and not _LINE_BREAKS.search(message.to)
    return address if address.domain and is_plain else None


def _judge(refusal: aiosmtplib.SMTPResponseException) -> NotTaken:
    """Tell a mailbox that will never take it from a server that will not now."""
    said = f"smtp: answered {refusal.code}"
    if isinstance(refusal, aiosmtplib.SMTPAuthenticationError):
        raise Unauthorised(said) from refusal
    if refusal.code in NOT_AUTHENTICATED:
        raise Unauthorised(said) from refusal
    if refusal.code < PERMANENT:
        raise Unavailable(said) from refusal
    if isinstance(refusal, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        return NotTaken(because=str(refusal.code))
    raise Misspoken(said) from refusal
