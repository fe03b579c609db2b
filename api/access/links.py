"""Links for customers: a signed token that opens one return until a day that it names.

Signed by HMAC-SHA-256 with a secret of ours; the newest of `BACKHAUL_LINK_SECRET` signs, the
older ones still open what they have signed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import jwt

from api.access.caller import Caller, NotProven
from api.access.rights import Role

PREFIX = "bhl_"
_ISSUER, _AUDIENCE = "backhaul", "return"
_REQUIRED = ["iss", "aud", "sub", "exp", "tenant", "return_id"]


class Links:
    """Makes and opens them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def make(self, tenant: str, return_id: str, customer_id: str, until: datetime) -> str:
        """Make the token of a link.

        Raises:
            NotProven: No secret is set, so nothing could be proven by it.
        """
        if not self._secrets:
            raise NotProven("BACKHAUL_LINK_SECRET is not set: there are no links")
        says = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": customer_id,
            "exp": int(until.timestamp()),
            "tenant": tenant,
            "return_id": return_id,
        }
        return PREFIX + jwt.encode(says, self._secrets[0], algorithm="HS256")

    def prove(self, shown: str, now: datetime) -> Caller:
        """Say whose link this is.

        Raises:
            NotProven: We did not sign it, or its time is over.
        """
        says = self._opened(shown.removeprefix(PREFIX))
        if datetime.fromtimestamp(says["exp"], UTC) <= now:
            raise NotProven("the link has expired")
        return Caller(
            tenant=says["tenant"],
            role=Role.CUSTOMER,
            kind="customer",
            id=says["sub"],
            return_id=says["return_id"],
        )

    def _opened(self, token: str) -> dict[str, Any]:
        for secret in self._secrets:
            try:
                says: dict[str, Any] = jwt.decode(
                    token,
                    secret,
                    algorithms=["HS256"],
                    issuer=_ISSUER,
                    audience=_AUDIENCE,
                    # by the engine's clock, which need not be this machine's
                    options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
                )
            except jwt.InvalidTokenError:
                continue
            return says
        raise NotProven("the link is not one of ours")
