"""The app: its routes, its errors, and the relay that runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from adapters.telemetry.doors import is_open
from api import (
    codec,
    commands,
    erasures,
    health,
    linked,
    lots,
    quarantine,
    reports,
    returns,
    subscriptions,
    webhooks,
)
from api.described import describe_bodies
from api.doors import Doors
from api.problems import explain_problems
from api.seen import Seen


def create_app(doors: Doors, *, relaying: bool = True) -> FastAPI:
    """Make the app.

    Args:
        doors: What is behind the routes.
        relaying: Whether the relay runs while the app is served; who leaves it out drains
            the inbox by `doors.relay.drain()`.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        relay = asyncio.create_task(doors.relay.run(stop), name="relay") if relaying else None
        yield
        stop.set()
        if relay is not None:
            await relay

    app = _routes(lifespan)
    app.state.doors = doors
    explain_problems(app)
    if is_open():
        app.add_middleware(Seen)
    app.add_middleware(codec.CodecForBrowsers, origins=doors.settings.ui_origins)
    return app


def routes_only() -> FastAPI:
    """Make an app with nothing behind it: only good for being described."""
    return _routes(None)


def _routes(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None) -> FastAPI:
    app = FastAPI(
        title="Backhaul",
        summary="Returns, from the first request to the last refund",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # they would load their scripts from elsewhere
        redoc_url=None,
    )
    describe_bodies(app)
    modules = (
        health, webhooks, reports, returns, commands, lots, subscriptions, codec, erasures, quarantine,
        linked,
    )  # fmt: skip
    for module in modules:
        app.include_router(module.router)
    app.state.routes = [route for module in modules for route in module.router.routes]
    return app
