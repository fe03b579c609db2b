"""ShipBob: returns are announced there, and asked for as they stand.

A return has our id as its `reference_id`, by which it is found when an answer was lost: they
know no idempotency key. Cancelled ones do not count. Source: developer.shipbob.com/2026-07.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2

from activities.failures import Misspoken
from activities.ports import Announcement
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, unexpected

PAGE = 100
MOST_PAGES = 100

TOLD = "Arrived,Completed"
"""The statuses that mean something for a return of ours."""


class ShipBob:
    """Their returns."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        channel_id: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in its version, for one channel."""
        self._http = PartnerHttp(
            client, partner="shipbob", base_url=base_url, auth=api_key, deadline=deadline
        )
        self._headers = {"shipbob_channel_id": channel_id}

    async def find_announcement(self, announcement: Announcement) -> str | None:
        """Say under which number they expect this return."""
        query = {"ReferenceIds": announcement.return_id, "Limit": str(PAGE)}
        items = _items(await self._ask("GET", query=query))
        live = [item for item in items if item.get("status") != "Cancelled"]
        return str(live[0]["id"]) if live else None

    async def announce(
        self, announcement: Announcement, *, center: int, inventory: Mapping[str, int]
    ) -> str:
        """Tell them what should come.

        Args:
            announcement: What is expected.
            center: Their number of the fulfilment center.
            inventory: Our article → their number of it; what has none is not announced.
        """
        wanted: dict[int, int] = {}
        for unit in announcement.units:
            if unit.sku in inventory:
                number = inventory[unit.sku]
                wanted[number] = wanted.get(number, 0) + 1
        body: dict[str, Any] = {
            "reference_id": announcement.return_id,
            "fulfillment_center": {"id": center},
            "inventory": [
                {"id": number, "quantity": quantity, "requested_action": "Default"}
                for number, quantity in wanted.items()
            ],
        }
        if announcement.tracking_numbers:
            body["tracking_number"] = announcement.tracking_numbers[0]
        answer = await self._ask("POST", body=body)
        made = answer.body.get("id")
        if not answer.accepted or made is None:
            raise _defect("POST /return", answer)
        return str(made)

    async def returns(self, since: datetime) -> AsyncIterator[dict[str, Any]]:
        """Give the returns made since then that have arrived or were dealt with."""
        for page in range(1, MOST_PAGES + 1):
            query = {
                "Status": TOLD,
                "StartDate": since.isoformat(),
                "Page": str(page),
                "Limit": str(PAGE),
            }
            items = _items(await self._ask("GET", query=query))
            for item in items:
                yield item
            if len(items) < PAGE:
                return

    async def _ask(
        self,
        method: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        return await self._http.ask(
            method, "/return", query=query, body=body, headers=self._headers
        )


def _items(answer: Answer) -> list[dict[str, Any]]:
    items = answer.body.get("items")
    if not answer.accepted or not isinstance(items, list):
        raise _defect("GET /return", answer)
    return [item for item in items if isinstance(item, dict)]


def _defect(call: str, answer: Answer) -> Misspoken:
    return unexpected(f"shipbob: {call}", answer, answer.body.get("title"))
