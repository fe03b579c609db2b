"""The command line (`python starter.py …`) and the Python client of the engine.

from starter import ReturnsClient
"""

import sys

from api.cli import main
from api.client import Answer, Quoted, ReturnsClient, Surroundings, Unavailable

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
