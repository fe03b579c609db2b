"""`python -m api`: serve on BACKHAUL_API_HOST:BACKHAUL_API_PORT, and keep the read models.

Without a host it is this machine alone that can connect. TLS is the business of the proxy
before it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import structlog
import uvicorn
from temporalio.client import Client

from adapters.logging import configure_logging
from adapters.postgres.data_keys import DataKeys
from adapters.postgres.erasures import Erasures
from adapters.postgres.pool import connect
from adapters.postgres.rewrapping import assert_keys_open
from adapters.sealing.codec import converter_of
from adapters.sealing.wrapping import MasterKeys
from adapters.settings import Settings, SettingsError
from adapters.telemetry.doors import connecting, is_open
from adapters.telemetry.opening import telemetry
from adapters.warehouses.shipbob import ShipBob
from api.access.rights import Role
from api.app import create_app
from api.client import ReturnsClient, Surroundings
from api.clock import Clock, MachineClock, SandboxClock
from api.doors import Doors
from api.forgetting import keep_destroying
from api.polling import poll_regularly
from api.settings import ApiSettings
from projections.readings import keep_reading
from projections.runner import run_projections

GRACE_S = 20

log = structlog.get_logger()


async def serve(settings: Settings, api: ApiSettings, where: Surroundings) -> None:
    """Serve until a signal says to stop. A Temporal server that is away is no hindrance."""
    async with (
        await connect(settings.database_url, migrate=settings.sets_up) as pool,
        httpx2.AsyncClient(trust_env=False) as http,
        ReturnsClient(where) as returns,
    ):
        wrapper = MasterKeys(*settings.master_keys)
        await assert_keys_open(pool, wrapper)
        keys = DataKeys(pool, wrapper)
        converter = converter_of(keys, settings.namespace, settings.payloads)
        temporal = await Client.connect(
            **settings.temporal_connect(), data_converter=converter, **connecting(), lazy=True
        )
        doors = Doors(
            pool=pool,
            temporal=temporal,
            returns=returns,
            http=http,
            webhook_secrets=settings.webhook_secrets,
            settings=api,
            clock=_clock(settings, http),
            task_queue=settings.task_queue,
            paypal_url=_paypal(settings),
            keys_of_files=keys,
            namespace=settings.namespace,
        )
        if api.ui_key:
            now = await doors.clock.now()
            await doors.keys.know(api.ui_key, api.tenant, "Temporal UI", Role.READER, now)
        config = uvicorn.Config(
            create_app(doors),
            host=api.host,
            port=api.port,
            access_log=False,
            log_config=None,  # its lines go where ours go
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        log.info("api.started", port=api.port)
        stop = asyncio.Event()
        beside = [
            asyncio.create_task(_projections(settings, stop)),
            asyncio.create_task(keep_destroying(Erasures(pool), doors.store, stop)),
        ]
        if is_open():
            beside.append(asyncio.create_task(keep_reading(pool, stop)))
        if settings.shipbob_channel:
            shipbob = _shipbob(settings, http)
            polling = poll_regularly(doors.inbox, shipbob, doors.clock, stop)
            beside.append(asyncio.create_task(polling))
        await _Server(config).serve()
        stop.set()
        await asyncio.gather(*beside)
    await asyncio.sleep(0.1)  # the SDK's threads end a moment after its last call


class _Server(uvicorn.Server):
    """Stops when told to, and lets the process end by itself.

    Uvicorn's own would raise the signal again and kill it before its connections are closed.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for told in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(told, self.handle_exit, told, None)
        yield


async def _projections(settings: Settings, stop: asyncio.Event) -> None:
    await run_projections(settings.database_url, stop, migrate=settings.sets_up)


def _shipbob(settings: Settings, http: httpx2.AsyncClient) -> ShipBob:
    access, channel = settings.partner("shipbob"), settings.shipbob_channel
    return ShipBob(http, base_url=access.base_url, api_key=access.api_key, channel_id=channel)


def _paypal(settings: Settings) -> str:
    """Where PayPal is, if it is somewhere."""
    return settings.partner("paypal").base_url if "paypal" in settings.partners else ""


def _clock(settings: Settings, http: httpx2.AsyncClient) -> Clock:
    if settings.sandbox_url is None:
        return MachineClock()
    return SandboxClock(settings.sandbox_url, http)


def main() -> int:
    """Give 0 when told to stop, 2 when the surroundings make no sense."""
    try:
        settings, api = Settings.from_env(os.environ), ApiSettings.from_env(os.environ)
        where = Surroundings.from_env(os.environ)
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    configure_logging(settings.log)
    try:
        with telemetry("api"):
            asyncio.run(serve(settings, api, where))
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
