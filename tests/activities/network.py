"""A piece of network between a worker and the database, which can lose an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Network:
    """Carries everything; of a connection that is `cut`, the next answer gets lost, and it ends.

    A connection is known by its port at the database's end, as `pg_stat_activity` has it.
    """

    def __init__(self, database_url: str) -> None:
        self._url = urlsplit(database_url)
        self._cut: set[int] = set()
        self.answers_lost = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        """Give the address of the database at this end."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            port = server.sockets[0].getsockname()[1]
            who, _, _ = self._url.netloc.rpartition("@")
            yield self._url._replace(netloc=f"{who}@127.0.0.1:{port}").geturl()
        finally:
            server.close()

    def cut(self, port: int) -> None:
        self._cut.add(port)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, to_them = await asyncio.open_connection(self._url.hostname, self._url.port)
        port: int = to_them.get_extra_info("sockname")[1]
        asking = asyncio.create_task(_pass(reader, to_them))
        while chunk := await _read(theirs):
            if port in self._cut:
                self._cut.remove(port)
                self.answers_lost += 1
                break
            writer.write(chunk)
        writer.close()
        to_them.close()
        await asking


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await _read(source):
        sink.write(chunk)
    sink.close()


async def _read(source: asyncio.StreamReader) -> bytes:
    try:
        return await source.read(65_536)
    except ConnectionError:
        return b""
