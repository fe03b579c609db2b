"""The Python way in over HTTP, for who has an address and a key instead of the stores.

    async with HttpClient("http://127.0.0.1:8080", key) as returns:
        answer = await returns.open(request)

What is not done raises `NotDone`. An answer that is lost, or "ask again", is asked again with the
same Idempotency-Key until the deadline: it still acts once.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import quote as quoted
from uuid import uuid4

import httpx2
from pydantic import ValidationError

from api.client.answers import Answer, Quoted
from api.client.documents import Kind
from api.commands import Link
from api.problems import ProblemDetails
from api.returns import BoardQuery, EventList, RecordedEvent, ReturnList
from api.subscriptions import SubscriptionList
from api.wishes import LinkWish
from domain.lots.commands import LOT_UPDATES
from domain.returns.commands import UPDATES
from domain.returns.money.explaining import Explanation
from domain.returns.shown.status import Status
from domain.subscriptions.wishes import SubscriptionMade, SubscriptionShown, SubscriptionWish
from projections.board import BoardRow

DEADLINE = timedelta(seconds=30)
PAUSE_S = 0.2
"""Between two attempts, where the answer does not say how long to wait."""

_LATER = frozenset({httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE})


class Operation(NamedTuple):
    """One operation of docs/openapi.json."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    keyed: bool = False  # it takes an Idempotency-Key
    repeatable: bool = False  # a second time does nothing that the first did not

    @property
    def may_repeat(self) -> bool:
        """Whether a lost answer may be asked for again."""
        return self.keyed or self.repeatable or self.method == "GET"


_OF_RETURN = "/v1/returns/{return_id}"
_OF_LOT = "/v1/lots/{lot_id}"
_SUBSCRIPTIONS = "/v1/subscriptions"
_SUBSCRIPTION = f"{_SUBSCRIPTIONS}/{{subscription_id}}"
OPERATIONS: dict[str, Operation] = {
    "healthz": Operation("GET", "/healthz"),
    "readyz": Operation("GET", "/readyz"),
    "decode": Operation("POST", "/v1/codec/decode", repeatable=True),
    "encode": Operation("POST", "/v1/codec/encode", repeatable=True),
    "capture": Operation("POST", "/v1/epcis/capture", repeatable=True),
    "erase": Operation("POST", "/v1/erasures", repeatable=True),
    "list_quarantine": Operation("GET", "/v1/quarantine"),
    "show_quarantined": Operation("GET", "/v1/quarantine/{number}"),
    "release": Operation("POST", "/v1/quarantine/{number}/release"),
    "drop": Operation("POST", "/v1/quarantine/{number}/drop"),
    "list_erasures": Operation("GET", "/v1/erasures"),
    "list_lots": Operation("GET", "/v1/lots"),
    "show_lot": Operation("GET", _OF_LOT),
    "show_lot_paper": Operation("GET", f"{_OF_LOT}/documents/{{kind}}"),
    "quote": Operation("POST", "/v1/quotes", repeatable=True),
    "list_returns": Operation("GET", "/v1/returns"),
    "open_return": Operation("POST", "/v1/returns", keyed=True),
    "show_return": Operation("GET", _OF_RETURN),
    "show_document": Operation("GET", f"{_OF_RETURN}/documents/{{kind}}"),
    "list_events": Operation("GET", f"{_OF_RETURN}/events"),
    "make_link": Operation("POST", f"{_OF_RETURN}/links", repeatable=True),
    "explain_money": Operation("GET", f"{_OF_RETURN}/money"),
    "list_subscriptions": Operation("GET", _SUBSCRIPTIONS),
    "create_subscription": Operation("POST", _SUBSCRIPTIONS, keyed=True),
    "show_subscription": Operation("GET", _SUBSCRIPTION),
    "delete_subscription": Operation("DELETE", _SUBSCRIPTION),
    "pause_subscription": Operation("POST", f"{_SUBSCRIPTION}/pause", repeatable=True),
    "resume_subscription": Operation("POST", f"{_SUBSCRIPTION}/resume", repeatable=True),
    "rotate_secret": Operation("POST", f"{_SUBSCRIPTION}/rotate", keyed=True),
    "replay_events": Operation("POST", f"{_SUBSCRIPTION}/replay"),
    "send_test_event": Operation("POST", f"{_SUBSCRIPTION}/test"),
    "take_inspection": Operation("POST", "/v1/warehouse/inspections", repeatable=True),
    "take_receipt": Operation("POST", "/v1/warehouse/receipts", repeatable=True),
    "take_webhook": Operation("POST", "/v1/webhooks/{provider}/{account}", repeatable=True),
} | {
    name: Operation("POST", f"{_OF_RETURN}/{name}", keyed=True)
    for name in UPDATES
    if name != "open"
}
OPERATIONS |= {
    f"{name}_lot": Operation("POST", f"{_OF_LOT}/{name}", keyed=True) for name in LOT_UPDATES
}
"""By the name of their route; a test holds them against the document."""


class NotDone(Exception):
    """It was not done; `code` is for programs, `because` a sentence, `field` what it is about."""

    def __init__(self, status: int, code: str, because: str, field: str | None = None) -> None:
        super().__init__(f"{code}: {because}")
        self.status = status
        self.code = code
        self.because = because
        self.field = field


class NoAnswer(Exception):
    """Nobody answered in time. It may have been done: ask again with the same key."""

    def __init__(self, operation: str, key: str) -> None:
        super().__init__(f"{operation}: no answer in time")
        self.operation = operation
        self.key = key


