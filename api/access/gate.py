"""The gate: one credential, three kinds, told apart by how they begin."""

from datetime import datetime

from api.access import keys, links
from api.access.caller import Caller
from api.access.keys import ApiKeys
from api.access.links import Links
from api.access.staff import Staff


class Gate:
    """Everybody who comes in comes through here."""

    def __init__(self, api_keys: ApiKeys, made: Links, staff: Staff) -> None:
        self._keys = api_keys
        self._links = made
        self._staff = staff

    async def prove(self, shown: str, now: datetime) -> Caller:
        """Say who shows this.

        Raises:
            NotProven: Nobody whom we know.
        """
        if shown.startswith(links.PREFIX):
            return self._links.prove(shown, now)
        if shown.startswith(keys.PREFIX):
            return await self._keys.prove(shown, now)
        return await self._staff.prove(shown, now)
