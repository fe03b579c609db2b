"""Objects out of a JSON text, one after the other, without ever holding the whole of it.

A text may be one object, a list of objects, `{"orders": [ … ]}`, or objects in a row (JSON
lines). Decimals stay decimals: no amount becomes a float.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TextIO

LONGEST_ITEM = 4 * 1024 * 1024
"""Characters of one order; more is nobody's order."""

_CHUNK = 256 * 1024
_LONGEST_NUMBER = 18  # digits
_WRAPPED = re.compile(r'\s*\{\s*"orders"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """A piece of a file that is no order, where it stands, and what was expected."""

    line: int
    code: str
    because: str


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """One order as its file has it, and the line on which it begins."""

    line: int
    document: dict[str, Any]


Item = OrderDocument | BrokenItem


class _Oddities:
    """What a decoder meets that JSON allows and an order does not have."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._each_once,
            parse_float=self._decimal,
            parse_int=self._whole,
            parse_constant=self._constant,
        )

    def _each_once(self, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                self.found.append(f"{key[:60]!r} is given twice")
            found[key] = value
        return found

    def _decimal(self, digits: str) -> Decimal:
        return Decimal(digits if self._is_short(digits) else 0)

    def _whole(self, digits: str) -> int:
        return int(digits) if self._is_short(digits) else 0

    def _is_short(self, digits: str) -> bool:
        if sum(map(str.isdigit, digits)) <= _LONGEST_NUMBER:
            return True
        self.found.append(f"a number has more than {_LONGEST_NUMBER} digits")
        return False

    def _constant(self, word: str) -> Decimal:
        self.found.append(f"{word} is not a number in JSON")
        return Decimal(0)


class _Text:
    """A window on a text: what was read of it and is still to be decoded."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._odd = _Oddities()
        self._at_end = False
        self.window = ""
        self.line = 1

    def more(self) -> bool:
        """Read on; False at the end."""
        if not self._at_end:
            chunk = self._stream.read(_CHUNK)
            self._at_end = not chunk
            self.window += chunk
        return not self._at_end

    def skip(self, count: int) -> None:
        """Leave so much of the window behind."""
        self.line += self.window.count("\n", 0, count)
        self.window = self.window[count:]

    def next_sign(self, signs: str) -> str:
        """Skip blanks and these signs; the sign that follows, or nothing at the end."""
        while True:
            kept = self.window.lstrip(f" \t\r\n{signs}")
            self.skip(len(self.window) - len(kept))
            if self.window or not self.more():
                return self.window[:1]

    def item(self) -> Item:
        """Decode the object that the window begins with."""
        while True:
            self._odd.found.clear()
            try:
                value, end = self._odd.decoder.raw_decode(self.window)
            except json.JSONDecodeError as broken:
                if len(self.window) <= LONGEST_ITEM and self.more():
                    continue
                return self._broken(f"is not JSON ({broken.msg})", "not_json")
            except RecursionError:
                return self._broken("is nested too deep", "too_deep")
            line = self.line
            self.skip(end)
            if self._odd.found:
                return BrokenItem(line, "invalid", self._odd.found[0])
            if not isinstance(value, dict):
                return BrokenItem(line, "invalid", "expected an object")
            return OrderDocument(line, value)

    def _broken(self, because: str, code: str) -> BrokenItem:
        """Where one object is a line, the others can still be read; else there is no telling."""
        line = self.line
        if len(self.window) > LONGEST_ITEM:
            because, code = f"has more than {LONGEST_ITEM} characters", "too_large"
        own, newline, rest = self.window.partition("\n")
        if newline and own.startswith("{") and rest.lstrip().startswith("{"):
            self.skip(len(own) + 1)
        else:
            self.window, self._at_end = "", True
        return BrokenItem(line, code, because)


def json_items(stream: TextIO) -> Iterator[Item]:
    """Give the orders of a JSON text in turn; what is none of them, as what it is."""
    text = _Text(stream)
    text.more()
    text.window = text.window.removeprefix("\ufeff")
    wrapped = _WRAPPED.match(text.window)
    if wrapped is not None:
        text.skip(wrapped.end())
    signs = "," if wrapped is not None else ""
    if text.next_sign("") == "[":
        text.skip(1)
        signs = ","
    while (sign := text.next_sign(signs)) and not (signs and sign == "]"):
        yield text.item()
