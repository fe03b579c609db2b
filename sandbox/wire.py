"""What comes in and what goes out: calls, replies, times and the ids that follow from them."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


class Unfit(ValueError):
    """A request that cannot be read: which field, and what was expected there."""

    def __init__(self, field_name: str, expected: str) -> None:
        super().__init__(f"{field_name}: expected {expected}")
        self.field = field_name
        self.expected = expected


@dataclass(frozen=True)
class Reply:
    """An answer, before any fault has touched it: JSON, or a `file` of text."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    listed: list[Json] | None = None  # in place of the object

    @property
    def raw(self) -> bytes:
        """What goes over the wire."""
        said = self.body if self.listed is None else self.listed
        return (self.file or json.dumps(said)).encode()


@dataclass(frozen=True)
class Call:
    """A request, read. `headers` are lower-case; `target` is its method and path."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    target: str = ""


def text(body: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    """Read a text that is not empty, or the default.

    Raises:
        Unfit: It is missing and there is no default, or it is no text.
    """
    value = body.get(name)
    if value is None or value == "":
        if default is None:
            raise Unfit(name, "a text")
        return default
    if not isinstance(value, str):
        raise Unfit(name, "a text")
    return value


def whole(body: Mapping[str, Any], name: str, *, least: int = 1) -> int:
    """Read a whole number; forms send it as digits.

    Raises:
        Unfit: It is none, or less than `least`.
    """
    value = body.get(name)
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Unfit(name, f"a whole number, at least {least}")
    return value


def number(body: Mapping[str, Any], name: str, default: float) -> float:
    """Read a number that is not negative.

    Raises:
        Unfit: It is something else.
    """
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Unfit(name, "a number, at least 0")
    return float(value)


def mapping(body: Mapping[str, Any], name: str, *, optional: bool = False) -> Json:
    """Read an object.

    Raises:
        Unfit: It is something else.
    """
    value = body.get(name)
    if value is None and optional:
        return {}
    if not isinstance(value, dict):
        raise Unfit(name, "an object")
    return value


def rows(body: Mapping[str, Any], name: str) -> list[Json]:
    """Read a list of objects.

    Raises:
        Unfit: It is something else.
    """
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unfit(name, "a list of objects")
    return value


def moment(body: Mapping[str, Any], name: str, *, default: datetime | None = None) -> datetime:
    """Read an RFC 3339 time, or take the default.

    Raises:
        Unfit: It is missing without a default, or has no offset.
    """
    value = body.get(name)
    if value is None and default is not None:
        return default
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Unfit(name, "a time with its offset (RFC 3339)")
    return read.astimezone(UTC)


def iso(at: datetime) -> str:
    """Write a time as the partners do: UTC, with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def since(written: str) -> datetime:
    """Read back a time that the sandbox itself has written."""
    return datetime.fromisoformat(written)


def tokens(reference: str) -> list[str]:
    """Split a reference such as `label:R-1:p1:1` into its parts."""
    return [part for part in re.split(r"[:/|#,;@\s]", reference) if part]


def digest(*parts: object) -> str:
    """Give 32 hex digits that follow from `parts` alone, whoever comes first."""
    said = json.dumps([str(part) for part in parts])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def digits(count: int, *parts: object) -> str:
    """Give `count` decimal digits that follow from `parts` alone."""
    return str(int(digest(*parts), 16) % 10**count).zfill(count)
