"""How we prove to a partner who we are: in headers, never in an address."""

from typing import Any

import httpx2


class KeyHeader(httpx2.Auth):
    """Credentials in a header of the partner's own."""

    def __init__(self, header: str, key: str) -> None:
        self._header = header
        self._key = key

    def auth_flow(self, request: httpx2.Request) -> Any:
        """Add the header."""
        request.headers[self._header] = self._key
        yield request


def way_in(auth: tuple[str, str] | str | httpx2.Auth) -> httpx2.Auth:
    """Read credentials: a name and a password, a bearer token, or a way of the partner's own."""
    if isinstance(auth, httpx2.Auth):
        return auth
    return httpx2.BasicAuth(*auth) if isinstance(auth, tuple) else _Bearer(auth)


class _Bearer(httpx2.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
