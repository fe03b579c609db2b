"""The customers' mailboxes: an SMTP server that drops a second copy by its Message-ID."""

import asyncio
import hashlib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Arrival, Fault, Stage, delay_of
from sandbox.wire import Json, digest, tokens
from sandbox.world import World

STAGES: tuple[Stage, ...] = ("delay", "answer")
SIZE_LIMIT_BYTES = 4 * 1024 * 1024
TAKEN = "250 OK"
NOT_NOW = {
    "refuse_before": "421 4.3.2 Service not available",
    "throttle": "450 4.7.1 Too many messages",
    "throttle_bare": "450 4.7.1 Too many messages",
    "500_before": "451 4.3.0 Local error",
    "500_stored": "451 4.3.0 Local error",
}
GONE = "@gone.example"
BROKEN = "451 4.3.0 Local error"


class Mailboxes:
    """Handler of the SMTP server; a mailbox can be full or closed by a fault."""

    def __init__(self, world: World) -> None:
        self._world = world

    def server(self) -> SMTP:
        """Make the protocol of one connection."""
        return SMTP(self, data_size_limit=SIZE_LIMIT_BYTES, hostname="mail.sandbox.example")

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Know whom there is: nobody lives at `gone.example`."""
        if address.endswith(GONE):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a message, unless something goes wrong before or after."""
        message = _read(envelope)
        key = str(message["Message-ID"] or "-")
        with self._world.books.transaction():
            step = str(message["X-Backhaul-Step"] or "")
            arrival = Arrival("mail", "message", key, STAGES, about=(step, *tokens(step)))
            found = self._world.faults.arrive(arrival)
        if "delay" in found:
            await asyncio.sleep(delay_of(found["delay"], "message"))
        fault = found.get("answer")
        if fault is not None and fault.name in NOT_NOW:
            return NOT_NOW[fault.name]
        with self._world.books.transaction():
            self._take(message, envelope)
        return await self._answered(server, fault)

    def _take(self, message: EmailMessage, envelope: Envelope) -> None:
        """Put the message into the mailbox; a second copy is counted and dropped."""
        books, now = self._world.books, self._world.clock.now()
        message_id = str(message["Message-ID"] or f"<{digest(envelope.content)}@unknown>")
        known = books.get("mail", message_id)
        if known is not None:
            books.change("mail", message_id, {**known, "copies": known["copies"] + 1})
            return
        row = {
            "message_id": message_id,
            "to": ", ".join(envelope.rcpt_tos),
            "subject": str(message["Subject"] or ""),
            "template": str(message["X-Backhaul-Template"] or ""),
            "step_id": str(message["X-Backhaul-Step"] or ""),
            "locale": str(message["X-Backhaul-Locale"] or message["Content-Language"] or ""),
        }
        books.book("mail", now, **row)
        body = {**row, "copies": 1, "text": _text(message), "attached": _attached(message)}
        books.put("mail", message_id, body, reference=row["step_id"], family=row["to"])

    async def _answered(self, server: SMTP, fault: Fault | None) -> str:
        match fault.name if fault is not None else "":
            case "500_after":
                return BROKEN
            case "silence_after":
                await asyncio.Event().wait()  # until the client hangs up
                return TAKEN
            case "cut_after":
                if server.transport is not None:
                    server.transport.close()
                return TAKEN
            case _:
                return TAKEN


def messages(world: World, to: str) -> list[Json]:
    """Give the messages of one mailbox, or with an empty `to` of all, with their texts."""
    return world.books.by_family("mail", to) if to else world.books.every("mail")


def _read(envelope: Envelope) -> EmailMessage:
    raw = envelope.original_content or b""
    message = message_from_bytes(raw, policy=modern)
    if not isinstance(message, EmailMessage):
        raise TypeError("expected the modern policy's message")
    return message


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()) if part is not None else ""


def _attached(message: EmailMessage) -> list[Json]:
    return [
        {
            "name": part.get_filename(),
            "media_type": part.get_content_type(),
            "sha256": hashlib.sha256(part.get_content()).hexdigest(),
        }
        for part in message.iter_attachments()
    ]
