"""Whom we call for others: addresses of the public internet, each checked where it is connected to.

The name is resolved here, every answer is judged, and the connection goes to a judged address:
a second answer of the name server (rebinding) is never asked for. What an address means is
decided by its number; a form that only some programs read as a number is refused.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

PORTS = frozenset({443, 8443})

RESOLVE_S = 5.0
"""Seconds for a name server, where nothing is connected to afterwards."""

Address = IPv4Address | IPv6Address
SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Give the addresses of a name."""

_NAME = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?:(?<!-)\.(?!-)[a-z0-9-]{1,63})+(?<!-)$")
_NUMBER = re.compile(r"^(?:[0-9]+|0x[0-9a-f]*)$")
"""A last label by which programs read the whole name as an IPv4 address (WHATWG URL, 3.5)."""

# Routed, and not for us: where a cloud keeps its own, or where a number hides another one.
_NEVER_4 = tuple(
    map(
        IPv4Network,
        (
            "168.63.129.16/32",  # Azure's own services
            "192.0.0.0/24",  # IETF protocol assignments
            "192.31.196.0/24",  # AS112: answered by whoever is nearest, for names inside
            "192.88.99.0/24",  # 6to4 relays
            "192.175.48.0/24",  # AS112, too
        ),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
"""All that was ever given out for the public. NAT64, mapped and link-local lie outside."""

_NEVER_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments, Teredo among them
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",
        ),
    )
)


class Forbidden(Exception):
    """It is not called; the text says what is wrong with it, and was expected."""


@dataclass(frozen=True)
class Reach:
    """How far calls for others may go.

    `loopback` also lets through this machine's own addresses, by any port and without TLS: for
    a stack on one machine, and its tests.
    """

    loopback: bool = False

    def check_url(self, url: str) -> None:
        """Judge a URL as it is written, before anything is asked of anybody.

        Raises:
            Forbidden: It may not be called.
        """
        parts = _split(url)
        if parts.username is not None or parts.password is not None:
            raise Forbidden("url: expected no name or password in it")
        if parts.fragment:
            raise Forbidden("url: expected no fragment")
        host = parts.hostname or ""
        if self.loopback and _is_loopback(host):
            return
        if parts.scheme != "https":
            raise Forbidden("url: expected https://")
        if parts.port is not None and parts.port not in PORTS:
            raise Forbidden(f"url: expected the port {' or '.join(map(str, sorted(PORTS)))}")
        address = _address(host)
        if address is not None:
            self.check_address(address)
        elif not _NAME.match(host) or _NUMBER.match(host.rpartition(".")[2]):
            raise Forbidden("url: expected the full name of a host, such as hooks.example.com")

    async def check(self, url: str, resolve: Resolve | None = None) -> None:
        """Judge a URL as it is written, and where its host leads to now.

        Raises:
            Forbidden: It may not be called, or leads nowhere.
        """
        self.check_url(url)
        parts = urlsplit(url)
        try:
            async with asyncio.timeout(RESOLVE_S):
                await self.addresses_of(parts.hostname or "", parts.port or 443, resolve)
        except (ConnectError, TimeoutError) as nowhere:
            raise Forbidden("url: expected a host that can be found") from nowhere

    async def addresses_of(
        self, host: str, port: int, resolve: Resolve | None = None
    ) -> list[Address]:
        """Find where a host is, and judge every answer.

        Raises:
            Forbidden: One of the answers is not to be called, or there is none.
            ConnectError: Nobody knows it.
        """
        ask = resolve or resolve_by_system
        literal = _address(host)
        told = [literal] if literal else [ip_address(each) for each in await ask(host, port)]
        for address in told:
            self.check_address(address)
        if not told:
            raise Forbidden("url: its host has no address")
        return told

    def check_address(self, address: Address) -> None:
        """Judge what is about to be connected to.

        Raises:
            Forbidden: It is not of the public internet.
        """
        if self.loopback and address.is_loopback:
            return
        if not is_public(address):
            raise Forbidden("url: its host is not an address of the public internet")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet's, and not another one in disguise."""
    if isinstance(address, IPv4Address):
        never = any(address in network for network in _NEVER_4)
        return address.is_global and not address.is_multicast and not never
    never = any(address in network for network in _NEVER_6)
    return address in _UNICAST_6 and address.is_global and not never


class GuardedBackend(AsyncNetworkBackend):
    """Opens connections to judged addresses, and to no other."""

    def __init__(self, reach: Reach, resolve: Resolve | None = None) -> None:
        self._reach = reach
        self._resolve = resolve
        self._network = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> AsyncNetworkStream:
        """Resolve once, judge every answer, connect to the first that takes the call.

        Raises:
            Forbidden: One of the answers is not to be called, or there is none.
            ConnectError: Nobody knows the host, or nobody takes the call.
        """
        failed = ConnectError("not tried")
        for address in await self._reach.addresses_of(host, port, self._resolve):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except ConnectError as refused:
                failed = refused
        raise failed


async def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask this machine's resolver.

    Raises:
        ConnectError: It knows no such name.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise ConnectError("no such name") from unknown
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _split(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise Forbidden("url: expected ASCII without spaces and backslashes")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as odd:
        raise Forbidden("url: expected a URL, such as https://hooks.example.com/backhaul") from odd
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise Forbidden("url: expected a URL, such as https://hooks.example.com/backhaul")
    return parts


def _address(host: str) -> Address | None:
    """Read an address in its one plain form."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return address is not None and address.is_loopback
