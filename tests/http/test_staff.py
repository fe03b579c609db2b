"""Tokens of staff, signed by an identity provider that is asked for its keys over a socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from api.access.caller import NotProven
from api.access.rights import Role
from api.access.staff import Provider, Staff
from tests.adapters.wire import Request, Wire, says, serving

ISSUER, AUDIENCE = "https://id.example", "backhaul"
NOW = datetime.now(UTC)


@dataclass
class Signer:
    """An identity provider, and how often it was asked for its keys."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(
        default_factory=lambda: {"k1": ec.generate_private_key(ec.SECP256R1())}
    )
    asked: int = 0

    def publish(self, _request: Request) -> list[bytes]:
        self.asked += 1
        algorithm = jwt.algorithms.ECAlgorithm
        published = [
            {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": "ES256"}
            for name, key in self.keys.items()
        ]
        return says(200, {"keys": published})

    def token(self, key_id: str = "k1", **changed: Any) -> str:
        now = datetime.now(UTC)  # a token is judged by this machine's clock
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "s-7",
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "tenant": "acme",
            "roles": ["agent"],
        } | changed
        told = {name: value for name, value in said.items() if value is not None}
        key = self.keys.get(key_id) or ec.generate_private_key(ec.SECP256R1())
        return jwt.encode(told, key, algorithm="ES256", headers={"kid": key_id})


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
async def wire(signer: Signer) -> AsyncIterator[Wire]:
    async with serving(signer.publish) as opened:
        yield opened


@pytest.fixture
async def staff(wire: Wire) -> AsyncIterator[Staff]:
    provider = Provider(issuer=ISSUER, audience=AUDIENCE, keys_url=f"{wire.url}/keys")
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield Staff(http, provider)


async def test_staff_come_in_as_what_their_token_says(signer: Signer, staff: Staff) -> None:
    caller = await staff.prove(signer.token(), NOW)
    assert (caller.tenant, caller.role, caller.kind, caller.id) == (
        "acme", Role.AGENT, "staff", "s-7",
    )  # fmt: skip


async def test_of_several_roles_the_one_that_may_most_counts(signer: Signer, staff: Staff) -> None:
    token = signer.token(roles=["viewer", "owner", "finance"])
    assert (await staff.prove(token, NOW)).role is Role.FINANCE


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://else.example"},
        {"aud": "another"},
        {"exp": NOW - timedelta(minutes=5)},
        {"exp": None},
        {"sub": None},
        {"iat": NOW + timedelta(hours=1)},
        {"tenant": None},
        {"tenant": 7},
        {"roles": []},
        {"roles": ["customer"]},
        {"roles": ["backend"]},
        {"roles": "admin"},
    ],
)
async def test_a_token_that_says_too_little_opens_nothing(
    signer: Signer, staff: Staff, changed: dict[str, Any]
) -> None:
    with pytest.raises(NotProven):
        await staff.prove(signer.token(**changed), NOW)


async def test_a_token_by_another_key_or_none_opens_nothing(signer: Signer, staff: Staff) -> None:
    unsigned = jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "sub": "s", "exp": NOW + timedelta(hours=1)},
        "",
        algorithm="none",
        headers={"kid": "k1"},
    )
    forged = Signer().token()
    shared = jwt.encode({"sub": "s"}, "x" * 32, algorithm="HS256", headers={"kid": "k1"})
    for token in (unsigned, forged, shared, "a.b.c", ""):
        with pytest.raises(NotProven):
            await staff.prove(token, NOW)


async def test_a_new_key_is_found_and_a_stranger_does_not_make_us_ask(
    signer: Signer, staff: Staff
) -> None:
    await staff.prove(signer.token(), NOW)
    signer.keys["k2"] = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(NotProven):  # asked a moment ago
        await staff.prove(signer.token("k2"), NOW + timedelta(seconds=5))
    assert signer.asked == 1
    assert (await staff.prove(signer.token("k2"), NOW + timedelta(minutes=2))).id == "s-7"
    assert signer.asked == 2


async def test_without_a_provider_there_are_no_staff() -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        with pytest.raises(NotProven, match="no identity provider"):
            await Staff(http, None).prove(Signer().token(), NOW)
