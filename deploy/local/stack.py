"""The two servers a laptop lacks: PostgreSQL and Temporal with its UI, as our children.

Both keep all they know in one folder, so that a start after a kill -9 goes on where the
last one ended. `DATABASE_URL`, and `TEMPORAL_ADDRESS` or a Temporal profile, replace one
each: what they name is used and not started.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from adapters.settings import find_temporal_profile, port
from deploy.local.addresses import ensure_secrets, read_variables, write_variables
from deploy.local.children import OWNER, Child, ChildFailed, Program, start_process, stop_survivors
from deploy.local.lock import only_stack_on
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import (
    database_url,
    make_data_directory,
    postgres_is_ready,
    postgres_server,
)
from deploy.local.temporal import temporal_is_ready, temporal_server

log = structlog.get_logger()

USUAL_PORTS = {"postgres": 5433, "temporal": 7233, "ui": 8233}  # one above a system's PostgreSQL
PAUSES_S = (0.2, 1.0)  # between the attempts to start a server


async def together(*starts: Coroutine[Any, Any, object]) -> None:
    """Do all at once; when one fails, give the others up and tell its failure."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except* (ChildFailed, OSError) as failed:
        raise failed.exceptions[0] from None


class LocalStack:
    """PostgreSQL and Temporal on a state folder, running while the context is open.

    `database_url`, `temporal_address` and `ui_url` are known inside the context;
    `ui_url` is None where Temporal is not ours.
    """

    database_url: str
    temporal_address: str
    ui_url: str | None = None
    api_port: int  # taken by the API once it is started

    def __init__(self, state: Path, env: Mapping[str, str]) -> None:
        self.state = state
        self._env = {**env, OWNER: str(state)}
        self._profile = find_temporal_profile(env)
        self._ports: dict[str, str] = {}
        self._announced: dict[str, str] = {}
        self._children: dict[str, Child] = {}
        self._open = AsyncExitStack()

    @classmethod
    def at(cls, state: Path, *, env: Mapping[str, str]) -> Self:
        """Describe the stack on the folder `state`; nothing runs until it is entered.

        Raises:
            SettingsError: A Temporal profile is asked for and cannot be read.
        """
        return cls(state.resolve(), env)

    @property
    def environment(self) -> dict[str, str]:
        """What a program of ours must find in its environment to use this stack."""
        return {**ensure_secrets(self.state), **self._foreign(), **self._announced}

    async def __aenter__(self) -> Self:
        """Start what is ours to start.

        Raises:
            StackAlreadyRuns: Another process has a stack on the folder.
            ChildFailed: A server did not start; its last lines are told.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as opening:
            opening.enter_context(only_stack_on(self.state))
            await asyncio.to_thread(stop_survivors, self.state)
            self._ports = read_variables(self.state / "ports.json")
            opening.callback((self.state / "addresses.json").unlink, missing_ok=True)
            self._open = opening
            await self._start_servers()
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        """Stop what was started here, the last first."""
        await self._open.aclose()

    async def start(self, program: Program, ready: Callable[[], Awaitable[bool]]) -> Child:
        """Run a program of ours beside the servers, until they stop.

        Raises:
            ChildFailed: It ended before it was ready.
        """
        child = await start_process(program, state=self.state, ready=ready)
        self._open.push_async_callback(child.stop)
        self._children[program.name] = child
        return child

    def runs(self, *names: str) -> bool:
        """Whether all of these programs run, and none is just being started again."""
        return all(self._children[name].pid for name in names)

    def kill(self, *names: str) -> None:
        """Kill programs as a power cut would: they come back."""
        for name in names:
            self._children[name].kill()

    def announce(self, variables: Mapping[str, str]) -> None:
        """Tell other processes what runs here, see `with_running_stack`."""
        self._announced |= variables
        write_variables(self.state / "addresses.json", self._announced)

    def port(self, name: str, *wanted: int) -> int:
        """Choose a port for `name`: a wanted one, else the last one it had, else another."""
        last = [int(self._ports[name])] if name in self._ports else []
        usual = [USUAL_PORTS[name]] if name in USUAL_PORTS else []
        chosen = free_port([*wanted, *last, *usual])
        if self._ports.get(name) != str(chosen):
            self._ports[name] = str(chosen)
            write_variables(self.state / "ports.json", self._ports)
        return chosen

    async def _start_servers(self) -> None:
        wanted = port(self._env, "BACKHAUL_API_PORT", default=8080)
        self.api_port = self.port("api", wanted)
        await together(self._have_database(), self._have_temporal())
        announced = {"DATABASE_URL": self.database_url, "BACKHAUL_STATE": str(self.state)}
        if self.ui_url:
            announced |= {"TEMPORAL_ADDRESS": self.temporal_address, "TEMPORAL_UI_URL": self.ui_url}
            by_name = self.ui_url.replace(LOOPBACK, "localhost")
            announced["BACKHAUL_UI_ORIGINS"] = f"{self.ui_url},{by_name}"
        self.announce(announced)

    @property
    def _codec_url(self) -> str:
        """Where pages of our UI, which knows no login, have payloads opened: with a key of theirs.

        Whoever can open the UI can read that key, as they can read all else on this machine.
        """
        key = ensure_secrets(self.state)["BACKHAUL_UI_KEY"]
        return f"http://{LOOPBACK}:{self.api_port}/v1/codec/as/{key}"

    async def _have_database(self) -> None:
        if self._env.get("DATABASE_URL"):
            self.database_url = self._env["DATABASE_URL"]
            return
        data = self.state / "postgres"
        await make_data_directory(data, self._env)

        async def attempt() -> int:
            port = self.port("postgres")
            server = postgres_server(data, port=port, env=self._env)
            await self.start(server, postgres_is_ready(data, port=port))
            return port

        self.database_url = database_url(data, port=await self._persist(attempt, "postgres"))

    async def _have_temporal(self) -> None:
        if self._profile.address:
            self.temporal_address = self._profile.address
            return
        namespace = self._profile.namespace or "default"

        async def attempt() -> int:
            port, ui_port = self.port("temporal"), self.port("ui")
            server = temporal_server(
                self.state,
                port=port,
                ui_port=ui_port,
                namespace=namespace,
                codec_url=self._codec_url,
                env=self._env,
            )
            await self.start(server, temporal_is_ready(f"{LOOPBACK}:{port}", namespace))
            return port

        self.temporal_address = f"{LOOPBACK}:{await self._persist(attempt, 'temporal', 'ui')}"
        self.ui_url = f"http://{LOOPBACK}:{self._ports['ui']}"

    async def _persist(self, attempt: Callable[[], Awaitable[int]], *names: str) -> int:
        """Try a few times: somebody takes a port between our look and the server's bind,
        or the kernel has not yet let go of what a server held that was just killed.
        """
        for pause_s in PAUSES_S:
            try:
                return await attempt()
            except ChildFailed:
                log.warning("server.not_started", ports=[self._ports[name] for name in names])
                await asyncio.sleep(pause_s)
        return await attempt()

    def _foreign(self) -> dict[str, str]:
        """Give the surroundings, less what would lead a program of ours past our Temporal."""
        ours = {"TEMPORAL_NAMESPACE"} if not self._profile.address else set()
        return {
            name: value
            for name, value in self._env.items()
            if self._profile.address or not name.startswith("TEMPORAL_") or name in ours
        }
