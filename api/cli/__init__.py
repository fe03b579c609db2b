"""The command line: `python starter.py COMMAND`. A file for each group of commands."""

from api.cli.app import main

__all__ = ["main"]
