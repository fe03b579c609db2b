"""Bodies as they were sent: bounded in size and time before anything of them is read."""

import asyncio
import json
from typing import Any, TypeVar

from fastapi import Request

from api.problems import Problem, or_problem, refusal
from domain.model import Value
from domain.returns.doors import BODY_LIMIT, read_as, unfit

SLOWEST_S = 10.0

Wish = TypeVar("Wish", bound=Value)


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read the body; one that is too large, or does not come to its end, is not waited for.

    Raises:
        Problem: 413: it is larger than `limit` bytes; 408: it takes too long to come.
    """
    too_large = Problem(413, "too_large", f"body: at most {limit} bytes are taken", path="body")
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise too_large
    raw = bytearray()
    try:
        async with asyncio.timeout(SLOWEST_S):
            async for part in request.stream():
                raw += part
                if len(raw) > limit:
                    raise too_large
    except TimeoutError as slow:
        raise Problem(408, "too_slow", f"body: expected within {SLOWEST_S:g} s") from slow
    return bytes(raw)


async def read_object(request: Request) -> dict[str, Any]:
    """Read a JSON object, each key once, not nested without end."""
    raw = await read_body(request)
    refused = unfit(raw)
    if refused is not None:
        raise refusal(refused.code, refused.because)
    read: dict[str, Any] = json.loads(raw)
    return read


async def read_wish(shape: type[Wish], request: Request) -> Wish:
    """Read a JSON object of a shape.

    Raises:
        Problem: 400: it is none; what does not fit is named.
    """
    return or_problem(read_as(shape, await read_body(request)))
