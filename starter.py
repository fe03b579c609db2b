"""The command line (`python starter.py …`) and the Python client of the engine.

from starter import ReturnsClient
"""

import os
import sys
from pathlib import Path

try:
    from api.cli import main
    from api.client import Answer, Quoted, ReturnsClient, Surroundings, Unavailable
except ModuleNotFoundError:
    # Run by a Python that has not the packages: go on with the one that `make` gave them to.
    ours = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if __name__ != "__main__" or not ours.exists() or Path(sys.prefix) == ours.parents[1]:
        raise
    os.execv(ours, [str(ours), *sys.argv])  # noqa: S606 our own interpreter, our own arguments

__all__ = [
    "Answer",
    "Quoted",
    "ReturnsClient",
    "Surroundings",
    "Unavailable",
    "main",
]

if __name__ == "__main__":
    sys.exit(main())
