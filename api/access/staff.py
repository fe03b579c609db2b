"""Tokens of staff: signed by the merchant's identity provider (OpenID Connect).

Only asymmetric signatures count, and only by keys that the provider publishes. The keys are
fetched when one is missing, at most once in a while: a stranger's token must not make us ask.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx2
import jwt
from pydantic import BaseModel, ConfigDict

from api.access.caller import Caller, NotProven
from api.access.rights import Role

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_REQUIRED = ["iss", "aud", "sub", "exp", "iat"]
_LEEWAY_S = 30
_ASK_AGAIN = timedelta(minutes=1)
_DEADLINE_S = 5.0
_STAFF = (Role.ADMIN, Role.FINANCE, Role.APPROVER, Role.AGENT, Role.VIEWER)  # the first counts


class Provider(BaseModel):
    """Who signs for staff, and what of theirs we read."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    audience: str
    keys_url: str  # of the JSON Web Key Set
    tenant_claim: str = "tenant"
    roles_claim: str = "roles"


class Staff:
    """Judges the tokens of one identity provider; without one there are no staff here."""

    def __init__(self, http: httpx2.AsyncClient, provider: Provider | None) -> None:
        self._http = http
        self._provider = provider
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked: datetime | None = None
        self._asking = asyncio.Lock()

    async def prove(self, shown: str, now: datetime) -> Caller:
        """Say whose token this is.

        Raises:
            NotProven: The provider did not sign it for us, or it says too little.
        """
        if self._provider is None:
            raise NotProven("tokens of staff are not taken here: no identity provider is set")
        try:
            key_id = str(jwt.get_unverified_header(shown).get("kid", ""))
            key = await self._key(key_id, self._provider, now)
            says = self._read(shown, key, self._provider)
        except jwt.InvalidTokenError as invalid:
            raise NotProven(f"the token does not hold: {type(invalid).__name__}") from invalid
        return self._caller(says, self._provider)

    @staticmethod
    def _read(shown: str, key: jwt.PyJWK, provider: Provider) -> dict[str, Any]:
        says: dict[str, Any] = jwt.decode(
            shown,
            key,
            algorithms=_ALGORITHMS,
            issuer=provider.issuer,
            audience=provider.audience,
            leeway=_LEEWAY_S,
            options={"require": _REQUIRED},
        )
        return says

    @staticmethod
    def _caller(says: dict[str, Any], provider: Provider) -> Caller:
        tenant, roles = says.get(provider.tenant_claim), says.get(provider.roles_claim)
        if not isinstance(tenant, str) or not tenant:
            raise NotProven(f"the token names no merchant in `{provider.tenant_claim}`")
        held = {str(role) for role in roles} if isinstance(roles, list) else set()
        role = next((role for role in _STAFF if role.value in held), None)
        if role is None:
            raise NotProven(f"the token holds no role of ours in `{provider.roles_claim}`")
        return Caller(tenant=tenant, role=role, kind="staff", id=str(says["sub"]))

    async def _key(self, key_id: str, provider: Provider, now: datetime) -> jwt.PyJWK:
        async with self._asking:
            due = self._asked is None or now - self._asked >= _ASK_AGAIN
            if key_id not in self._keys and due:
                self._asked = now
                self._keys = await self._published(provider)
        if key_id not in self._keys:
            raise NotProven("the token is signed by a key that the provider does not publish")
        return self._keys[key_id]

    async def _published(self, provider: Provider) -> dict[str, jwt.PyJWK]:
        try:
            answer = await self._http.get(provider.keys_url, timeout=_DEADLINE_S)
            answer.raise_for_status()
            published = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx2.HTTPError, ValueError, jwt.PyJWKSetError) as failed:
            raise NotProven("the identity provider does not publish its keys now") from failed
        return {key.key_id: key for key in published.keys if key.key_id}
