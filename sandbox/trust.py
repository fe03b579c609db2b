"""Whom an HTTPS address is trusted from; read once, since it takes longer than a start."""

import ssl
from functools import cache


@cache
def authorities() -> ssl.SSLContext:
    """Trust whom the machine trusts."""
    return ssl.create_default_context()
