"""One way to talk HTTP to a partner: authenticated, bounded in time and size, never logged.

What an adapter gets back is an answer it can judge (2xx, or a 4xx that may be a no).
Everything that is no answer is raised as one of `activities.failures`, told apart by
what the next attempt may do. No message carries a body, a query or a header: they hold
addresses and credentials.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from activities.failures import (
    AnswerLost,
    Misspoken,
    PartnerFailure,
    Throttled,
    Unauthorised,
    Unavailable,
)
from adapters.credentials import way_in
from adapters.telemetry.doors import operation_of, partner_call

ANSWER_LIMIT_BYTES = 1024 * 1024
FILE_LIMIT_BYTES = 64 * 1024 * 1024
CONNECT_TIMEOUT_S = 5.0
DEFAULT_DEADLINE = timedelta(seconds=20)
DEFAULT_PAUSE = timedelta(seconds=5)  # after a 429 that does not say how long
LONGEST_PAUSE = timedelta(hours=1)

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_READS = frozenset({"GET", "HEAD"})


class TheirObject(BaseModel):
    """Something a partner sends; what we do not use of it may be anything."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Theirs = TypeVar("Theirs", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """What a partner said: its status, and the JSON object it sent (empty when it sent none)."""

    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        return self.status < httpx2.codes.BAD_REQUEST

    def read(self, shape: type[Theirs]) -> Theirs:
        """Read the body as one of their objects.

        Raises:
            Misspoken: A field is missing or of another type; says which, never its value.
        """
        try:
            return shape.model_validate(self.body)
        except ValidationError as misfit:
            fields = sorted({".".join(map(str, error["loc"])) for error in misfit.errors()})
            raise Misspoken(f"their {shape.__name__} does not fit: {', '.join(fields)}") from None


def open_client(*, proxy: str | None = None) -> httpx2.AsyncClient:
    """Open the connections that every partner shares; `proxy` is the way out, where one is used.

    Nothing is read from the environment, no redirect is followed, and answers come
    uncompressed: a few bytes must not unpack into a gigabyte.
    """
    return httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity", "User-Agent": "backhaul"},
        timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S, pool=CONNECT_TIMEOUT_S),
        follow_redirects=False,
        trust_env=False,
        proxy=proxy,
    )


def unexpected(call: str, answer: Answer, code: object) -> Misspoken:
    """Say that a partner refused in words we have no answer for: a defect to look into."""
    return Misspoken(f"{call}: answered {answer.status} {printable_code(code)}")


def path_of(template: str, **parts: str) -> str:
    """Fill in a path; a part from outside never adds a segment or a query."""
    return template.format(**{name: quote(part, safe="") for name, part in parts.items()})


def printable_code(code: object) -> str:
    """Keep a partner's code if it is one; their prose may hold an address and stays with them."""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "unknown"


