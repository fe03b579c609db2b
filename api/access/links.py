"""Links for customers: a signed token that opens one return until a day that it names."""

from collections.abc import Sequence
from datetime import datetime

from adapters.links import NotSigned, Opens, SignedLinks
from api.access.caller import Caller, NotProven
from api.access.rights import Role

PREFIX = "bhl_"
_RETURN = "return"


class Links:
    """Makes and opens them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._signed = SignedLinks(secrets)

    def make(self, tenant: str, return_id: str, customer_id: str, until: datetime) -> str:
        """Make the token of a link.

        Raises:
            NotProven: No secret is set, so nothing could be proven by it.
        """
        opens = Opens(tenant=tenant, return_id=return_id, customer_id=customer_id, until=until)
        try:
            return PREFIX + self._signed.sign(_RETURN, opens)
        except NotSigned as unset:
            raise NotProven(str(unset)) from unset

    def prove(self, shown: str, now: datetime) -> Caller:
        """Say whose link this is.

        Raises:
            NotProven: We did not sign it, or its time is over.
        """
        try:
            opens = self._signed.open(_RETURN, shown.removeprefix(PREFIX), now)
        except NotSigned as unsigned:
            raise NotProven(str(unsigned)) from unsigned
        return Caller(
            tenant=opens.tenant,
            role=Role.CUSTOMER,
            kind="customer",
            id=opens.customer_id,
            return_id=opens.return_id,
        )
