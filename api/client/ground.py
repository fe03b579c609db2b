"""What the engine needs of its servers before it runs: made once, and again to no effect."""

from datetime import timedelta

import psycopg
from pydantic import BaseModel, ConfigDict
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.postgres.migrate import SchemaMismatch, migrate
from adapters.settings import LOCAL_STACK_HINT, SettingsError
from api.client.answers import Unavailable
from api.client.surroundings import Surroundings
from deploy.namespace import ensure_namespace
from deploy.search_attributes import register_search_attributes

_TRIED = "setup"


class Ground(BaseModel):
    """What was there already, and what is new."""

    model_config = ConfigDict(frozen=True)

    namespace: str
    new_namespace: bool
    new_search_attributes: tuple[str, ...]


async def prepare(where: Surroundings) -> Ground:
    """Bring the schema up to date, and make the namespace and its search attributes.

    Raises:
        SettingsError: It is not said where one of the servers is.
        Unavailable: One of the servers does not answer, or does not let us.
    """
    if not where.database_url:
        raise SettingsError("DATABASE_URL", f"the database's address ({LOCAL_STACK_HINT})")
    if not where.temporal.address:
        raise SettingsError("TEMPORAL_ADDRESS", f"the server's address ({LOCAL_STACK_HINT})")
    try:
        await migrate(where.database_url)
    except (psycopg.Error, SchemaMismatch) as wrong:
        raise Unavailable(where.database_name, _TRIED, str(wrong)) from wrong
    try:
        client = await Client.connect(**where.temporal.to_client_connect_config())
        is_new = await ensure_namespace(client, timedelta(days=where.retention_days))
        attributes = await register_search_attributes(client)
    except (RPCError, RuntimeError, TimeoutError) as wrong:
        raise Unavailable(where.temporal_name, _TRIED, str(wrong)) from wrong
    return Ground(namespace=where.namespace, new_namespace=is_new, new_search_attributes=attributes)
