"""Stripe as a collector: bills by link, and holds on what the order was paid with."""

from datetime import timedelta

import httpx2

from activities.ports import Bill, BillAnswer, Capabilities, HoldAnswer, HoldOrder
from adapters.http import DEFAULT_DEADLINE
from adapters.payments.stripe_bills import Bills
from adapters.payments.stripe_client import StripeApi
from adapters.payments.stripe_holds import Holds


class StripeCollector:
    """Keeps `activities.ports.Collector`."""

    capabilities = Capabilities(
        idempotency="native",
        key_lifetime=timedelta(hours=24),
        final_answer="webhook",
        can_cancel=True,
    )

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        success_url: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`; who has paid is sent on to `success_url`."""
        api = StripeApi(client, base_url=base_url, api_key=api_key, deadline=deadline)
        self._bills = Bills(api, success_url)
        self._holds = Holds(api)

    async def find_bill(self, bill: Bill) -> BillAnswer | None:
        """Look whether it was sent; one whose link lapsed too early is to be sent anew."""
        return await self._bills.find(bill)

    async def send_bill(self, bill: Bill) -> BillAnswer:
        """Make a link, once per instruction, that the amount can be paid under."""
        return await self._bills.send(bill)

    async def cancel_bill(self, bill: Bill) -> BillAnswer:
        """Close the link; one that was paid before answers `paid`."""
        return await self._bills.cancel(bill)

    async def find_hold(self, order: HoldOrder) -> HoldAnswer | None:
        """Look whether it was placed, and how it stands."""
        return await self._holds.find(order)

    async def place_hold(self, order: HoldOrder) -> HoldAnswer:
        """Keep the amount ready, once per instruction."""
        return await self._holds.place(order)

    async def take_hold(self, order: HoldOrder) -> HoldAnswer:
        """Take the amount, at most once; the rest of what was held goes back."""
        return await self._holds.take(order)

    async def release_hold(self, order: HoldOrder) -> HoldAnswer:
        """Let it go; one that was taken before answers `taken`."""
        return await self._holds.release(order)
