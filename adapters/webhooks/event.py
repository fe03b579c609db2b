"""What a partner told us unasked, once its signature is proven; and how its bytes are read."""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

TOLERANCE = timedelta(seconds=300)
DEPTH_LIMIT = 32
DIGITS_LIMIT = 18


class Forged(Exception):
    """Not theirs, not for us, or not of now: the signature does not hold."""


class Unreadable(ValueError):
    """Theirs by its signature, but no event that we can read."""


@dataclass(frozen=True)
class SourceEvent:
    """A proven event of a partner; a hint about something that is then looked up.

    `event_id` is theirs and the same on every delivery; `occurred_at` is when they say it
    happened; `body` is the whole JSON object, as they sent it.
    """

    provider: str
    event_id: str
    kind: str
    occurred_at: datetime
    body: dict[str, Any]


class Verifier(Protocol):
    """Proves and reads an event; several secrets live at once while one is being replaced."""

    def __call__(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
    ) -> SourceEvent:
        """Prove it over the raw bytes, before anything is parsed.

        Raises:
            Forged: No live secret fits, or it is older or newer than the tolerance.
            Unreadable: It is theirs, and no event.
        """


def header(headers: Mapping[str, str], name: str) -> str:
    """Find a header whatever its capitals; one that is missing is a forgery."""
    for key, value in headers.items():
        if key.lower() == name:
            return value
    raise Forged(f"no {name} header")


def live(secrets: Sequence[str]) -> Sequence[str]:
    """Leave out what is empty: anybody can sign with nothing."""
    return [secret for secret in secrets if secret]


def any_equal(expected: Iterable[str], given: Sequence[str]) -> bool:
    """Compare every signature with every other, in a time that tells nothing."""
    found = False
    for ours in expected:
        for theirs in given:
            found |= hmac.compare_digest(ours.encode(), theirs.encode())
    return found


def in_time(stamp: str, now: datetime) -> None:
    """Refuse what was signed too long ago, and what claims to come from the future."""
    if not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > DIGITS_LIMIT:
        raise Forged("no timestamp in seconds")
    if abs(int(stamp) - now.timestamp()) > TOLERANCE.total_seconds():
        raise Forged(f"signed more than {TOLERANCE.seconds} s from now")


def parse(raw: bytes) -> dict[str, Any]:
    """Read a JSON object without surprises: no key twice, no NaN, no bottomless nesting.

    Raises:
        Unreadable: It is no such object.
    """
    try:
        body = json.loads(
            raw, object_pairs_hook=_once, parse_int=_bounded, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as bad:
        raise Unreadable(f"no JSON of ours: {type(bad).__name__}") from bad
    if not isinstance(body, dict):
        raise Unreadable("expected a JSON object")
    if _depth(body) > DEPTH_LIMIT:
        raise Unreadable(f"nested deeper than {DEPTH_LIMIT}")
    return body


def moment(text: object) -> datetime:
    """Read an RFC 3339 time with its offset.

    Raises:
        Unreadable: It is none.
    """
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Unreadable("expected a time with its offset (RFC 3339)")
    return read


def text_at(body: Mapping[str, Any], *path: str) -> str:
    """Read a text somewhere in an event; empty when it is absent or is none."""
    found: object = body
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice")
    return read


def _bounded(digits: str) -> int:
    if len(digits.lstrip("-")) > DIGITS_LIMIT:
        raise ValueError("a number is too long")
    return int(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _depth(body: dict[str, Any]) -> int:
    depth, level = 0, _nested([body])
    while level:
        depth += 1
        level = _nested(
            inner for node in level for inner in (node.values() if isinstance(node, dict) else node)
        )
    return depth


def _nested(values: Iterable[object]) -> list[dict[str, Any] | list[Any]]:
    return [value for value in values if isinstance(value, dict | list)]
