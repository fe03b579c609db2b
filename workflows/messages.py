"""Handlers for everything the outside may ask or tell a return: one shape for all of them.

Each takes the raw body and hands it on; the recorder reads it. So nothing that is sent can
break a workflow task: a body that makes no sense, or none at all, becomes a refusal (an
update is answered) or a recorded rejection (a signal is not). Signals share one dynamic
handler, because the SDK drops a signal it cannot decode, and fails every task from then on
when one comes with an argument too many.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pydantic import BaseModel
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.recorded import Answer
    from domain.returns.commands import UPDATES
    from domain.returns.doors import BODY_LIMIT
    from domain.sealed import READABLE, SEALED_WITH
    from workflows.names import StartReturn

NO_BODY = RawValue(Payload())


class Checks(Protocol):
    """What turns an update away."""

    draining: bool
    wrong_start: str


class TakesMessages(Checks, Protocol):
    """What the handlers need of the workflow they belong to."""

    async def ask(self, name: str, body: str) -> Answer:
        """Record what somebody asks, and answer."""


class TakesAsks(Checks, Protocol):
    """The same of what lives beside returns."""

    async def ask(self, name: str, body: str) -> Any:
        """Record what somebody says, and answer."""


def text_of(body: RawValue) -> str:
    """The body as text; what is far too large is cut, and the recorder says that it is."""
    return body.payload.data[: BODY_LIMIT + 1].decode("utf-8", "replace")


def in_clear(told: BaseModel) -> RawValue:
    """What is shown to whoever looks, sealed or not. It names no person, and is kept nowhere."""
    metadata = {"encoding": b"json/plain", READABLE: b"true"}
    return RawValue(Payload(metadata=metadata, data=told.model_dump_json().encode()))


def as_asked(body: RawValue, answer: BaseModel) -> BaseModel | RawValue:
    """Whoever asks in clear reads the answer; else it is sealed, as the question was."""
    return answer if SEALED_WITH in body.payload.metadata else in_clear(answer)


def misfit_of(which: StartReturn | None, start: RawValue) -> str:
    """Why nothing can be followed under this id, with this argument; empty where it can.

    The id says it all. What comes along besides may be left out, or say the same.
    """
    if which is None:
        return "workflow id: expected return:{tenant}:{return_id}"
    try:
        said = json.loads(text_of(start) or "{}")
    except ValueError:
        return ""
    for field in ("tenant", "return_id"):
        named = said.get(field) if isinstance(said, dict) else None
        if named is not None and named != getattr(which, field):
            return f"{field}: the workflow id says {getattr(which, field)}"
    return ""


def asks(name: str) -> Any:
    """Make the handler of one update of a return."""

    async def handler(self: TakesMessages, body: RawValue = NO_BODY) -> Any:
        return as_asked(body, await self.ask(name, text_of(body)))

    return _as_update(name, handler, of="ReturnWorkflow", told=UPDATES[name].__doc__)


def asks_of(name: str, updates: Mapping[str, type[Any]]) -> Any:
    """Make the handler of one update of what lives beside returns."""

    async def handler(self: TakesAsks, body: RawValue = NO_BODY) -> Any:
        return as_asked(body, await self.ask(name, text_of(body)))

    return _as_update(name, handler, of="Workflow", told=updates[name].__doc__)


def _as_update(name: str, handler: Callable[..., Any], *, of: str, told: str | None) -> Any:
    """Its description is what the UI shows beside its form."""

    def check(self: Checks, body: RawValue = NO_BODY) -> None:
        """Turn away what must not even enter the history."""
        size = len(body.payload.data)
        if size > BODY_LIMIT:
            raise ApplicationError(
                f"body: {size} bytes, at most {BODY_LIMIT} are taken", type="too_large"
            )
        if self.wrong_start:
            raise ApplicationError(self.wrong_start, type="wrong_start")
        if self.draining:
            raise ApplicationError("a new run is about to begin: ask again", type="draining")

    handler.__name__ = name
    handler.__qualname__ = f"{of}.{name}"
    for function in (handler, check):  # the SDK knows `self` by its having no annotation
        del function.__annotations__["self"]
    as_update: Callable[..., Any] = workflow.update(name=name, description=(told or name).strip())
    update = as_update(handler)
    update.validator(check)
    return update
