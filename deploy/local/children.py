"""Programs that we start, watch, start again when they die, and stop.

A child carries its stack's folder in its environment. So there is no list of process
ids on disk that could be stale: after a kill -9 of ours the survivors are found by
looking at what runs.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog

log = structlog.get_logger()

OWNER = "BACKHAUL_CHILD_OF"
"""The variable that names, in a child's environment, the state folder it belongs to."""

READY_WITHIN_S = 60.0
POLL_S = 0.05
LIVED_S = 30.0  # a child that lived this long is not failing in a loop
BACK_OFF_S = (0.1, 0.5, 2.0, 5.0)
KEPT_LOG_BYTES = 16 * 1024 * 1024


class ChildFailed(RuntimeError):
    """A program of the local stack ended, or stayed silent, before it was ready."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a child runs as, when it must not run as us."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how to tell it to stop."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path | None = None
    user: User | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 10.0  # between the stop signal and kill -9


class Child:
    """A supervised program; `start_process` makes one."""

    def __init__(self, program: Program, state: Path) -> None:
        self.program = program
        self.log_path = state / "logs" / f"{program.name}.log"
        self._env = {**program.env, OWNER: str(state)}
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._started_at = 0.0
        self._was_killed = False
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The process id of the running program, None while there is none."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self, ready: Callable[[], Awaitable[bool]]) -> None:
        """Start the program, wait until it is `ready`, and watch it from then on.

        Raises:
            ChildFailed: It ended first, or was not ready in time; its last lines are told.
        """
        try:
            await self._spawn()
            await self._until(ready)
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._restart_for_ever(), name=self.program.name)

    async def stop(self) -> None:
        """Ask the program to end, and end it if it does not listen."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.program.grace_s)
        except TimeoutError:
            log.warning("child.killed", name=self.program.name, after_s=self.program.grace_s)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def kill(self) -> bool:
        """Kill it with -9, and all that it started; says whether it was running at all.

        It is started again at once, however often: it did not fail by itself.
        """
        pid = self.pid
        if pid is None:
            return False
        self._was_killed = True
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):  # PostgreSQL's own come and go
                    each.kill()
        return True

    async def _spawn(self) -> None:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        _roll(self.log_path)
        user = self.program.user
        with self.log_path.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.argv,
                env=self._env,
                cwd=self.program.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us; we stop our children in order
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
            )
        self._started_at = time.monotonic()

    async def _until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        process = self._running()
        deadline = time.monotonic() + READY_WITHIN_S
        is_ready = False
        while not is_ready:
            is_ready = await ready()
            if process.returncode is not None:  # whoever is ready there is somebody else
                raise ChildFailed(
                    f"{self.program.name} ended with {process.returncode}{self._told()}"
                )
            if not is_ready and time.monotonic() > deadline:
                raise ChildFailed(
                    f"{self.program.name} was not ready within {READY_WITHIN_S:.0f} s{self._told()}"
                )
            await asyncio.sleep(POLL_S)

    async def _restart_for_ever(self) -> None:
        failures = 0
        while True:
            code = await self._running().wait()
            lived_s = time.monotonic() - self._started_at
            failures = 0 if lived_s > LIVED_S or self._was_killed else failures
            self._was_killed = False
            delay_s = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            failures += 1
            log.warning(
                "child.died", name=self.program.name, exit_code=code, restart_after_s=delay_s
            )
            await asyncio.sleep(delay_s)
            try:
                await self._spawn()
            except OSError as error:  # the disk is full, the program was replaced: try again
                log.warning("child.not_started", name=self.program.name, errno=error.errno)
                continue
            self.restarts += 1
            log.info("child.restarted", name=self.program.name, pid=self.pid)

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ChildFailed(f"{self.program.name} was never started")
        return self._process

    def _told(self) -> str:
        lines = self.log_path.read_text("utf-8", errors="replace").splitlines()[-12:]
        return (
            "; its last lines are:\n" + "\n".join(lines) + f"\nand all of them in {self.log_path}"
        )


async def start_process(
    program: Program, *, state: Path, ready: Callable[[], Awaitable[bool]]
) -> Child:
    """Start `program` as a supervised child of the stack on `state`, and wait until it is ready.

    From then on it is started again whenever it ends, until `Child.stop`. What it
    prints goes to `logs/<name>.log` in the state folder.

    Raises:
        ChildFailed: It ended, or a minute went by, before `ready` said so.
    """
    child = Child(program, state)
    await child.start(ready)
    log.info("child.started", name=program.name, pid=child.pid)
    return child


def stop_survivors(state: Path) -> None:
    """End the children of a stack on `state` that was killed and could not stop them.

    Call it only while holding the state folder: whatever is found then has no parent.
    """
    survivors = [process for process in psutil.process_iter() if _belongs_to(process, state)]
    for process in survivors:
        with contextlib.suppress(psutil.NoSuchProcess):
            log.info("child.outlived_its_parent", pid=process.pid, program=process.name())
            # To PostgreSQL, SIGTERM says "when all clients have gone", SIGINT "now, in order".
            in_order = signal.SIGINT if process.name() == "postgres" else signal.SIGTERM
            process.send_signal(in_order)
    _gone, stubborn = psutil.wait_procs(survivors, timeout=15)
    for process in stubborn:
        log.warning("child.killed", pid=process.pid)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _belongs_to(process: psutil.Process, state: Path) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(OWNER) == str(state)
    except (psutil.Error, OSError):  # gone, or somebody else's
        return False


def _roll(path: Path) -> None:
    """Keep one older file, so that a stack that runs for months does not fill the disk."""
    if path.exists() and path.stat().st_size > KEPT_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
