"""The hand that drives the sandbox: clock, scripts, faults, webhooks, and direct events.

None of this exists at a real partner; it stands under `/_sandbox` and asks for no key.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.audit import audit
from sandbox.boxes import check_boxes
from sandbox.courier import ACCOUNT
from sandbox.driving import Work
from sandbox.face import read_call
from sandbox.journeys import check_journey
from sandbox.mail import messages
from sandbox.profiles import rules_of
from sandbox.runner import Runner
from sandbox.settings import PROVIDERS
from sandbox.texting import texts
from sandbox.wire import Call, Json, Reply, Unfit, iso, moment, number, text
from sandbox.world import World

PREFIX = "/_sandbox"
LEDGERS = ("payments", "labels", "claims", "warehouse", "mail", "sms")


class Control:
    """The routes under `/_sandbox`."""

    def __init__(self, world: World, runner: Runner, works: Sequence[Work]) -> None:
        self._world = world
        self._runner = runner
        self._works = works

    def routes(self) -> Iterable[Route]:
        """Give all of them."""
        yield Route(f"{PREFIX}/clock", self._advance, methods=["POST"])
        works: list[tuple[str, str, Callable[[Call], Reply]]] = [
            ("GET", "/clock", self._clock),
            ("GET", "/scripts", self._scripts),
            ("POST", "/scripts", self._choose),
            ("GET", "/faults", self._faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("GET", "/faults/fired", self._fired),
            ("GET", "/audit", self._audit),
            ("GET", "/mail/messages", self._messages),
            ("GET", "/sms/messages", self._texts),
            ("GET", "/webhooks", self._webhooks),
            ("POST", "/webhooks/endpoint", self._endpoint),
            *self._works,
        ]
        for method, path, work in works:
            yield Route(PREFIX + path, self._done(work), methods=[method])
        for ledger in LEDGERS:
            yield Route(f"{PREFIX}/{ledger}/ledger", self._ledger(ledger))

    def _done(self, work: Callable[[Call], Reply]) -> Callable[[Request], Awaitable[Response]]:
        """Do the work in one transaction, answer, and then tell whom it concerns."""

        async def serve(request: Request) -> Response:
            outbox = self._world.outbox
            outbox.take_fresh()
            try:
                call = await read_call(request)
                with self._world.books.transaction():
                    reply = work(call)
            except Unfit as unfit:
                return _unfit(unfit)
            fresh = outbox.take_fresh().all
            outbox.release(fresh)
            await outbox.first_attempts(fresh)
            self._runner.look()
            return JSONResponse(reply.body, reply.status)

        return serve

    async def _advance(self, request: Request) -> Response:
        try:
            said = (await read_call(request)).body
            if said.get("still") is True:
                self._world.clock.stand_still()
            now = self._world.clock.now()
            if "advance_seconds" in said:
                target = now + timedelta(seconds=number(said, "advance_seconds", 0))
            else:
                target = moment(said, "advance_to")
        except Unfit as unfit:
            return _unfit(unfit)
        return JSONResponse(await self._runner.advance_to(target))

    def _clock(self, _call: Call) -> Reply:
        due_at = self._world.schedule.next_due()
        body = {
            "now": iso(self._world.clock.now()),
            "due": self._world.schedule.pending(),
            "next_due_at": iso(due_at) if due_at else None,
        }
        return Reply(200, body)

    def _scripts(self, _call: Call) -> Reply:
        return Reply(200, {"scripts": self._world.scripts.listed()})

    def _choose(self, call: Call) -> Reply:
        script = self._world.scripts.choose(call.body)
        check_journey(script)
        check_boxes(script)
        said = {"key": text(call.body, "key"), "script": script.full_name}
        self._world.tell("script", self._world.clock.now(), said)
        return Reply(200, said)

    def _faults(self, _call: Call) -> Reply:
        return Reply(200, {"rules": self._world.faults.listed()})

    def _add_fault(self, call: Call) -> Reply:
        if "profile" in call.body:
            rules = rules_of(text(call.body, "profile"))
            self._world.faults.clear()
            for rule in rules:
                self._world.faults.add(rule)
        else:
            self._world.faults.add(call.body)
        return self._faults(call)

    def _clear_faults(self, call: Call) -> Reply:
        self._world.faults.clear()
        return self._faults(call)

    def _audit(self, _call: Call) -> Reply:
        return Reply(200, {"violations": audit(self._world.books)})

    def _messages(self, call: Call) -> Reply:
        return Reply(200, {"messages": messages(self._world, call.query.get("to", ""))})

    def _texts(self, call: Call) -> Reply:
        return Reply(200, {"messages": texts(self._world, call.query.get("to", ""))})

    def _webhooks(self, _call: Call) -> Reply:
        outbox = self._world.outbox
        return Reply(200, {"undelivered": outbox.undelivered(), "webhooks": outbox.listed()})

    def _endpoint(self, call: Call) -> Reply:
        provider, url = text(call.body, "provider"), text(call.body, "url")
        if provider not in PROVIDERS:
            raise Unfit("provider", " or ".join(PROVIDERS))
        if text(call.body, "account", default=ACCOUNT) != ACCOUNT:
            raise Unfit("account", ACCOUNT)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Unfit("url", "an http or https address")
        body: Json = {"url": url, "secret": text(call.body, "secret", default="")}
        self._world.books.put("endpoint", provider, body)
        self._world.outbox.send_waiting()
        return Reply(200, {"provider": provider, "account": ACCOUNT, "url": url})

    def _ledger(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def serve(_request: Request) -> Response:
            return _lines(self._world.books.ledger_lines(name))

        return serve

    def _fired(self, _call: Call) -> Reply:
        return Reply(200, {"fired": self._world.faults.fired()})


def _lines(lines: Iterable[str]) -> Response:
    body = "".join(f"{line}\n" for line in lines)
    return PlainTextResponse(body, media_type="application/x-ndjson")


def _unfit(unfit: Unfit) -> Response:
    body = {"code": "invalid", "field": unfit.field, "message": str(unfit)}
    return JSONResponse(body, 422)
