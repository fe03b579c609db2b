"""What is sent: ids for what has none, and the check before anything leaves the process."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pydantic_core import to_json

from api.client.surroundings import is_id
from domain.refusal import Refused
from domain.returns.commands import Ask, Report, Who
from domain.returns.doors import read_ask, read_report

Body = Mapping[str, Any]

THE_CLIENT = Who(kind="service", id="python-client")
"""Who asks, where the caller does not say."""

LONGEST_UPDATE_ID = 150
_RETURN_ID_BYTES = 16  # 128 bits


def new_request_id() -> str:
    """An id for an act that is not a repeat of another."""
    return uuid4().hex


def request_id_of(tenant: str, request: Body) -> str:
    """An id made of the request itself, so that the same file opened twice is opened once."""
    said = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return f"open-{_digest(tenant, said).hex()}"


def return_id_of(tenant: str, request_id: str) -> str:
    """Make the id of a return that brings none: 128 bits, as letters that can be read aloud.

    It follows from the request's own id: whoever repeats a request, because its answer got
    lost, means the return that it has opened.
    """
    made = _digest("return", tenant, request_id)[:_RETURN_ID_BYTES]
    return f"R-{base64.b32encode(made).decode('ascii').rstrip('=')}"


def update_id_of(update: str, request_id: str, raw: bytes) -> str:
    """The id under which the server knows a question twice: one act, asked with these bytes.

    What is asked otherwise under the same id has to reach the return, which says no to it.
    """
    key = request_id if len(request_id) <= LONGEST_UPDATE_ID else _digest(request_id).hex()
    return f"{update}:{key}:{hashlib.sha256(raw).hexdigest()[:8]}"


def checked_ask(update: str, body: Body) -> tuple[Ask, bytes] | Refused:
    """Read a body as the return will read it; give it and the bytes to be sent."""
    raw = _encoded(body)
    if isinstance(raw, Refused):
        return raw
    ask = read_ask(update, raw)
    return ask if isinstance(ask, Refused) else (ask, raw)


def checked_report(signal: str, body: Body) -> tuple[Report, bytes] | Refused:
    """Read a body as the return will read it; give it and the bytes to be sent."""
    raw = _encoded(body)
    if isinstance(raw, Refused):
        return raw
    report = read_report(signal, raw)
    return report if isinstance(report, Refused) else (report, raw)


def checked_key(tenant: str, return_id: str) -> Refused | None:
    """Say which of the two cannot name a return, if so."""
    for field, text in (("tenant", tenant), ("return_id", return_id)):
        if not is_id(text):
            return Refused(
                code="invalid",
                because=f"{field}: expected 1 to 100 letters, digits or . _ @ + -, "
                "the first a letter or a digit",
            )
    return None


def _encoded(body: Body) -> bytes | Refused:
    try:
        return to_json(dict(body))
    except ValueError as misfit:  # what JSON has no word for, or half a character
        kind = "text that is valid Unicode" if "surrogates" in str(misfit) else "JSON values only"
        return Refused(code="invalid", because=f"body: expected {kind}")


def _digest(*texts: str) -> bytes:
    return hashlib.sha256(json.dumps(texts).encode()).digest()
