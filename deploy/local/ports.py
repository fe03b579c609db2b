"""Ports on the loopback address: the wanted one, or any other."""

import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def free_port(wanted: Iterable[int] = ()) -> int:
    """Give the first of `wanted` that nobody listens on, else a port the kernel picks.

    Nothing keeps another process from taking it before its user does: a server that
    cannot bind ends at once, and its starter asks again.
    """
    for port in (*wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            bound: int = probe.getsockname()[1]
            return bound
    raise OSError(f"no free port on {LOOPBACK}")
