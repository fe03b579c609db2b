"""Links for customers: a signed token that opens one thing of one return, until a day it names.

Signed by HMAC-SHA-256 with a secret of ours; the newest of `BACKHAUL_LINK_SECRET` signs, the
older ones still open what they have signed.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import jwt

from activities.ports import Opens as Opens  # noqa: PLC0414 what is made and opened here
from activities.ports import Purpose as Purpose  # noqa: PLC0414
from adapters.misset import SettingsError

SHORTEST_SECRET = 32
_ISSUER = "backhaul"
_REQUIRED = ["iss", "aud", "sub", "exp", "tenant", "return_id"]


class NotSigned(Exception):
    """We did not sign it, not for this, or its time is over."""


class SignedLinks:
    """Makes and opens tokens; one that was made for one purpose opens no other."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def sign(self, purpose: str, opens: Opens) -> str:
        """Make a token.

        Raises:
            NotSigned: No secret is set, so nothing could be proven by it.
        """
        if not self._secrets:
            raise NotSigned("BACKHAUL_LINK_SECRET is not set: there are no links")
        says = {
            "iss": _ISSUER,
            "aud": purpose,
            "sub": opens.customer_id,
            "exp": int(opens.until.timestamp()),
            "tenant": opens.tenant,
            "return_id": opens.return_id,
        }
        return jwt.encode(says, self._secrets[0], algorithm="HS256")

    def open(self, purpose: str, token: str, now: datetime) -> Opens:
        """Say what a token opens.

        Raises:
            NotSigned: We did not sign it for this, or its time is over.
        """
        says = self._read(purpose, token)
        until = datetime.fromtimestamp(says["exp"], UTC)
        if until <= now:
            raise NotSigned("the link has expired")
        return Opens(
            tenant=says["tenant"],
            return_id=says["return_id"],
            customer_id=says["sub"],
            until=until,
        )

    def _read(self, purpose: str, token: str) -> dict[str, Any]:
        for secret in self._secrets:
            try:
                says: dict[str, Any] = jwt.decode(
                    token,
                    secret,
                    algorithms=["HS256"],
                    issuer=_ISSUER,
                    audience=purpose,
                    # by the engine's clock, which need not be this machine's
                    options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
                )
            except jwt.InvalidTokenError:
                continue
            return says
        raise NotSigned("the link is not one of ours")


class LinkedPages:
    """Addresses at our own API that open one thing. Keeps `activities.ports.Links`."""

    def __init__(self, secrets: Sequence[str], api_url: str) -> None:
        self._signed = SignedLinks(secrets)
        self._base = f"{api_url}/v1/linked"

    def to(self, purpose: Purpose, opens: Opens) -> str:
        """Make an address; empty where no secret is set."""
        try:
            return f"{self._base}/{purpose}/{self._signed.sign(purpose, opens)}"
        except NotSigned:
            return ""


def link_secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    """Read `BACKHAUL_LINK_SECRET=new,old`: both open while one retires.

    Raises:
        SettingsError: One is too short to keep anybody out.
    """
    secrets = tuple(filter(None, env.get("BACKHAUL_LINK_SECRET", "").split(",")))
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise SettingsError(
            "BACKHAUL_LINK_SECRET", f"{SHORTEST_SECRET} letters or more, such as 32 random bytes"
        )
    return secrets
