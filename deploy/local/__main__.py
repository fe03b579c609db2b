"""`python -m deploy.local up`: start everything, say where it is, stay until told to stop."""

import asyncio
import os
import signal
import sys
from urllib.parse import urlsplit

import cyclopts
from rich.console import Console
from rich.table import Table

from adapters.settings import SettingsError
from deploy.local import ChildFailed, LocalStack, StackAlreadyRuns, start_programs, state_folder

app = cyclopts.App(name="deploy.local", help="The local stack.")


@app.command
def up(*, servers_only: bool = False) -> None:
    """Start the stack and stay until Ctrl-C.

    Args:
        servers_only: Start PostgreSQL and Temporal, and none of the engine's programs.
    """
    try:
        asyncio.run(_stay_up(servers_only=servers_only))
    except (StackAlreadyRuns, ChildFailed, SettingsError) as refused:
        sys.exit(str(refused))


async def _stay_up(*, servers_only: bool) -> None:
    _cancel_on_signal()
    try:
        async with LocalStack.at(state_folder(os.environ), env=os.environ) as stack:
            if not servers_only:
                await start_programs(stack)
            Console().print(_where(stack))
            await asyncio.Event().wait()
    except asyncio.CancelledError:  # told to stop, and stopped
        Console().print("Stopped. What was recorded is kept for the next start.")


def _cancel_on_signal() -> None:
    """Turn the first signal into a cancellation; later ones must not cut the stopping short."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    told = False

    def stop() -> None:
        nonlocal told
        if task is not None and not told:
            told = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)


def _where(stack: LocalStack) -> Table:
    env = stack.environment
    database = urlsplit(stack.database_url)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("Temporal UI", stack.ui_url or "not ours")
    table.add_row("Temporal", stack.temporal_address)
    table.add_row("Database", f"{database.hostname}:{database.port or 5432}{database.path}")
    table.add_row("API", env.get("BACKHAUL_API_URL", "not started"))
    table.add_row("Sandbox", env.get("BACKHAUL_SANDBOX_URL", "not started"))
    telemetry = env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = "off: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 make up"
    table.add_row("Telemetry", f"to {telemetry}" if telemetry else off)
    table.add_row("Logs", str(stack.state / "logs"))
    table.add_row("Passwords", f"in {stack.state / 'addresses.json'}, for you alone")
    return table


if __name__ == "__main__":
    app()