class PartnerHttp:
    """A connection to one partner: its address, our credentials, a deadline for each call."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        partner: str,
        base_url: str,
        auth: tuple[str, str] | str | httpx2.Auth,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect as `auth`: a bearer token, a name and a password, or in their own way."""
        self._client = client
        self._partner = partner
        self._base_url = base_url.rstrip("/")
        self._auth = way_in(auth)
        self._deadline_s = deadline.total_seconds()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, at most once, and give back what they answered.

        The deadline covers the whole call: a server that sends a byte now and then
        never runs into a timeout per read.

        Raises:
            Unavailable: Nothing happened over there; also for every failure of a read.
            AnswerLost: It was sent and may have happened.
            Throttled: They name a pause (429).
            Unauthorised: They do not know us, or we may not.
            Misspoken: A redirect, or an answer to a read that is no JSON object.
        """
        call = f"{self._partner}: {method} {path}"
        request = self._client.build_request(
            method,
            self._base_url + path,
            params=query,
            content=urlencode(form) if form is not None else None,
            json=body,
            headers=_headers(form, headers),
        )
        is_read = method in _READS
        status, raw = await self._sent(call, request, is_read=is_read, limit=ANSWER_LIMIT_BYTES)
        return Answer(status=status, body=_object(call, status, raw, is_read=is_read))

    async def download(self, path: str) -> str | None:
        """Fetch a file of text; None where there is no such file.

        Raises:
            Unavailable: They did not give it.
            Throttled: They name a pause (429).
            Unauthorised: They do not know us, or we may not.
            Misspoken: It is too large, or no text.
        """
        call = f"{self._partner}: GET {path}"
        request = self._client.build_request("GET", self._base_url + path)
        status, raw = await self._sent(call, request, is_read=True, limit=FILE_LIMIT_BYTES)
        if status == httpx2.codes.NOT_FOUND:
            return None
        try:
            text = None if raw is None else raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None or status >= httpx2.codes.BAD_REQUEST:
            raise Misspoken(f"{call}: answered {status} with no file of ours")
        return text

    async def _sent(
        self, call: str, request: httpx2.Request, *, is_read: bool, limit: int
    ) -> tuple[int, bytes | None]:
        """Send once; give back the status and the raw body, or None if it is no body for us."""
        with partner_call(self._partner, operation_of(request.method, request.url.path)) as told:
            status, raw = await self._sent_once(call, request, is_read=is_read, limit=limit)
            told.answered(status)
            return status, raw

    async def _sent_once(
        self, call: str, request: httpx2.Request, *, is_read: bool, limit: int
    ) -> tuple[int, bytes | None]:
        try:
            async with asyncio.timeout(self._deadline_s):
                status, pause, raw = await self._exchange(request, limit)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as nobody:
            raise Unavailable(f"{call}: no connection ({type(nobody).__name__})") from nobody
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as ours:
            raise Misspoken(f"{call}: cannot be sent ({type(ours).__name__})") from ours
        except (TimeoutError, httpx2.TransportError) as lost:
            failed = Unavailable if is_read else AnswerLost
            raise failed(f"{call}: no answer ({type(lost).__name__})") from lost
        failure = _failure(call, status, pause, is_read=is_read)
        if failure is not None:
            raise failure
        return status, raw

    async def _exchange(self, request: httpx2.Request, limit: int) -> tuple[int, str, bytes | None]:
        """Give back status, `Retry-After` and the raw body, or None if it is no body for us."""
        response = await self._client.send(request, auth=self._auth, stream=True)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                return response.status_code, "", None
            raw = bytearray()
            async for chunk in response.aiter_raw():
                raw += chunk
                if len(raw) > limit:
                    return response.status_code, "", None
            return response.status_code, response.headers.get("retry-after", ""), bytes(raw)
        finally:
            await response.aclose()


def _headers(form: Mapping[str, str] | None, headers: Mapping[str, str] | None) -> dict[str, str]:
    encoded = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    return encoded | dict(headers or {})


def _failure(call: str, status: int, pause: str, *, is_read: bool) -> PartnerFailure | None:
    """Say which failure a status is by itself; None where the adapter has to read the body.

    Only a 503 is taken for "before any work". A 502 comes from something in between, which
    cannot know what the machine behind it did.
    """
    said = f"{call}: answered {status}"
    match status:
        case 401 | 403:
            return Unauthorised(said)
        case 429:
            return Throttled(said, _pause(pause))
        case 425 | 503:
            return Unavailable(said)
        case 408:
            return Unavailable(said) if is_read else AnswerLost(said)
        case _ if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            return Unavailable(said) if is_read else AnswerLost(said)
        case _ if httpx2.codes.is_redirect(status):
            return Misspoken(said)
        case _:
            return None


def _pause(retry_after: str) -> timedelta:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3), never longer than an hour."""
    if retry_after.isdecimal():
        asked = timedelta(seconds=min(int(retry_after), LONGEST_PAUSE.total_seconds()))
    else:
        try:
            asked = parsedate_to_datetime(retry_after) - datetime.now(UTC)
        except (ValueError, TypeError):
            asked = DEFAULT_PAUSE
    return max(timedelta(0), min(asked, LONGEST_PAUSE))


def _object(call: str, status: int, raw: bytes | None, *, is_read: bool) -> dict[str, Any]:
    """Read the JSON object of an answer; a change they made before they garbled it stays made."""
    if raw == b"":
        return {}
    try:
        body = None if raw is None else json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    garbled = f"{call}: answered {status} with something that is no JSON object of ours"
    if is_read or status >= httpx2.codes.BAD_REQUEST:
        raise Misspoken(garbled)
    raise AnswerLost(garbled)
