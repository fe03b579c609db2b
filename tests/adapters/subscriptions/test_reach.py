"""Whom we call for others: the public internet, however an address is written."""

from ipaddress import ip_address

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.subscriptions.reach import Forbidden, GuardedBackend, Reach, Resolve, is_public
from adapters.subscriptions.sending import Sender
from domain.subscriptions.words import Endpoint
from tests.receiver import receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?b=c",
        "https://HOOKS.example.com:8443/",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
    ],
)
def test_a_public_https_address_may_be_called(url: str) -> None:
    Reach().check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "//hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://user:pw@hooks.example.com/",
        "https://hooks.example.com@10.0.0.1/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:x/",
        "https://hooks.example.com./",
        "https://localhost/",
        "https://intranet/",
        "https://hooks.example.com\\@10.0.0.1/",
        "https://hooks.example.com/ x",
        "https://hooks.example.com/\r\nx: y",
        "https://hooks.example.com/#x",
        "https://\uff4cocalhost.example/",
        "https://127.0.0.1/",
        "https://127.0.0.1./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.0x1/",
        "https://hooks.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://168.63.129.16/",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://192.0.0.192/",
        "https://192.31.196.1/",
        "https://192.175.48.6/",
        "https://192.0.2.1/",
        "https://192.88.99.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[2001:db8::1]/",
        "https://[3fff::1]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[100::1]/",
    ],
)
def test_anything_else_is_refused_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(Forbidden, match=r"^url: (expected|its host)"):
        Reach().check_url(url)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_not_public(address: object) -> None:
    number = int(ip_address(str(address)))
    for disguise in (0xFFFF << 32, 0, 0x64FF9B << 96, 0x64FF9B0001 << 80):
        assert not is_public(ip_address((disguise | number).to_bytes(16)))
    assert not is_public(ip_address((0x2002 << 112 | number << 80).to_bytes(16)))


def answering(*answers: list[str]) -> tuple[Resolve, list[str]]:
    """Make a name server that gives another answer each time."""
    asked: list[str] = []
    left = list(answers)

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


@pytest.mark.parametrize(
    "told", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], []]
)
async def test_a_name_that_leads_inside_is_not_connected_to(told: list[str]) -> None:
    async with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        resolve, _ = answering(told)
        with pytest.raises(Forbidden):
            await GuardedBackend(Reach(), resolve).connect_tcp("hooks.example.com", port, 1.0)
        assert receiver.connections == 0


async def test_a_name_server_that_changes_its_mind_is_not_asked_twice() -> None:
    async with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        resolve, asked = answering(["127.0.0.1"], ["10.0.0.1"])
        backend = GuardedBackend(Reach(loopback=True), resolve)
        stream = await backend.connect_tcp("hooks.example.com", port, 1.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()
        assert asked == ["hooks.example.com"]
        with pytest.raises(Forbidden):
            await backend.connect_tcp("hooks.example.com", port, 1.0)


async def test_what_was_public_when_it_was_written_down_is_judged_again_when_it_is_called() -> None:
    async with receiving() as receiver:
        resolve, asked = answering(["127.0.0.1"])
        endpoint = Endpoint(url="https://hooks.example.com/backhaul", secrets=(SECRET,))
        async with Sender(Reach(), resolve=resolve).line(endpoint) as line:
            attempt = await line.send("msg_1", b"{}")
        assert (attempt.status, receiver.connections) == (0, 0)
        assert "public internet" in attempt.problem
        assert asked == ["hooks.example.com"]


async def test_a_name_that_nobody_knows_is_no_connection() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        raise httpcore2.ConnectError("no such name")

    endpoint = Endpoint(url="https://hooks.example.com/backhaul", secrets=(SECRET,))
    async with Sender(Reach(), resolve=resolve).line(endpoint) as line:
        attempt = await line.send("msg_1", b"{}")
    assert attempt.problem == "no connection (ConnectError)"
