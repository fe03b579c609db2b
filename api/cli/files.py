"""The FILE of a command: a JSON document from disk, or from standard input for `-`."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from api.cli.desk import UnreadableError, UsageError
from domain.refusal import Refused

File = Annotated[str, Parameter(allow_leading_hyphen=True)]  # for - alone

Document = Mapping[str, Any]

LARGEST_BYTES = 64 * 1024 * 1024
"""Of a file with many requests; each of them is held to the limit of a body."""


def read_one(file: str) -> Document:
    """Read the one object that a file holds.

    Raises:
        UsageError: The file cannot be read.
        UnreadableError: What it holds is not one JSON object.
    """
    value = _read(file)
    if not isinstance(value, dict):
        raise _invalid("body: expected an object")
    return value


def read_some(file: str) -> tuple[list[Document], bool]:
    """Read the object or the list of objects that a file holds; True if it was a list.

    Raises:
        UsageError: The file cannot be read.
        UnreadableError: What it holds is neither.
    """
    value = _read(file)
    if isinstance(value, dict):
        return [value], False
    if not isinstance(value, list) or not value:
        raise _invalid("body: expected an object, or a list of at least one")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise _invalid(f"body.{index}: expected an object")
    return value, True


def _read(file: str) -> Any:
    raw = bytes_of(file)
    if len(raw) > LARGEST_BYTES:
        raise UnreadableError(
            Refused(code="too_large", because=f"body: more than {LARGEST_BYTES} bytes")
        )
    try:
        return json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise _not_json("is not UTF-8") from None
    except json.JSONDecodeError as broken:
        where = f"line {broken.lineno}, column {broken.colno}"
        raise _not_json(f"is not JSON ({broken.msg}, {where})") from None
    except RecursionError:
        raise UnreadableError(Refused(code="too_deep", because="body: nested too deep")) from None
    except ValueError as odd:  # ours of below, or a number with thousands of digits
        raise _invalid(f"body: {odd}") from None


def bytes_of(file: str) -> bytes:
    """Give what a file holds, whatever it is.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as absent:  # ValueError: a NUL in its name
        why = getattr(absent, "strerror", None) or "no such name"
        raise UsageError(f"{file}: cannot be read ({why.lower()})") from None


def _each_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key[:60]} is given twice")
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


def _not_json(why: str) -> UnreadableError:
    return UnreadableError(Refused(code="not_json", because=f"body: {why}"))


def _invalid(because: str) -> UnreadableError:
    return UnreadableError(Refused(code="invalid", because=because))
