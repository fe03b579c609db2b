"""A merchant's own server, on a socket: it keeps what it is sent, and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.engine import eventually


@dataclass(frozen=True)
class Sent:
    """One message, as it came."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.raw)
        return told

    def is_signed_by(self, secret: str) -> bool:
        """Whether the standard's own library takes it for genuine."""
        with suppress(WebhookVerificationError):
            Webhook(secret).verify(self.raw, dict(self.headers))
            return True
        return False


Answering = Callable[[Sent], str | None]
"""Gives the status line and the headers to answer with; none: it hangs."""


def fine(_sent: Sent) -> str | None:
    return "204 No Content"


@dataclass
class Receiver:
    """What came in, in the order in which it came; `answer` may be changed at any time."""

    url: str = ""
    answer: Answering = fine
    body: bytes = b""
    got: list[Sent] = field(default_factory=list)
    connections: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def until(self, count: int) -> list[Sent]:
        """Wait until so many messages have come."""

        async def come() -> bool:
            return len(self.got) >= count

        await eventually(come, f"got {count} messages")
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take messages on one connection until the other side ends it."""
        self.connections += 1
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.got.append(sent := await _read(reader))
                said = self.answer(sent)
                if said is None:
                    await reader.read()
                    break
                head = f"HTTP/1.1 {said}\r\ncontent-length: {len(self.body)}\r\n\r\n"
                writer.write(head.encode() + self.body)
                await writer.drain()
        writer.close()

    async def end(self) -> None:
        """Let go of every connection."""
        for writer in self.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Sent:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Sent(first.split(" ")[1], headers, raw)


@asynccontextmanager
async def receiving(tls: SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Listen on a port of this machine."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http{'s' if tls else ''}://127.0.0.1:{port}/backhaul"
    try:
        yield receiver
    finally:
        server.close()
        await receiver.end()
