"""One stack at a time on a state folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StackAlreadyRuns(RuntimeError):
    """Another process has a stack on the same state folder."""

    def __init__(self, state: Path, pid: str) -> None:
        super().__init__(
            f"a local stack is already running on {state}, in process {pid}: "
            "stop that one, or set BACKHAUL_STATE to another folder"
        )
        self.pid = pid


@contextmanager
def only_stack_on(state: Path) -> Iterator[None]:
    """Hold the state folder for this process; the kernel lets go of it when the process dies.

    Raises:
        StackAlreadyRuns: Another process holds it.
    """
    with (state / "stack.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StackAlreadyRuns(state, file.read().strip() or "unknown") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)
