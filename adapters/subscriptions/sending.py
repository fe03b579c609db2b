"""Sends one message to one endpoint: signed by Standard Webhooks, judged by the status alone.

Of the answer's body nothing is kept. No redirect is followed, no proxy and no cookie used.
Scheme: github.com/standard-webhooks/standard-webhooks, "Signature scheme".
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore2
from standardwebhooks.webhooks import Webhook

from adapters.subscriptions.reach import Forbidden, GuardedBackend, Reach, Resolve
from domain.subscriptions.cloud_event import MEDIA_TYPE
from domain.subscriptions.words import Attempt, Endpoint

DEADLINE = timedelta(seconds=15)
"""For one message: name, connection, TLS and status together."""

ANSWER_BYTES = 64 * 1024
"""Of an answer so much is read and thrown away, so that the connection can be used again."""

AT_ONCE = 8
"""Connections to one endpoint."""

_LONGEST_SAID_S = 10**7


def machine_clock() -> datetime:
    """Give the time that receivers compare signatures with."""
    return datetime.now(UTC)


class Line:
    """Open to one endpoint."""

    def __init__(
        self,
        pool: httpcore2.AsyncConnectionPool,
        reach: Reach,
        endpoint: Endpoint,
        deadline_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._reach = reach
        self._endpoint = endpoint
        self._deadline_s = deadline_s
        self._now = now

    async def send(self, message_id: str, body: bytes) -> Attempt:
        """Send a message once, signed by every live secret.

        Args:
            message_id: The same at every attempt: by it a receiver knows a second copy.
            body: Its JSON.
        """
        headers = signed(message_id, body, self._endpoint.secrets, self._now())
        try:
            self._reach.check_url(self._endpoint.url)
            async with asyncio.timeout(self._deadline_s):
                return await self._exchange(headers, body)
        except Forbidden as forbidden:
            return Attempt(status=0, problem=str(forbidden))
        except TimeoutError:
            return Attempt(status=0, problem=f"no answer within {self._deadline_s:g} s")
        except (httpcore2.TimeoutException, httpcore2.NetworkError, OSError) as lost:
            return Attempt(status=0, problem=f"no connection ({_kind(lost)})")
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as odd:
            return Attempt(status=0, problem=f"no HTTP ({_kind(odd)})")

    async def _exchange(self, headers: list[tuple[str, str]], body: bytes) -> Attempt:
        async with self._pool.stream(
            "POST", self._endpoint.url, headers=headers, content=body
        ) as answer:
            read = 0
            if not _says_more_than(answer, ANSWER_BYTES):
                async for part in answer.aiter_stream():
                    read += len(part)
                    if read > ANSWER_BYTES:
                        break
            return Attempt(
                status=answer.status,
                problem="" if answer.status // 100 == 2 else _said(answer.status),
                retry_after_s=_retry_after_s(_header(answer, b"retry-after"), self._now()),
            )


class Sender:
    """Opens lines to endpoints, each with connections of its own: one that hangs holds up itself."""

    def __init__(
        self,
        reach: Reach,
        *,
        deadline: timedelta = DEADLINE,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = machine_clock,
    ) -> None:
        """Send within `reach`; `resolve` and `trust` stand in for the machine's own."""
        self._reach = reach
        self._deadline_s = deadline.total_seconds()
        self._resolve = resolve
        self._trust = trust
        self._now = now

    @asynccontextmanager
    async def line(self, endpoint: Endpoint) -> AsyncIterator[Line]:
        """Open a line; nothing is connected before the first message."""
        async with httpcore2.AsyncConnectionPool(
            ssl_context=self._trust,
            max_connections=AT_ONCE,
            network_backend=GuardedBackend(self._reach, self._resolve),
        ) as pool:
            yield Line(pool, self._reach, endpoint, self._deadline_s, self._now)


def signed(
    message_id: str, body: bytes, secrets: tuple[str, ...], now: datetime
) -> list[tuple[str, str]]:
    """Give the headers of a message: one signature by each secret, the newest first."""
    made = [Webhook(secret).sign(message_id, now, body.decode()) for secret in secrets]
    return [
        ("Content-Type", f"{MEDIA_TYPE}; charset=utf-8"),
        ("User-Agent", "backhaul"),
        ("Accept-Encoding", "identity"),
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", " ".join(made)),
    ]


def _said(status: int) -> str:
    if status // 100 == 3:
        return f"answered {status}: redirects are not followed"
    return f"answered {status}"


def _kind(failure: Exception) -> str:
    """Name what went wrong; its text may hold what the other side sent."""
    cause = failure.__cause__ or failure
    if isinstance(cause, ssl.SSLError):
        return f"TLS: {cause.reason or 'failed'}"
    return type(failure).__name__


def _header(answer: httpcore2.Response, name: bytes) -> str:
    values = [value for key, value in answer.headers if key.lower() == name]
    return values[0].decode("ascii", "replace") if values else ""


def _says_more_than(answer: httpcore2.Response, limit: int) -> bool:
    length = _header(answer, b"content-length")
    return length.isdecimal() and (len(length) > 9 or int(length) > limit)


def _retry_after_s(text: str, now: datetime) -> int | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3); none where it says neither."""
    if text.isascii() and text.isdecimal():
        return min(int(text[:12]), _LONGEST_SAID_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return max(0, min(int(seconds), _LONGEST_SAID_S))
