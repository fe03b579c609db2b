"""`setup`, `releases`, `release`: what the servers must know before our processes run, and which."""

from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from api.cli.desk import COMMON, Common, Desk, Exit, at_desk
from api.cli.showing import columns, when
from api.client.answers import Answer
from api.client.ground import prepare
from api.client.releases import go_on_with
from api.client.releases import releases as known_releases

app = App()


@app.command
def setup(*, common: Common = COMMON) -> int:
    """Make schema, namespace, search attributes and schedules what this release needs.

    Safe to run again, and at the same time as others: what is there already is left alone. Needs
    the schema's owner in DATABASE_URL, and the right to administer the namespace; a namespace that
    is missing is made with BACKHAUL_RETENTION_DAYS. Schedules are those of the merchant.

    Args:
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        where = desk.returns.where
        ground = await prepare(where)
        applied = await desk.returns.reconciliation.schedule(desk.tenant, where.reconcile_providers)
        attributes = ", ".join(ground.new_search_attributes)
        desk.say(
            [
                f"{where.database_name}: the schema is this release's",
                f"namespace {ground.namespace}: {'made' if ground.new_namespace else 'was there'}",
                f"search attributes: {f'new: {attributes}' if attributes else 'all were there'}",
                *(f"schedule {one.schedule}: {one.outcome}" for one in applied),
            ],
            {**ground.model_dump(), "schedules": applied},
        )
        return Exit.DONE

    return at_desk(common, work)


@app.command
def releases(*, common: Common = COMMON) -> int:
    """List the releases that workers have said they are, and what each is sent of the returns.

    Workers of a `drained` release may be stopped; those of a `draining` one are waited for.

    Args:
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        known = await known_releases(desk.returns.where)
        rows = [
            (one.release, one.standing, f"{one.percent:g} % of the returns", when(one.seen_first))
            for one in known
        ]
        lines = columns(rows) if rows else ["no worker says which release it is"]
        desk.say(lines, {"releases": known})
        return Exit.DONE

    return at_desk(common, work)


@app.command
def release(
    name: str,
    *,
    percent: Annotated[float, Parameter(validator=Number(gt=0, lte=100))] = 100.0,
    common: Common = COMMON,
) -> int:
    """Go on with this release: with every return, or with a part of them at first.

    Args:
        name: As its workers have it in BACKHAUL_RELEASE.
        percent: The part of the returns that it is sent, by chance; the rest stays where it is.
        common: What every command takes.
    """

    async def work(desk: Desk) -> Exit:
        refused = await go_on_with(desk.returns.where, name, percent)
        if refused is not None:
            return desk.refuse(Answer.no(refused))
        desk.say(
            [f"release {name} is sent {percent:g} % of the returns"],
            {"release": name, "percent": percent},
        )
        return Exit.DONE

    return at_desk(common, work)
