"""Somebody who takes webhooks, in this process, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox_process import free_port

PATIENCE_S = 15.0


@dataclass(frozen=True)
class Delivery:
    """One request that came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.raw)
        return read

    @property
    def kind(self) -> str:
        """Say what it tells, whoever sent it."""
        return str(self.body.get("description") or self.body["type"])


@dataclass
class Receiver:
    """Answers with the `refusals` first, one each, then takes everything."""

    url: str
    refusals: list[int] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    refused: list[Delivery] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def kinds(self) -> list[str]:
        return [delivery.kind for delivery in self.deliveries]

    async def until(self, count: int) -> list[Delivery]:
        """Wait until so many were taken."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(lambda: len(self.deliveries) >= count)
        return self.deliveries

    async def take(self, delivery: Delivery) -> int:
        async with self._came:
            status = self.refusals.pop(0) if self.refusals else 200
            (self.deliveries if status == 200 else self.refused).append(delivery)
            self._came.notify_all()
        return status

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request after the other from a connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().rstrip().split("\r\n")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in lines)
                }
                raw = await reader.readexactly(int(headers["content-length"]))
                status = await self.take(Delivery(first.split(" ")[1], headers, raw))
                writer.write(f"HTTP/1.1 {status} -\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening_receiver() -> AsyncIterator[Receiver]:
    """Listen under `/hooks/{provider}/{account}` of its `url`."""
    port = free_port()
    receiver = Receiver(url=f"http://127.0.0.1:{port}/hooks")
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", port)
    try:
        yield receiver
    finally:
        server.close()
