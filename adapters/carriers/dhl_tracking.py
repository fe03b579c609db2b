"""DHL's unified tracking: what was seen of a parcel, whoever of them carried it. It only answers.

Theirs: developer.dhl.com/api-reference/shipment-tracking, version 1.5. Of German parcels the times
come without an offset, by the clock of Germany, the newest first and not always in order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import httpx2
from pydantic import Field

from activities.ports import Tracked
from adapters.credentials import KeyHeader
from adapters.http import DEFAULT_DEADLINE, PartnerHttp, TheirObject, unexpected

SERVICE = "parcel-de"
_CLOCK = ZoneInfo("Europe/Berlin")

Status = Literal["pre-transit", "transit", "delivered", "failure", "unknown"]

SAID: Mapping[Status, str] = {"transit": "scanned", "delivered": "delivered", "failure": "delayed"}
"""What counts as seen, in our words. That a parcel is lost they do not say: silence does."""


class _Address(TheirObject):
    locality: str = Field(default="", alias="addressLocality")
    country: str = Field(default="", alias="countryCode")


class _Location(TheirObject):
    address: _Address = _Address()


class Event(TheirObject):
    """One thing that they saw."""

    timestamp: datetime
    status_code: Status = Field(alias="statusCode")
    location: _Location = _Location()


class _Shipment(TheirObject):
    id: str
    return_flag: bool = Field(default=False, alias="returnFlag")
    events: tuple[Event, ...] = ()


class _Shipments(TheirObject):
    shipments: tuple[_Shipment, ...]


class DhlTracking:
    """Answers for one number at a time."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/track`."""
        self._http = PartnerHttp(
            client,
            partner="dhl_tracking",
            base_url=base_url,
            auth=KeyHeader("DHL-API-Key", api_key),
            deadline=deadline,
        )

    async def story(self, number: str) -> Sequence[Tracked]:
        """Give all that was seen of a parcel, the oldest first; nothing while nobody has seen it."""
        query = {"trackingNumber": number, "service": SERVICE, "language": "en"}
        answer = await self._http.ask("GET", "/shipments", query=query)
        if answer.status == httpx2.codes.NOT_FOUND:
            return ()
        if not answer.accepted:
            raise unexpected("dhl_tracking: GET /shipments", answer, "")
        found = answer.read(_Shipments).shipments
        seen = [  # of one second, too, the newest comes first
            _seen(event, sent_back=one.return_flag)
            for one in found
            if one.id == number
            for event in one.events
            if event.status_code in SAID
        ]
        seen.reverse()
        return sorted(seen, key=lambda scan: scan.occurred_at)


def _seen(event: Event, *, sent_back: bool) -> Tracked:
    at = event.timestamp if event.timestamp.tzinfo else event.timestamp.replace(tzinfo=_CLOCK)
    is_back = sent_back and event.status_code == "delivered"
    where = event.location.address
    return Tracked(
        status="returned_to_customer" if is_back else SAID[event.status_code],
        occurred_at=at,
        place=", ".join(filter(None, (where.locality, where.country)))[:200],
        theirs=event.status_code,
    )
