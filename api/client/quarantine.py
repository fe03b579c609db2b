"""What nobody could be told by itself: looked at by a person, and told after all or dropped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from adapters.postgres.quarantine import Ending, How, News, Quarantine
from api.client.books import Books
from domain.refusal import Refused
from domain.returns.commands import Who

MOST = 200
"""Rows of one list, the first received first."""

Accounts = Sequence[str] | None
"""Whose news is meant, each as `provider/account`; none: everybody's."""


class Quarantined(BaseModel):
    """News in the inbox, by its number there."""

    model_config = ConfigDict(frozen=True)

    number: int
    provider: str
    account: str
    event_id: str
    kind: str
    state: str
    occurred_at: datetime
    received_at: datetime
    because: str
    may: tuple[Literal["release", "drop"], ...]


class Looked(Quarantined):
    """The same with what it tells, and what was done with it."""

    facts: tuple[dict[str, Any], ...]
    ended: tuple[Ending, ...]


class Quarantining:
    """Every method may raise `Unavailable`."""

    def __init__(self, books: Books, actor: Who) -> None:
        self._books = books
        self._actor = actor

    async def all(self, among: Accounts = None) -> Sequence[Quarantined]:
        """List what waits for a person, of every merchant; boxes are listed apart.

        Args:
            among: News of these accounts alone, each as `provider/account`.
        """
        async with self._books.pool("list the quarantine") as pool:
            return [Quarantined(**_told(one)) for one in await Quarantine(pool, among).all(MOST)]

    async def look(self, number: int, among: Accounts = None) -> Looked | Refused:
        """Show news with what it tells, whatever became of it."""
        async with self._books.pool("look at news") as pool:
            kept = Quarantine(pool, among)
            news = await kept.find(number)
            if news is None:
                return _unknown(number)
            ended = tuple(await kept.endings(number))
            return Looked(**_told(news), facts=tuple(news.facts), ended=ended)

    async def release(
        self, number: int, because: str, *, among: Accounts = None, actor: Who | None = None
    ) -> Refused | None:
        """Let news take its way again: told, or kept back once more with the reason.

        Args:
            number: Its number in the inbox.
            because: Why it can be told now; it names nobody.
            among: Only if it is of one of these accounts.
            actor: Who wants it; without it, this client.
        """
        return await self._end("released", number, because, among, actor)

    async def drop(
        self, number: int, because: str, *, among: Accounts = None, actor: Who | None = None
    ) -> Refused | None:
        """Let news be told to nobody, for good.

        Args:
            number: Its number in the inbox.
            because: Why it is nothing; it names nobody.
            among: Only if it is of one of these accounts.
            actor: Who wants it; without it, this client.
        """
        return await self._end("dropped", number, because, among, actor)

    async def _end(
        self, how: How, number: int, because: str, among: Accounts, actor: Who | None
    ) -> Refused | None:
        async with self._books.pool("end a quarantine") as pool:
            kept = Quarantine(pool, among)
            news = await kept.find(number)
            if news is None:
                return _unknown(number)
            if news.state != "quarantined":
                return _over(news)
            if how == "released" and (unfit := unfit_for_release(news)) is not None:
                return unfit
            done = await kept.end(news, how, str(actor or self._actor), because)
            return None if done else _over(news)


def unfit_for_release(news: News) -> Refused | None:
    """Say why news in quarantine cannot be told by a person's word."""
    if not news.facts:
        because = f"{news.id} says nothing that could be told: its sender has to send it right"
        return Refused(code="unreadable", because=because)
    if news.is_of_a_box:
        because = f"{news.id} is a box: say whose it is with `receipts place {news.id}`"
        return Refused(code="is_a_box", because=because)
    if news.awaits is not None and not news.attempts:  # released too early, it would never be told
        because = f"{news.id} is told by itself once {news.awaits} is opened"
        return Refused(code="awaits_its_return", because=because)
    return None


def _told(news: News) -> dict[str, Any]:
    waits = news.state == "quarantined"
    releasable = waits and unfit_for_release(news) is None
    return {
        "number": news.id,
        "provider": news.provider,
        "account": news.account,
        "event_id": news.event_id,
        "kind": news.kind,
        "state": news.state,
        "occurred_at": news.occurred_at,
        "received_at": news.received_at,
        "because": news.reason,
        "may": (*(["release"] if releasable else []), *(["drop"] if waits else [])),
    }


def _unknown(number: int) -> Refused:
    return Refused(code="unknown_news", because=f"there is no news {number} in the inbox")


def _over(news: News) -> Refused:
    because = f"{news.id} stands in quarantine no longer: it is {news.state}"
    return Refused(code="not_quarantined", because=because)
