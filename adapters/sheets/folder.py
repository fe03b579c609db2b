"""A folder into which a warehouse drops its tables, over SFTP or a share.

A file is taken once it lies still, and set aside only when all of it was taken in: whoever is
stopped in between finds it there again, and every row still acts once.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from adapters.sheets.table import LARGEST_BYTES, UnreadableTable

STILL_S = 10.0
"""How long nobody may have written to a file before it counts as whole."""

TABLES = frozenset({".csv", ".tsv", ".txt"})

Aside = Literal["taken", "refused"]


class Dropped(NamedTuple):
    """A file that lies still."""

    path: Path
    written_at: float  # seconds since the epoch


class UnusableFolder(Exception):
    """It is no folder, or cannot be written to; the text says which."""


def opened(folder: Path) -> Path:
    """Make room in a folder for what is set aside.

    Raises:
        UnusableFolder: There is none, or nothing can be written there.
    """
    if not folder.is_dir():
        raise UnusableFolder(f"{folder}: there is no such folder")
    try:
        for aside in ("taken", "refused"):
            (folder / aside).mkdir(exist_ok=True)
    except OSError as unwritable:
        raise UnusableFolder(f"{folder}: cannot be written to ({unwritable.strerror})") from None
    return folder


def lying_still(folder: Path, now: float) -> Iterator[Dropped]:
    """Give the tables that nobody writes to any more, the oldest first.

    A hidden name or another ending is how programs call what they have not yet sent whole.

    Raises:
        OSError: The folder cannot be read.
    """
    found = []
    for path in folder.iterdir():
        if path.suffix.lower() not in TABLES or path.name.startswith(".") or path.is_symlink():
            continue
        with suppress(FileNotFoundError):  # another took it, or whoever brought it took it back
            written_at = path.stat().st_mtime
            if path.is_file() and now - written_at >= STILL_S:
                found.append(Dropped(path, written_at))
    yield from sorted(found, key=lambda one: (one.written_at, one.path.name))


def content(dropped: Dropped) -> bytes:
    """Read it.

    Raises:
        UnreadableTable: It is larger than any table that is taken.
    """
    with dropped.path.open("rb") as file:
        raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise UnreadableTable(f"file: at most {LARGEST_BYTES} bytes are taken")
    return raw


def set_aside(dropped: Dropped, where: Aside, told: str) -> Path | None:
    """Move a file away with what came of it beside; gives where it lies now.

    One that was written anew meanwhile stays where it is, and is taken again once it lies still.
    The warehouse may use one name every day, so a part of the content's checksum is added.
    What is told is written first: a file that lies aside always has it beside.
    """
    path = dropped.path
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()[:8]
    if path.stat().st_mtime != dropped.written_at:
        return None
    aside = path.parent / where / f"{path.stem}-{mark}{path.suffix}"
    ending = "outcomes.csv" if where == "taken" else "because.txt"
    aside.with_name(f"{aside.name}.{ending}").write_text(told, encoding="utf-8")
    return path.replace(aside)
