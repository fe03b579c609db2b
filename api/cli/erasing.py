"""`erase`, `erasures`: a person is forgotten, and who was."""

from typing import Annotated, Literal

from cyclopts import App, Parameter
from pydantic import TypeAdapter, ValidationError

from adapters.postgres.erasures import UNTIL_DESTROYED, Erasure
from api.cli.desk import COMMON, Common, Desk, Exit, UsageError, at_desk
from api.cli.files import read_one
from api.cli.showing import columns, when
from api.client import Answer
from api.client.surroundings import is_id
from domain.refusal import Refused

app = App()
_LIST = TypeAdapter(dict[Literal["erasures"], tuple[Erasure, ...]])


@app.command
def erase(
    customer: str | None = None,
    *,
    reference: str = "",
    again: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    common: Common = COMMON,
) -> int:
    """Forget a customer: name, addresses, papers, and what was said in their own words.

    Sums and reasons stay. There is no way back. Refused while a return of theirs is open.

    Args:
        customer: The customer's id, as orders name it.
        reference: Of the wish, such as a ticket; it must name nobody.
        again: A file made by `erasures --json`, after a copy of the store came back.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        if again is not None:
            told = _read(again)
            await desk.returns.erasing.again(told)
            desk.say([f"{len(told)} forgotten again"], {"again": len(told)})
            return Exit.DONE
        if customer is None or not is_id(customer):
            raise UsageError("customer: expected the customer's id, as orders name it")
        if not is_id(reference):
            raise UsageError("--reference: expected the id of the wish, such as a ticket's")
        done = await desk.returns.erasing.erase(desk.tenant, customer, reference)
        if isinstance(done, Refused):
            return desk.refuse(Answer.no(done))
        said = [f"customer {customer} is forgotten, in {len(done.files)} files"]
        if done.under_way:
            minutes = int(UNTIL_DESTROYED.total_seconds() // 60)
            said.append(f"keys of these are destroyed in {minutes} minutes, by the API")
        desk.say(said, done)
        return Exit.DONE

    return at_desk(common, work)


@app.command
def erasures(*, common: Common = COMMON) -> int:
    """List who was forgotten; keep the list of --json apart from the store's copies.

    Every merchant's, unless --tenant names one.
    """

    async def work(desk: Desk) -> Exit:
        done = await desk.returns.erasing.done(desk.common.tenant)
        rows = [_row(one) for one in done]
        desk.say(columns(rows) if rows else ["nobody was forgotten"], {"erasures": done})
        return Exit.DONE

    return at_desk(common, work)


def _row(one: Erasure) -> tuple[str, ...]:
    how_far = "under way" if one.under_way else "done"
    return (when(one.erased_at), how_far, one.tenant, one.subject_id, one.reference, one.by)


def _read(path: str) -> tuple[Erasure, ...]:
    try:
        return _LIST.validate_python(read_one(path), strict=False)["erasures"]
    except ValidationError as wrong:
        said = wrong.errors()[0]
        where = ".".join(str(part) for part in said["loc"])
        raise UsageError(f"{path}: {where}: {said['msg']}") from None
