"""How what lives beside returns is told something at a terminal: claims and lots alike."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.cli.desk import Common, Desk, Exit, at_desk, refusal
from api.client import ReturnsClient
from api.client.beside import Beside
from domain.money import Money
from domain.refusal import Refused

Find = Callable[[ReturnsClient], Beside[Any, Any, Any, Any]]
Whole = Callable[[Any], Iterable[str]]


def show_one(common: Common, find: Find, its_id: str, whole: Whole) -> int:
    """Show how one stands; one that nobody opened is a no."""

    async def work(desk: Desk) -> Exit:
        asked = find(desk.returns)
        status = await asked.status(desk.tenant, its_id)
        if not status.version:
            no = asked.unknown(its_id)
            return refusal(no, desk.common, status)
        desk.say(list(whole(status)), status)
        return Exit.DONE

    return at_desk(common, work)


def tell_one(
    common: Common,
    find: Find,
    its_id: str,
    whole: Whole,
    update: str,
    *,
    money: Mapping[str, int | None] | None = None,
    **said: Any,
) -> int:
    """Tell one something, and show how it stands then.

    Args:
        common: What every command takes.
        find: Which kind.
        its_id: Which one.
        whole: Puts its status into lines.
        update: The name of the update.
        money: Amounts in minor units of its own currency; those that are none are left out.
        said: All other fields.
    """

    async def work(desk: Desk) -> Exit:
        asked = find(desk.returns)
        amounts = {name: minor for name, minor in (money or {}).items() if minor is not None}
        if amounts:
            currency = (await asked.status(desk.tenant, its_id)).currency or "EUR"
            for name, minor in amounts.items():
                said[name] = Money(amount_minor=minor, currency=currency)
        told = await asked.say(desk.tenant, its_id, update, **said)
        if not told.accepted:
            return refusal(Refused(code=told.code, because=told.because), desk.common, told)
        desk.say(list(whole(told.status)), told)
        return Exit.DONE

    return at_desk(common, work)
