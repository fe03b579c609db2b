"""What lives beside returns in a stream of its own, followed by a workflow of its own.

Claims and lots are looked at in their streams, told things by updates, and started from their
streams where Temporal knows nothing of them.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from pydantic_core import to_json
from temporalio.common import WorkflowIDReusePolicy

from activities.event_store import StoredEvent
from api.client.books import Books
from api.client.reviving import Opened
from api.client.surroundings import Surroundings
from api.client.temporal import Returns, Updating
from domain.model import Value
from domain.refusal import Refused
from domain.returns.commands import Who
from domain.returns.doors import read_as

StateT = TypeVar("StateT")


class Key(Protocol):
    """Which one; its stream, and the workflow that follows it, have the same name."""

    @property
    def tenant(self) -> str:
        """Whose it is."""

    @property
    def name(self) -> str:
        """`{kind}:{tenant}:{id}`."""


class Standing(Protocol):
    """How one stands; `version` 0: nobody opened it."""

    @property
    def version(self) -> int: ...

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do for anybody."""


KeyT = TypeVar("KeyT", bound=Key)
StatusT = TypeVar("StatusT", bound=Standing)
AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True)
class Kind(Generic[KeyT, StateT, StatusT, AnswerT]):
    """One kind of stream, as the domain has it."""

    what: str  # in words
    workflow: str  # its type
    key: Callable[[str, str], KeyT]
    of_name: Callable[[str], KeyT | None]
    start: Callable[[KeyT], BaseModel]
    read: Callable[[str, int, str], Any]
    fold: Callable[[Iterable[Any]], StateT]
    status: Callable[[KeyT, StateT], StatusT]
    updates: Mapping[str, type[Value]]
    answer: type[AnswerT]


class Beside(Generic[KeyT, StateT, StatusT, AnswerT]):
    """Every method may raise `Unavailable`."""

    def __init__(
        self,
        kind: Kind[KeyT, StateT, StatusT, AnswerT],
        where: Surroundings,
        actor: Who,
        books: Books,
        running: Returns,
    ) -> None:
        self._kind = kind
        self._where = where
        self._actor = actor
        self._books = books
        self._running = running

    async def status(self, tenant: str, its_id: str) -> StatusT:
        """How it stands; version 0: there is none."""
        key = self._kind.key(tenant, its_id)
        return self._kind.status(key, await self._state(key))

    async def say(
        self,
        tenant: str,
        its_id: str,
        update: str,
        *,
        actor: Who | None = None,
        request_id: str | None = None,
        **said: Any,
    ) -> AnswerT:
        """Tell it something; one whose workflow has ended is started again for it.

        Args:
            tenant: Whose it is.
            its_id: Which one.
            update: The name of an update of its workflow.
            actor: Who says it; without it, this client.
            request_id: The same one counts once.
            said: The fields of that update.
        """
        key = self._kind.key(tenant, its_id)
        ask = self.read(update, said, actor=actor, request_id=request_id)
        if isinstance(ask, Refused):
            return await self._no(key, ask)
        return await self.ask(key, update, ask)

    def read(
        self,
        update: str,
        said: Mapping[str, Any],
        *,
        actor: Who | None = None,
        request_id: str | None = None,
    ) -> Value | Refused:
        """Read what somebody says by the update of that name, as strictly as its workflow does."""
        whose = {"request_id": request_id or uuid4().hex, "actor": actor or self._actor}
        return read_as(self._kind.updates[update], to_json({**said, **whose}))

    async def ask(self, key: KeyT, update: str, ask: Any) -> AnswerT:
        """Tell one what was read; one that nobody opened has nothing to say."""
        named = key.name.rpartition(":")[2]
        if not self._kind.status(key, await self._state(key)).version:
            return await self._no(key, self.unknown(named))
        updating = Updating(
            update, f"{update}-{ask.request_id}"[:200], ask.model_dump_json().encode()
        )
        begin = self._begin(key)
        told = await self._running.asked(self._kind.workflow, begin, updating, f"{update} {named}")
        if isinstance(told, Refused):
            return await self._no(key, told)
        return self._kind.answer.model_validate_json(told)

    async def _no(self, key: KeyT, refused: Refused) -> AnswerT:
        status = self._kind.status(key, await self._state(key))
        no = {"accepted": False, "code": refused.code, "because": refused.because}
        return self._kind.answer(**no, status=status)

    def unknown(self, its_id: str) -> Refused:
        """The no to whoever asks for one that nobody opened."""
        what = self._kind.what.lower()
        return Refused(code=f"unknown_{what}", because=f"there is no {what} {its_id}")

    async def open_ones(self, tenant: str | None) -> AsyncIterator[Opened]:
        """Give all that somebody must still do something about, of one merchant or of all."""
        async for key, told in self._books.streams(self._kind.of_name, tenant):
            if not self._kind.status(key, self._fold(told)).closed:
                yield Opened(self._kind.workflow, self._begin(key))

    async def _state(self, key: KeyT) -> StateT:
        return self._fold(await self._books.stream(key.name))

    def _fold(self, told: Iterable[StoredEvent]) -> StateT:
        read = self._kind.read
        return self._kind.fold(read(one.type, one.schema_version, one.data) for one in told)

    def _begin(self, key: KeyT) -> dict[str, Any]:
        """What every start of its workflow says."""
        return {
            "arg": self._kind.start(key),
            "id": key.name,
            "task_queue": self._where.task_queue,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "static_summary": f"{self._kind.what} {key.name.rpartition(':')[2]} of {key.tenant}",
        }
