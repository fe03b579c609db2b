"""What EasyPost sold in a time: its list of purchased shipments, page after page.

Docs: docs.easypost.com/docs/shipments ("Retrieve a list of Shipments"): `purchased`,
`start_datetime`, `end_datetime`, `page_size` up to 100, `before_id`; newest first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx2
from pydantic import AwareDatetime

from activities.failures import Misspoken
from activities.ports import SoldLabel
from adapters.carriers.easypost_objects import Rate
from adapters.http import DEFAULT_DEADLINE, PartnerHttp, TheirObject, unexpected
from domain.money import Money

PAGE = 100
MOST_PAGES = 1_000
BOUGHT_AFTER = timedelta(days=1)
"""Shipments are listed by when they were made; ours are bought within the same step."""


class _Sold(TheirObject):
    id: str
    created_at: AwareDatetime
    reference: str | None = None
    tracking_code: str | None = None
    selected_rate: Rate | None = None
    refund_status: str | None = None


class _Page(TheirObject):
    shipments: tuple[_Sold, ...]
    has_more: bool = False


class EasyPostLabels:
    """Keeps `activities.ports.LabelSeller`."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        self._http = PartnerHttp(
            client, partner="easypost", base_url=base_url, auth=(api_key, ""), deadline=deadline
        )

    async def sold(self, since: datetime, until: datetime) -> Sequence[SoldLabel]:
        """Give every label whose shipment was made in that time, given back or not.

        Raises:
            Misspoken: It is no list of theirs, or one without an end.
        """
        found: list[SoldLabel] = []
        query = {
            "purchased": "true",
            "start_datetime": _utc(since),
            "end_datetime": _utc(until),
            "page_size": str(PAGE),
        }
        for _ in range(MOST_PAGES):
            answer = await self._http.ask("GET", "/shipments", query=query)
            if not answer.accepted:
                raise unexpected("easypost: GET /shipments", answer, "")
            page = answer.read(_Page)
            found += [label for one in page.shipments if (label := _label(one)) is not None]
            if not page.has_more or not page.shipments:
                return found
            query |= {"before_id": page.shipments[-1].id}
        raise Misspoken("easypost: GET /shipments has no last page")


def _label(one: _Sold) -> SoldLabel | None:
    if one.selected_rate is None or not one.tracking_code:
        return None
    try:
        cost = Money.parse(one.selected_rate.rate, one.selected_rate.currency)
    except ValueError:
        raise Misspoken("easypost: a rate is no amount") from None
    return SoldLabel(
        label_ref=one.id,
        reference=one.reference or "",
        tracking_number=one.tracking_code,
        cost=cost,
        sold_at=one.created_at,
        given_back=one.refund_status in {"submitted", "refunded"},
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
