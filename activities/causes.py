"""What caused an event, and who: taken from the message, so that a repeat is known for one."""

import hashlib
import json

from activities.recorded import Recording
from domain.returns import commands as c
from domain.returns.decider import Command

_LONGEST_KEY = 150

_MARK = " #"
"""Between the id of a message and the mark of what it said."""


def actor_of(command: Command) -> str:
    if isinstance(command, c.Ask):
        return str(command.actor)
    if isinstance(command, c.Report):
        return f"service:{command.source or 'unnamed'}"
    return "system:backhaul"


def cause_of(recording: Recording, command: Command) -> str:
    """The id of what caused it: the sender's own, so that a repeat is known for one.

    A mark of what was said stands behind it: another wish under an id that was used is no
    repeat. An opening has none: whoever opens a return again, however, means that return.
    """
    if isinstance(command, c.Open):
        return f"{recording.name}:{_short(command.request_id)}"
    if isinstance(command, c.Ask):
        return f"{recording.name}:{_short(command.request_id)}{_MARK}{_said(command)}"
    if isinstance(command, c.Report):
        return f"{recording.name}:{_short(command.message_id)}{_MARK}{_said(command)}"
    said = digest(f"{recording.name} {recording.body}")
    return f"{recording.kind}:{recording.now.isoformat()}:{said}"


def rejection_of(recording: Recording) -> str:
    """The id of what could not be taken: all that was sent, for its own id may be unreadable."""
    said = digest(f"{recording.bodies} {recording.body}")
    return f"rejected:{printable(recording.name, 60)}:{said}"


def is_reused(cause: str, causes: frozenset[str]) -> bool:
    """Whether the id of this cause was used before, for something else."""
    said, mark, _ = cause.rpartition(_MARK)
    return bool(mark) and any(known.rpartition(_MARK)[0] == said for known in causes - {cause})


def _said(command: c.Ask | c.Report) -> str:
    """What was said, in short; a repeat may name another time at which it was said."""
    return digest(command.model_dump_json(exclude={"occurred_at"}))[:12]


def _short(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else digest(key)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def printable(text: str, at_most: int = 200) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:at_most]


def said_id(body: str, name: str) -> str:
    """The id that an unreadable message gives itself, if as much can be read of it."""
    try:
        said = json.loads(body[:70_000])
    except (ValueError, RecursionError):
        return ""
    value = said.get(name, "") if isinstance(said, dict) else ""
    return value if isinstance(value, str) else ""
