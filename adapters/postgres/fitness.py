"""What the database must be before the engine trusts it: durable, writable, and not its owner's."""

from collections.abc import Mapping

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

OLDEST_VERSION = 17
"""Of PostgreSQL: the first with `transaction_timeout`."""

ROLE = "backhaul_engine"

_MUST_BE_ON = {
    "fsync": "without it a crash of the machine corrupts the database",
    "full_page_writes": "without them a torn page cannot be repaired after a crash",
}
_ASKED = (
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes',"
    " 'synchronous_commit', 'transaction_timeout', 'idle_in_transaction_session_timeout')"
    " UNION ALL SELECT 'role', current_user"
    " UNION ALL SELECT 'recovery', pg_is_in_recovery()::text"
    " UNION ALL SELECT 'version', (current_setting('server_version_num')::int / 10000)::text"
)


class UnfitDatabase(Exception):
    """The engine will not start on it; the text names each setting, its value and what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def faults_of(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Name every setting that breaks a promise of the store, with its value."""
    faults = [
        f"{name} = {settings[name]}: set it to on, {reason}"
        for name, reason in _MUST_BE_ON.items()
        if settings[name] != "on"
    ]
    if settings["synchronous_commit"] == "off":
        faults.append(
            "synchronous_commit = off: set it to on (or local, remote_write, remote_apply),"
            " a crash would lose events that were acknowledged"
        )
    faults += [
        f"{name} = 0: set it to 5s, an append left open holds up every subscriber"
        for name in ("transaction_timeout", "idle_in_transaction_session_timeout")
        if settings[name] == "0"
    ]
    if settings["role"] != ROLE:
        faults.append(
            f"the role is {settings['role']}: something between drops the start-up options,"
            f" connect directly or as a login that is {ROLE}"
        )
    if settings["recovery"] == "true":
        faults.append("it is a standby: DATABASE_URL must name the primary")
    if int(settings["version"]) < OLDEST_VERSION:
        faults.append(f"PostgreSQL {settings['version']}: expected {OLDEST_VERSION} or newer")
    return tuple(faults)


async def assert_fit(connection: AsyncConnection[TupleRow]) -> None:
    """Ask the settings as they are in force for this very connection.

    Raises:
        UnfitDatabase: At least one of them is wrong.
    """
    cursor = await connection.execute(_ASKED)
    faults = faults_of(dict(await cursor.fetchall()))
    if faults:
        raise UnfitDatabase(faults)
