"""A partner's face: its operations over HTTP, and the points where faults bite.

A request passes four points: before any work; after the effect and before the answer;
during the answer; and, for the webhooks it has caused, before or after the answer.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.faults import BEFORE, Arrival, Fault, Stage, delay_of
from sandbox.outbox import Fresh
from sandbox.wire import Call, Json, Reply, Unfit
from sandbox.world import World

STAGES: tuple[Stage, ...] = ("delay", "answer", "order")
RETRY_AFTER_S = 1.0

Complaint = Callable[[int, str, str, str], Json]  # status, code, message, field


def _nothing(_call: Call) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Operation:
    """Something a partner can be asked: `work` runs in one transaction, `key` names its business.

    `stored_500` is told when the effect stands and the answer will be a 500, for partners
    that keep even such an answer under the request's key. `about` gives other names by which
    a fault can single the request out, such as its return.
    """

    name: str
    method: str
    path: str
    work: Callable[[Call], Reply]
    key: Callable[[Call], str]
    stored_500: Callable[[Call, Reply], None] | None = None
    about: Callable[[Call], tuple[str, ...]] = _nothing


@dataclass(frozen=True)
class Face:
    """A partner: where it listens, whom it knows, and how it words a no."""

    name: str
    prefix: str
    knows: Callable[[Mapping[str, str]], bool]
    complaint: Complaint
    operations: tuple[Operation, ...]


def routes_of(face: Face, world: World, looked: Callable[[], None]) -> Iterable[Route]:
    """Give the routes of a face; `looked` is called when something may be due soon."""
    world.faults.know(face.name, [operation.name for operation in face.operations])
    for operation in face.operations:
        counter = _Counter(world, face, operation, looked)
        yield Route(face.prefix + operation.path, counter.serve, methods=[operation.method])


class _Counter:
    """Where one operation is asked for."""

    def __init__(
        self, world: World, face: Face, operation: Operation, looked: Callable[[], None]
    ) -> None:
        self._world = world
        self._face = face
        self._operation = operation
        self._looked = looked

    async def serve(self, request: Request) -> Response:
        face = self._face
        if not face.knows(request.headers):
            said = face.complaint(401, "unauthorised", "The API key is not known here.", "")
            return JSONResponse(said, 401)
        try:
            call = await read_call(request)
            key = self._operation.key(call)
        except Unfit as unfit:
            return self._unfit(unfit)
        with self._world.books.transaction():
            found = self._world.faults.arrive(
                Arrival(
                    face.name,
                    self._operation.name,
                    key,
                    STAGES,
                    about=self._operation.about(call),
                )
            )
        if "delay" in found:
            await asyncio.sleep(delay_of(found["delay"], self._operation.name))
        answer = found.get("answer")
        if answer is not None and answer.name in BEFORE:
            return self._refused(answer, call)
        return await self._worked(call, answer, at_once="order" in found)

    async def _worked(self, call: Call, fault: Fault | None, *, at_once: bool) -> Response:
        world = self._world
        world.outbox.take_fresh()  # of a transaction that failed
        try:
            with world.books.transaction():
                reply = self._operation.work(call)
                if fault is not None and fault.name == "500_after":
                    self._keep_500(call)
        except Unfit as unfit:
            return self._unfit(unfit)
        fresh = world.outbox.take_fresh()
        self._looked()
        return await self._answered(reply, fault, fresh, at_once=at_once)

    async def _answered(
        self, reply: Reply, fault: Fault | None, fresh: Fresh, *, at_once: bool
    ) -> Response:
        outbox = self._world.outbox
        early = fresh.all if at_once or fault is not None else fresh.before
        outbox.release(early)
        if at_once or fresh.before:
            await outbox.first_attempts(early)
        rest = BackgroundTask(_let_go, outbox.release, [k for k in fresh.all if k not in early])
        match fault.name if fault is not None else "":
            case "silence_after":
                return _Silence()
            case "cut_after":
                return _Cut(reply)
            case "500_after":
                return self._broken()
            case _:
                kind = "text/csv" if reply.file else "application/json"
                return Response(
                    reply.raw,
                    reply.status,
                    headers=dict(reply.headers),
                    media_type=kind,
                    background=rest,
                )

    def _refused(self, fault: Fault, call: Call) -> Response:
        """Answer without having done anything."""
        complaint = self._face.complaint
        match fault.name:
            case "refuse_before":
                said = complaint(503, "service_unavailable", "Not now.", "")
                return JSONResponse(said, 503)
            case "throttle" | "throttle_bare":
                pause = RETRY_AFTER_S if fault.seconds is None else fault.seconds
                told = {"Retry-After": f"{pause:.0f}"} if fault.name == "throttle" else {}
                said = complaint(429, "rate_limit", "Too many requests.", "")
                return JSONResponse(said, 429, headers=told)
            case "500_stored":
                with self._world.books.transaction():
                    self._keep_500(call)
                return self._broken()
            case _:
                return self._broken()

    def _keep_500(self, call: Call) -> None:
        if self._operation.stored_500 is not None:
            self._operation.stored_500(call, self.broken_reply(self._face))

    @staticmethod
    def broken_reply(face: Face) -> Reply:
        """Say what a face answers when something broke inside it."""
        return Reply(500, face.complaint(500, "internal_error", "Something broke here.", ""))

    def _broken(self) -> Response:
        reply = self.broken_reply(self._face)
        return JSONResponse(reply.body, reply.status)

    def _unfit(self, unfit: Unfit) -> Response:
        said = self._face.complaint(422, "invalid", f"expected {unfit.expected}", unfit.field)
        status = 400 if self._face.name == "gateway" else 422
        return JSONResponse(said, status)


class _Silence(Response):
    """No answer, until whoever asked gives up."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class _Cut(Response):
    """Half an answer, and then the connection is gone."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.raw, reply.status)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        half = {"type": "http.response.body", "body": self.body[: len(self.body) // 2]}
        await send({**start, "headers": self.raw_headers})
        await send({**half, "more_body": True})  # and no more: the server closes the connection


async def read_call(request: Request) -> Call:
    """Read a request's parts.

    Raises:
        Unfit: The body is neither JSON nor a form.
    """
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = _nested(parse_qsl(raw.decode(), keep_blank_values=True))
    else:
        body = _json(raw)
    return Call(
        path=dict(request.path_params),
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        target=f"{request.method} {request.url.path}",
    )


def _json(raw: bytes) -> Json:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Unfit("body", "JSON") from None
    if not isinstance(body, dict):
        raise Unfit("body", "a JSON object")
    return body


def _nested(pairs: Iterable[tuple[str, str]]) -> Json:
    """Read `metadata[return_id]=…` as an object, and so on inwards; places are keys like `0`."""
    body: dict[str, Any] = {}
    for name, value in pairs:
        *outer, last = name.replace("]", "").split("[")
        where = body
        for step in outer:
            where = where.setdefault(step, {})
            if not isinstance(where, dict):
                raise Unfit(name, "a field that is not also a text")
        where[last] = value
    return body


async def _let_go(release: Callable[[Iterable[int]], None], keys: Iterable[int]) -> None:
    release(keys)
