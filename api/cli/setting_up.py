"""`setup`: everything the engine needs of its servers, before anything of it runs."""

from cyclopts import App

from api.cli.desk import COMMON, Common, Desk, Exit, at_desk
from api.client.ground import prepare

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
