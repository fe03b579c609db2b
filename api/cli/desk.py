"""What all commands share: who asks, for whom, in which form, and how it ends.

Results go to standard output, what went wrong to standard error, and nobody ever sees a
traceback. With `--json` both are JSON, in the shapes of `api.client`.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Annotated, Any

from cyclopts import Parameter
from pydantic import BaseModel, ValidationError
from temporalio.runtime import Runtime, TelemetryConfig

from adapters.settings import SettingsError
from api.client import Answer, ReturnsClient, Unavailable
from api.client.surroundings import is_id
from domain.refusal import Refused
from domain.returns.commands import Who


class Exit(IntEnum):
    """How a command ends, for the shell."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNAVAILABLE = 3


class UsageError(Exception):
    """The command was not called as it can be; the text says how."""


class UnreadableError(Exception):
    """What a file holds makes no sense; the refusal says where."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.because)
        self.refused = refused


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options of every command."""

    json: Annotated[bool, Parameter(negative="")] = False
    "Print JSON, for programs."

    tenant: str | None = None
    "Whose returns; without it BACKHAUL_TENANT, else acme."

    actor: str = "staff:command-line"
    "Who asks, as KIND:ID; the kind is customer, staff, service or system."


COMMON = Common()

WORD = str.lower
"""Lets a word of the domain be written as it is everywhere else: carrier_pickup."""


@dataclass
class Desk:
    """One command at work."""

    returns: ReturnsClient
    common: Common

    @property
    def tenant(self) -> str:
        """Whose returns are meant."""
        return self.common.tenant or self.returns.where.tenant

    def say(self, lines: Sequence[str], data: Any) -> None:
        """Show a result: lines for people, `data` for programs."""
        text = as_json(data) if self.common.json else "\n".join(lines)
        print(text, flush=True)  # noqa: T201 this is what it is for

    def note(self, line: str) -> None:
        """Say something that is no result."""
        print(line, file=sys.stderr)  # noqa: T201

    def refuse(self, answer: Answer) -> Exit:
        """Show a refusal."""
        return refusal(Refused(code=answer.code, because=answer.because), self.common, answer)


Work = Callable[[Desk], Awaitable[Exit]]


def at_desk(common: Common, work: Work) -> Exit:
    """Do the work of a command, whatever comes in between."""
    try:
        return asyncio.run(_work(common, _who(common), work))
    except UnreadableError as unreadable:
        return refusal(unreadable.refused, common, Answer.no(unreadable.refused))
    except (UsageError, SettingsError) as wrong:
        return _failure(Exit.USAGE, "wrong_usage", str(wrong), common)
    except Unavailable as away:
        return _failure(Exit.UNAVAILABLE, "unavailable", str(away), common)


async def _work(common: Common, who: Who, work: Work) -> Exit:
    connecting = ReturnsClient.connect(actor=who, runtime=quiet_runtime())
    async with await connecting as returns:
        return await work(Desk(returns, common))


@cache
def quiet_runtime() -> Runtime:
    """The SDK's core writes its log to standard output, where results are."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def as_json(data: Any) -> str:
    """Write a result for programs."""
    return json.dumps(data, indent=2, default=_plain)


def refusal(refused: Refused, common: Common, answer: BaseModel) -> Exit:
    """Show a no of ours: an answer, and so a result for a program."""
    if common.json:
        print(as_json(answer))  # noqa: T201
    else:
        print(f"refused ({refused.code}): {refused.because}", file=sys.stderr)  # noqa: T201
    return Exit.REFUSED


def _failure(exit_code: Exit, code: str, because: str, common: Common) -> Exit:
    told = {"accepted": False, "code": code, "because": because}
    print(as_json(told) if common.json else because, file=sys.stderr)  # noqa: T201
    return exit_code


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not for JSON")


def _who(common: Common) -> Who:
    if common.tenant is not None and not is_id(common.tenant):
        raise UsageError("--tenant: expected a merchant's id, such as acme")
    kind, _, actor_id = common.actor.partition(":")
    try:
        return Who.model_validate({"kind": kind, "id": actor_id})
    except ValidationError:
        raise UsageError(
            "--actor: expected KIND:ID, such as staff:s-7; "
            "the kind is customer, staff, service or system"
        ) from None
