"""A body as it was sent, up to a limit."""

from fastapi import Request

from api.problems import Problem

BODY_LIMIT = 65_536


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read the body as it was sent; one that is too large is not read to its end.

    Raises:
        Problem: It is larger than `limit` bytes.
    """
    too_large = Problem(413, "too_large", f"body: at most {limit} bytes are taken", path="body")
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise too_large
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > limit:
            raise too_large
    return bytes(raw)
