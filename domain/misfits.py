"""What does not fit a shape, said for people: the field, and what was expected there."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

MOST_TOLD = 10
"""Misfits that are told of one body before the rest is only counted."""

_FIELD_FIRST = re.compile(r"[a-z_][A-Za-z0-9_.]*: ")
"""How a message begins that names its field."""

_ON_ONE_LINE = "text on one line, without control characters"
_ID = "letters, digits and . _ @ + - with a letter or a digit first"

_PATTERNS: Mapping[str, str] = {
    r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$": _ID,
    r"^([A-Za-z0-9][A-Za-z0-9._@+-]{0,99})?$": f"at most 100 {_ID}",
    r"^[^\x00-\x1f\x7f]*$": _ON_ONE_LINE,
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$": "text without control characters",
    r"^[A-Z]{2}$": "a country's two letters by ISO 3166-1, as DE",
    r"^([\x21-\x3f\x41-\x7e]+@[A-Za-z0-9.-]+)?$": "an e-mail address, such as it@example.com",
    r"^[0-9a-f]{64}$": "64 hexadecimal digits in small letters",
    r"^[a-z]{2}([-_][A-Za-z]{2,4})?$": "a language, as de or de-AT",
}


def in_words(misfit: ValidationError) -> str:
    """Each misfit as `path: what was expected`; what was sent is not repeated.

    It may be personal, and it may be long. What is missing comes first, and all fields that
    nobody knows at once and last: a body of a wholly other shape is told in two sentences.
    """
    errors = misfit.errors(include_url=False, include_input=False)
    around = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    # A list is also called too short where only its items do not fit: that is said already.
    errors = [e for e in errors if not (e["type"] == "too_short" and e["loc"] in around)]
    unknown = [_path(error) for error in errors if error["type"] == "extra_forbidden"]
    known = [error for error in errors if error["type"] != "extra_forbidden"]
    known.sort(key=lambda error: error["type"] != "missing")
    told = [_sentence(error) for error in known[:MOST_TOLD]]
    if len(known) > MOST_TOLD:
        told.append(f"and {len(known) - MOST_TOLD} more")
    text = _shortened("; ".join(told), 1_400)
    return _printable("; ".join(part for part in (text, _unknown(unknown)) if part))


def _unknown(paths: Sequence[str]) -> str:
    if len(paths) == 1:
        return _shortened(f"{paths[0]}: is no field that is known here", 500)
    if not paths:
        return ""
    more = len(paths) - MOST_TOLD
    names = _shortened(", ".join(paths[:MOST_TOLD]), 400)
    return f"unknown fields: {names}" + (f", and {more} more" if more > 0 else "")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _path(error: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"]) or "body"


def _sentence(error: Mapping[str, Any]) -> str:
    path = _path(error)
    if error["type"] == "value_error":
        message = error["msg"].removeprefix("Value error, ")
        # The model that looked at it whole names the field itself: where it stands comes before.
        if _FIELD_FIRST.match(message):
            return f"{path}.{message}" if error["loc"] else message
        return f"{path}: {message}"
    say = _SAID.get(error["type"])
    return f"{path}: {say(error.get('ctx', {})) if say else error['msg']}"


def _one_of(ctx: Mapping[str, Any]) -> str:
    allowed = str(ctx["expected"]).replace(" or ", ", ").replace("'", "")
    return f"expected {'one of ' if ', ' in allowed else ''}{allowed}"


def _at_least(ctx: Mapping[str, Any]) -> str:
    least = ctx["ge"]
    if isinstance(least, str):  # a time, as it is written
        return f"expected a time from {least[:10]} on"
    return f"expected at least {least}"


def _before(ctx: Mapping[str, Any]) -> str:
    limit = ctx["lt"]
    shown = f"a time before {limit[:10]}" if isinstance(limit, str) else f"less than {limit}"
    return f"expected {shown}"


def _too_short(ctx: Mapping[str, Any]) -> str:
    least = ctx["min_length"]
    return "must not be empty" if least == 1 else f"expected at least {least} characters"


def _too_few(ctx: Mapping[str, Any]) -> str:
    least = ctx["min_length"]
    return "expected at least one" if least == 1 else f"expected at least {least}"


def _too_many(ctx: Mapping[str, Any]) -> str:
    sent = ctx.get("actual_length")
    return f"at most {ctx['max_length']} are taken" + (f", these are {sent}" if sent else "")


def _pattern(ctx: Mapping[str, Any]) -> str:
    return f"expected {_PATTERNS.get(ctx['pattern'], 'another spelling: ' + ctx['pattern'])}"


def _always(sentence: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _ctx: sentence


_A_TIME = _always("expected a time with its offset, as 2026-03-09T10:00:00Z")
_A_WHOLE_NUMBER = _always("expected a whole number")
_A_LIST = _always("expected a list")
_AN_OBJECT = _always("expected an object")

_SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": _always("is missing, it has to be given"),
    "literal_error": _one_of,
    "enum": _one_of,
    "string_type": _always("expected text"),
    "string_too_short": _too_short,
    "string_too_long": lambda ctx: f"expected at most {ctx['max_length']} characters",
    "string_pattern_mismatch": _pattern,
    "int_type": _A_WHOLE_NUMBER,
    "int_from_float": _A_WHOLE_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "bool_type": _always("expected true or false"),
    "greater_than_equal": _at_least,
    "greater_than": lambda ctx: f"expected more than {ctx['gt']}",
    "less_than_equal": lambda ctx: f"expected at most {ctx['le']}",
    "less_than": _before,
    "too_short": _too_few,
    "too_long": _too_many,
    "timezone_aware": _A_TIME,
    "datetime_type": _A_TIME,
    "datetime_parsing": _A_TIME,
    "datetime_from_date_parsing": _A_TIME,
    "datetime_object_invalid": _A_TIME,
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "model_type": _AN_OBJECT,
    "model_attributes_type": _AN_OBJECT,
    "dict_type": _AN_OBJECT,
}
"""What each kind of misfit is called, where the library's own words are not for people."""


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
