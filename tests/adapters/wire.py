"""A partner on a real socket that says exactly what a test wants it to say."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What came over the wire; header names in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)


Answer = Iterable[bytes] | None  # None: never an answer
Handler = Callable[[Request], Answer]


@dataclass
class Wire:
    """Where the partner listens, and what it was asked."""

    url: str
    requests: list[Request] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)


def says(status: int, body: Any = None, *, headers: dict[str, str] | None = None) -> list[bytes]:
    """Answer with JSON, or with bytes as they are."""
    raw = (
        body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    )
    lines = {"Content-Length": str(len(raw)), "Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return [f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + raw]


def in_turn(*answers: Answer) -> Handler:
    """Give one answer after the other, whatever is asked."""
    rest = iter(answers)
    return lambda _request: next(rest)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Wire]:
    wire = Wire(url="")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            wire.requests.append(request)
            wire.asked.set()
            answer = handler(request)
            if answer is None:
                await reader.read()  # until the other side gives up
                return
            for part in answer:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)  # an endless answer leaves others their turn
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has left
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, target=target, headers=headers, body=body)
