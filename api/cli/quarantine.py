"""`quarantine list|show|release|drop`: news that nobody could be told by itself."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number
from pydantic import TypeAdapter, ValidationError

from api.cli.desk import COMMON, Common, Desk, Exit, UnreadableError, UsageError, at_desk
from api.cli.showing import columns, when
from api.client.quarantine import MOST, Looked, Quarantined
from domain.model import Short
from domain.refusal import Refused

app = App()
quarantine = App(name="quarantine", help="News that waits for a person, of every merchant.")
app.command(quarantine)

News = Annotated[int, Parameter(validator=Number(gte=1, lt=2**63))]
_SHORT = TypeAdapter(Short)


@quarantine.command(name="list")
def list_quarantine(*, common: Common = COMMON) -> int:
    """List what waits, the first received first; boxes are in `receipts waiting`."""

    async def work(desk: Desk) -> Exit:
        found = await desk.returns.quarantine.all()
        lines = columns(map(_row, found)) or ["nothing waits"]
        if len(found) == MOST:
            lines.append(f"the first {MOST} of them")
        desk.say(lines, {"quarantined": found})
        return Exit.DONE

    return at_desk(common, work)


@quarantine.command
def show(number: News, *, common: Common = COMMON) -> int:
    """Show news with what it tells, and what was done with it.

    Args:
        number: As `quarantine list` gives it.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        news = await desk.returns.quarantine.look(number)
        if isinstance(news, Refused):
            raise UnreadableError(news)
        desk.say(_page(news), news)
        return Exit.DONE

    return at_desk(common, work)


@quarantine.command
def release(*numbers: News, because: str, common: Common = COMMON) -> int:
    """Let news be told after all, once what kept it back was put right.

    What still finds no return comes back with the reason.

    Args:
        numbers: As `quarantine list` gives them.
        because: Why it can be told now, such as a ticket; it must name nobody.
        common: What every command takes.
    """
    return _end(common, numbers, because, "released", lambda desk: desk.returns.quarantine.release)


@quarantine.command
def drop(*numbers: News, because: str, common: Common = COMMON) -> int:
    """Let news be told to nobody. There is no way back.

    Args:
        numbers: As `quarantine list` gives them.
        because: Why it is nothing, such as a ticket; it must name nobody.
        common: What every command takes.
    """
    return _end(common, numbers, because, "dropped", lambda desk: desk.returns.quarantine.drop)


Ends = Callable[[int, str], Awaitable[Refused | None]]


def _end(
    common: Common, numbers: tuple[int, ...], because: str, done: str, how: Callable[[Desk], Ends]
) -> int:
    async def work(desk: Desk) -> Exit:
        if not numbers:
            raise UsageError("numbers: expected one or more, as `quarantine list` gives them")
        told = {number: await how(desk)(number, _reason(because)) for number in numbers}
        refused = [no for no in told.values() if no is not None]
        desk.say(
            [f"{number} {done}" for number, no in told.items() if no is None],
            {done: [number for number, no in told.items() if no is None], "refused": refused},
        )
        for no in refused:
            desk.note(f"refused ({no.code}): {no.because}")
        return Exit.REFUSED if refused else Exit.DONE

    return at_desk(common, work)


def _reason(because: str) -> str:
    try:
        return _SHORT.validate_python(because.strip() or None)
    except ValidationError:
        raise UsageError("--because: expected a reason on one line, 200 letters at most") from None


def _row(news: Quarantined) -> list[str]:
    of = f"{news.provider}/{news.account}"
    may = " or ".join(news.may)
    return [str(news.number), when(news.received_at), of, news.kind, may, news.because]


def _page(news: Looked) -> list[str]:
    said = [
        ("news", f"{news.number}, {news.kind} of {news.provider}/{news.account}: {news.event_id}"),
        ("happened", when(news.occurred_at)),
        ("received", when(news.received_at)),
        ("state", f"{news.state}{f': {news.because}' if news.because else ''}"),
        ("you may", " or ".join(news.may) or "do nothing with it"),
        *((f"{one.how}", f"{when(one.at)} by {one.by}: {one.because}") for one in news.ended),
    ]
    return [*columns(said), *(json.dumps(fact, indent=2) for fact in news.facts)]
