"""Programs of a running stack, killed as a power cut would: to see that all goes on."""

from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.children import OWNER


def kill(state: Path, *names: str) -> int:
    """Kill -9 every process of these programs of the stack; says how many there were."""
    killed = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error, ProcessLookupError):  # PostgreSQL's own come and go
            is_ours = process.environ().get(OWNER) == str(state)
            line = " ".join(process.cmdline())
            if is_ours and any(name in line for name in names):
                process.kill()
                killed += 1
    return killed