class HttpClient:
    """Every operation of the API: the usual ones as methods, any other by `call`."""

    def __init__(self, url: str, token: str, *, deadline: timedelta = DEADLINE) -> None:
        """Speak to one API.

        Args:
            url: Where it is served.
            token: An API key, a staff token, or the link of one return.
            deadline: How long one call may take, with all that is asked again.
        """
        self._deadline = deadline
        self._http = httpx2.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=None,  # the deadline counts
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def open(
        self, request: Mapping[str, Any], *, key: str = "", on_behalf_of: str = ""
    ) -> Answer:
        """Open a return, for a customer where `on_behalf_of` is `customer:<their id>`."""
        raw = await self.call("open_return", body=request, key=key, on_behalf_of=on_behalf_of)
        return Answer.model_validate_json(raw)

    async def ask(
        self,
        return_id: str,
        update: str,
        said: Mapping[str, Any],
        *,
        key: str = "",
        on_behalf_of: str = "",
    ) -> Answer:
        """Ask a return something; the updates are those of `domain.returns.commands`."""
        raw = await self.call(
            update, {"return_id": return_id}, body=said, key=key, on_behalf_of=on_behalf_of
        )
        return Answer.model_validate_json(raw)

    async def quote(self, request: Mapping[str, Any]) -> Quoted:
        """Say what a return would bring. Nothing is recorded."""
        return Quoted.model_validate_json(await self.call("quote", body=request))

    async def status(self, return_id: str) -> Status:
        """Tell how a return stands."""
        return Status.model_validate_json(await self._look("show_return", return_id))

    async def money(self, return_id: str) -> Explanation:
        """Derive what is promised and what was paid."""
        return Explanation.model_validate_json(await self._look("explain_money", return_id))

    async def events(self, return_id: str, *, after: int = 0) -> tuple[RecordedEvent, ...]:
        """Tell what happened, from version `after` + 1 on."""
        raw = await self._look("list_events", return_id, {"after": after})
        return EventList.model_validate_json(raw).events

    async def link(self, return_id: str, wish: LinkWish) -> Link:
        """Make a link by which the customer comes to this return."""
        body = wish.model_dump()
        raw = await self.call("make_link", {"return_id": return_id}, body=body)
        return Link.model_validate_json(raw)

    async def document(self, return_id: str, kind: Kind, *, parcel_id: str = "") -> bytes:
        """Give a paper of a return."""
        named = {"return_id": return_id, "kind": kind}
        return await self.call("show_document", named, query={"parcel_id": parcel_id})

    async def returns(self, query: BoardQuery | None = None) -> AsyncIterator[BoardRow]:
        """List returns, the newest request first, page after page."""
        asked = (query or BoardQuery()).model_dump(mode="json", exclude_none=True)
        while True:
            raw = await self.call("list_returns", query=asked)
            page = ReturnList.model_validate_json(raw)
            for row in page.returns:
                yield row
            if page.next_cursor is None:
                return
            asked["cursor"] = page.next_cursor

    async def subscribe(self, wish: SubscriptionWish, *, key: str = "") -> SubscriptionMade:
        """Have a server told of what happens from now on; the secret is in this answer alone."""
        raw = await self.call("create_subscription", body=wish.model_dump(mode="json"), key=key)
        return SubscriptionMade.model_validate_json(raw)

    async def subscriptions(self) -> tuple[SubscriptionShown, ...]:
        """List who is told, and how each of them does."""
        raw = await self.call("list_subscriptions")
        return SubscriptionList.model_validate_json(raw).subscriptions

    async def call(
        self,
        operation: str,
        named: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str = "",
        on_behalf_of: str = "",
    ) -> bytes:
        """Do any operation of `OPERATIONS`; `named` fills its path. Gives the answer's body.

        Raises:
            NotDone: It was not done.
            NoAnswer: It may have been done.
        """
        asked = OPERATIONS[operation]
        path = asked.path.format(**{name: quoted(is_, "") for name, is_ in (named or {}).items()})
        key = key or (uuid4().hex if asked.keyed else "")
        headers = {"Idempotency-Key": key, "On-Behalf-Of": on_behalf_of}
        request = self._http.build_request(
            asked.method,
            path,
            params=query,
            json=body,
            headers={name: value for name, value in headers.items() if value},
        )
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                answer = await self._answered(request, again=asked.may_repeat)
        except (TimeoutError, httpx2.TransportError) as lost:
            raise NoAnswer(operation, key) from lost
        if not answer.is_success:
            raise _not_done(answer)
        return answer.content

    async def _look(
        self, operation: str, return_id: str, query: Mapping[str, Any] | None = None
    ) -> bytes:
        return await self.call(operation, {"return_id": return_id}, query=query)

    async def _answered(self, request: httpx2.Request, *, again: bool) -> httpx2.Response:
        """Send it until there is an answer that is not "later"."""
        while True:
            pause = PAUSE_S
            try:
                answer = await self._http.send(request)
            except httpx2.TransportError:
                if not again:
                    raise
            else:
                if not again or answer.status_code not in _LATER:
                    return answer
                said = answer.headers.get("Retry-After", "")
                pause = float(said) if said.isdecimal() else PAUSE_S
            await asyncio.sleep(pause)


def _not_done(answer: httpx2.Response) -> NotDone:
    try:
        said = ProblemDetails.model_validate_json(answer.content)
    except ValidationError:  # something between us and the API answered
        return NotDone(answer.status_code, "no_problem", answer.reason_phrase)
    return NotDone(said.status, said.code, said.detail, said.path)
