"""Fetching a label from where its carrier keeps it: only from hosts that are known, and bounded."""

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit

import httpx2

from activities.failures import Misspoken, Unavailable
from adapters.documents.store import Document

LIMIT_BYTES = 5 * 1024 * 1024
DEADLINE_S = 10.0
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png"}


async def fetch_label(client: httpx2.AsyncClient, url: str, hosts: Collection[str]) -> Document:
    """Fetch a PDF or a PNG.

    Args:
        client: Follows no redirect.
        url: As the carrier said it.
        hosts: Names, with their ports where those are not the usual ones, that may be asked.

    Raises:
        Misspoken: The host is not known, or what came is no label.
        Unavailable: Nobody gave it.
    """
    where = urlsplit(url)
    local = where.hostname in {"127.0.0.1", "localhost"}
    if where.netloc not in hosts or (where.scheme != "https" and not local):
        raise Misspoken("label: its address is not one of a carrier's")
    try:
        async with asyncio.timeout(DEADLINE_S), client.stream("GET", url) as response:
            if not response.is_success:
                raise Unavailable(f"label: answered {response.status_code}")
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > LIMIT_BYTES:
                    raise Misspoken("label: is too large")
    except (TimeoutError, httpx2.TransportError) as lost:
        raise Unavailable(f"label: no answer ({type(lost).__name__})") from lost
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return Document(media_type, bytes(content))
    raise Misspoken("label: is neither a PDF nor a PNG")
