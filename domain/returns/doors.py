"""From bytes to a command: the one place where what comes from outside is read.

Every misfit becomes a refusal that names the field and what was expected. Nothing is
guessed, nothing is dropped.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.misfits import in_words
from domain.model import Value
from domain.refusal import Refused
from domain.returns.commands import SIGNALS, UPDATES, Ask, Report

BODY_LIMIT = 65_536
"""The largest body that any door takes, in bytes."""

DEEPEST = 32
"""How far arrays and objects may be nested."""

LONGEST_NUMBER = 18
"""How many digits a number may have: more does not fit 64 bits."""


def read_ask(name: str, body: str | bytes) -> Ask | Refused:
    """Read what somebody asks through the update of that name."""
    model = UPDATES.get(name)
    if model is None:
        return Refused(code="unknown_update", because=f"there is no update {_shown(name)}")
    return read_as(model, body)


def read_report(name: str, body: str | bytes) -> Report | Refused:
    """Read what somebody tells through the signal of that name."""
    model = SIGNALS.get(name)
    if model is None:
        return Refused(code="unknown_signal", because=f"there is no signal {_shown(name)}")
    return read_as(model, body)


Model = TypeVar("Model", bound=Value)


def read_as(model: type[Model], body: str | bytes) -> Model | Refused:
    """Read a body as what this door takes; a misfit names its field."""
    # Half a surrogate pair has no bytes in UTF-8: let it fail there, as not UTF-8.
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    refused = unfit(raw)
    if refused is not None:
        return refused
    try:
        return model.model_validate_json(raw)
    except ValidationError as misfit:
        return Refused(code="invalid", because=in_words(misfit))


def unfit(raw: bytes) -> Refused | None:
    """What no model would notice: size, nesting, endless numbers, a key given twice."""
    if len(raw) > BODY_LIMIT:
        return Refused(
            code="too_large", because=f"body: {len(raw)} bytes, at most {BODY_LIMIT} are taken"
        )
    try:
        parsed = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_int=_short_number,
            parse_float=_short_number,
            parse_constant=_no_constant,
        )
    except RecursionError:
        return Refused(code="too_deep", because=f"body: nested deeper than {DEEPEST}")
    except UnicodeDecodeError:
        return Refused(code="not_json", because="body: is not UTF-8")
    except json.JSONDecodeError as broken:
        where = f"line {broken.lineno}, column {broken.colno}"
        return Refused(code="not_json", because=f"body: is not JSON ({broken.msg}, {where})")
    except ValueError as odd:
        return Refused(code="invalid", because=f"body: {odd}")
    if not isinstance(parsed, Mapping):
        return Refused(code="invalid", because="body: expected an object")
    if _depth(parsed) > DEEPEST:
        return Refused(code="too_deep", because=f"body: nested deeper than {DEEPEST}")
    return None


def _each_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{_shown(key)} is given twice")
        found[key] = value
    return found


def _short_number(digits: str) -> float:
    if sum(map(str.isdigit, digits)) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return float(digits)


def _shown(name: str) -> str:
    """A name from outside, short and printable: what stands there may be anything."""
    return _printable(name[:60])


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number in JSON")


def _depth(value: object) -> int:
    """How deep arrays and objects go; level by level, so that depth costs no stack."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, Mapping | list)]:
        depth += 1
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, Mapping) else item)
        ]
    return depth
