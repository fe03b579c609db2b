"""`start` and `quote`: goods are to come back, and what that would bring."""

import asyncio

from cyclopts import App

from api.cli.desk import COMMON, Common, Desk, Exit, at_desk
from api.cli.files import Document, File, read_some
from api.cli.showing import one_line, price
from api.client import Answer, Quoted
from domain.refusal import Refused
from domain.returns.shown.status import Status

AT_ONCE = 8
"""Requests of one file that are asked at the same time."""

app = App()


@app.command
def start(file: File, *, request_id: str | None = None, common: Common = COMMON) -> int:
    """Open the return, or the returns, that FILE asks for. The same request is opened once.

    Args:
        file: A return request in JSON, or a list of them; - is standard input.
        request_id: The id under which a single request counts once.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        requests, many = read_some(file)
        turns = asyncio.Semaphore(AT_ONCE)

        async def open_one(request: Document) -> Answer:
            async with turns:
                return await desk.returns.open(
                    request,
                    tenant=whose(desk, request),
                    request_id=None if many else request_id,
                )

        answers = await asyncio.gather(*(open_one(request) for request in requests))
        return told(desk, answers, many=many)

    return at_desk(common, work)


@app.command
def quote(file: File, *, common: Common = COMMON) -> int:
    """Say what the request in FILE would bring; nothing is recorded.

    Args:
        file: A return request in JSON, or a list of them; - is standard input.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        requests, many = read_some(file)
        quotes = [
            await desk.returns.quote(request, tenant=whose(desk, request)) for request in requests
        ]
        if desk.common.json:
            desk.say((), quotes if many else quotes[0])
        else:
            for number, quoted in enumerate(quotes, start=1):
                _show(desk, quoted, f"{number}: " if many else "")
        return Exit.DONE if all(quoted.accepted for quoted in quotes) else Exit.REFUSED

    return at_desk(common, work)


def whose(desk: Desk, request: Document) -> str | None:
    """The tenant named on the command line, else the order's own, else the usual one."""
    if desk.common.tenant is not None:
        return desk.common.tenant
    order = request.get("order")
    brings_one = isinstance(order, dict) and isinstance(order.get("tenant"), str)
    return None if brings_one else desk.tenant


def told(desk: Desk, answers: list[Answer], *, many: bool) -> Exit:
    """Show what came of each request."""
    if desk.common.json:
        desk.say((), answers if many else answers[0])
    else:
        for number, answer in enumerate(answers, start=1):
            if answer.accepted:
                desk.say([accepted_line(answer)], answer)
            else:
                desk.note(
                    f"{f'{number}: ' if many else ''}refused ({answer.code}): {answer.because}"
                )
    return Exit.DONE if all(answer.accepted for answer in answers) else Exit.REFUSED


def accepted_line(answer: Answer) -> str:
    """What came of it, in one line."""
    stands = one_line(answer.status) if isinstance(answer.status, Status) else answer.because
    return f"{stands} ({answer.because})" if answer.status and answer.because else stands


def _show(desk: Desk, quoted: Quoted, number: str) -> None:
    if quoted.accepted:
        desk.say([f"{number}{line}" for line in price(quoted)], quoted)
    else:
        refused = Refused(code=quoted.code, because=quoted.because)
        desk.note(f"{number}refused ({refused.code}): {refused.because}")
