"""Whether the process lives, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from temporalio.service import RPCError

from activities.event_store import StoreUnavailable
from adapters.postgres.pool import borrowed
from api.doors import Behind, Doors
from api.problems import PROBLEMS, Problem

PATIENCE_S = 2.0

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """It lives."""

    status: str = "alive"


class Readiness(BaseModel):
    """How each store that we cannot work without stands: `ready` or `away`."""

    status: str
    stores: dict[str, str]


@router.get("/healthz")
async def healthz() -> Health:
    """Say that the process lives, whatever else is down."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses=PROBLEMS)
async def readyz(behind: Behind) -> Readiness | JSONResponse:
    """Say whether webhooks can be taken and relayed, and which store is away."""
    database, temporal = await asyncio.gather(
        _state(_ask_database(behind)), _state(_ask_temporal(behind))
    )
    stores = {"database": database, "temporal": temporal}
    away = [name for name, state in stores.items() if state == "away"]
    if not away:
        return Readiness(status="ready", stores=stores)
    detail = f"{' and '.join(away)} away"
    return Problem(503, "not_ready", detail, headers={"Retry-After": "1"}).response(stores=stores)


async def _state(asking: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asking
    except (StoreUnavailable, TimeoutError, RPCError, RuntimeError):  # the SDK's word for no server
        return "away"
    return "ready"


async def _ask_database(behind: Doors) -> None:
    async with borrowed(behind.pool, deadline_s=PATIENCE_S) as connection:
        await connection.execute("SELECT 1")


async def _ask_temporal(behind: Doors) -> None:
    if not await behind.temporal.service_client.check_health():
        raise RuntimeError("the Temporal server is not serving")
