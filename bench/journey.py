"""The outside's part in a plain drop-off refund, the same for either worker.

It moves all returns one step at a time and learns how far they are from the sandbox's own
books, so that looking costs nothing of what is measured.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from bench.doors import Door
from bench.words import TENANT, Json
from sandbox.control_client import SandboxControl

AT_ONCE = 6
PAUSE_S = 0.3
"""Between two steps nobody writes home about: the first is long done when the second comes."""
LOOK_AGAIN_S = 0.1
PATIENCE_S = 60.0
"""Until nothing happens any more, and a second more for each return."""
PRICE_MINOR, TAX_MINOR = 5_000, 1_000


class Journey:
    """Returns of one worker, taken from the opening to the last message."""

    def __init__(
        self, door: Door, sandbox: SandboxControl, *, prefix: str, pause_s: float = PAUSE_S
    ) -> None:
        self._door = door
        self._pause_s = pause_s
        self._sandbox = sandbox
        self._prefix = prefix
        self._numbers = count(1)

    async def take(self, number: int) -> list[str]:
        """Take so many returns through their lives, until they have ended; gives their ids.

        Raises:
            TimeoutError: Nothing happens any more, as where the worker has ended.
        """
        async with asyncio.timeout(PATIENCE_S + number):
            return await self._take(number)

    async def paid(self, number: int) -> list[str]:
        """Orders that were paid, for so many returns; gives the returns' ids."""
        returns = [f"{self._prefix}-{next(self._numbers)}" for _ in range(number)]
        await _all(self._capture, returns)
        return returns

    async def labelled(self, returns: list[str]) -> dict[str, str]:
        """Wait until each customer has a label; gives the tracking numbers, by return."""
        await self._until_told("label", returns)
        return await self._tracking_numbers()

    async def _take(self, number: int) -> list[str]:
        returns = await self.paid(number)
        now = datetime.now(UTC)
        await _all(lambda return_id: self.open(return_id, now), returns)
        tracking = await self.labelled(returns)
        for status in ("scanned", "delivered"):
            await _all(lambda one: self.scan(one, tracking[one], status, now), returns)  # noqa: B023 awaited at once
            await asyncio.sleep(self._pause_s)
        await _all(lambda one: self._receive(one, tracking[one], now), returns)
        await self._until_told("received", returns)
        await _all(lambda one: self._inspect(one, now), returns)
        await self._until_told("refund_sent", returns)
        refunds = await self._until_refunded(returns)
        await asyncio.sleep(self._pause_s)
        await _all(lambda one: self._settle(one, refunds[payment_of(one)], now), returns)
        await self._until_told("completed", returns)
        await asyncio.gather(*(self._door.ended(one) for one in returns))
        return returns

    async def _capture(self, return_id: str) -> None:
        paid = PRICE_MINOR + TAX_MINOR
        await self._sandbox.capture(payment_of(return_id), paid, "EUR")

    async def open(self, return_id: str, now: datetime) -> None:
        asked = {
            "request_id": "open",
            "actor": {"kind": "service", "id": "shop"},
            "request": request(return_id, now),
        }
        answer = await self._door.open(return_id, asked)
        if not answer["accepted"]:
            raise RuntimeError(f"{return_id} was refused: {answer['because']}")

    async def scan(self, return_id: str, number: str, status: str, now: datetime) -> None:
        said = {"tracking_number": number, "status": status}
        await self._tell(return_id, "report_tracking", status, now, said)

    async def _receive(self, return_id: str, number: str, now: datetime) -> None:
        said = {
            "warehouse": "w",
            "parcel": {"tracking_number": number},
            "units": [{"sku": "SHOE-42", "quantity": 1}],
        }
        await self._tell(return_id, "report_receipt", "receipt", now, said)

    async def _inspect(self, return_id: str, now: datetime) -> None:
        said = {
            "warehouse": "w",
            "return_id": return_id,
            "inspector": "ann",
            "units": [{"line_id": "1", "unit": 1, "grade": "like_new"}],
        }
        await self._tell(return_id, "report_inspection", "inspection", now, said)

    async def _settle(self, return_id: str, refund_id: str, now: datetime) -> None:
        await self._sandbox.refund_outcome(refund_id, "succeeded")
        await self._tell(return_id, "report_payout", "payout", now, {"payout_ref": refund_id})

    async def _tell(
        self, return_id: str, signal: str, message_id: str, now: datetime, said: Json
    ) -> None:
        about = {"message_id": message_id, "occurred_at": now.isoformat(), "source": "bench"}
        await self._door.tell(return_id, signal, {**about, **said})

    # ── What the outside knows ────────────────────────────────────────────────────────────

    async def _until_told(self, template: str, returns: list[str]) -> None:
        """Wait until each customer has this message."""
        wanted = {(template, address_of(return_id)) for return_id in returns}
        while True:
            rows = await self._sandbox.ledger("mail")
            if wanted <= {(row["template"], row["to"]) for row in rows}:
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _tracking_numbers(self) -> dict[str, str]:
        """By return; a label's reference is `tenant:return:step`."""
        rows = await self._sandbox.ledger("labels")
        return {
            row["reference"].split(":")[1]: row["tracking_number"]
            for row in rows
            if row["kind"] == "purchase"
        }

    async def _until_refunded(self, returns: list[str]) -> dict[str, str]:
        """Wait until the gateway has them all; gives its ids, by payment."""
        wanted = {payment_of(return_id) for return_id in returns}
        while True:
            rows = await self._sandbox.ledger("payments")
            made = {row["payment_ref"]: row["refund_id"] for row in rows if row["kind"] == "refund"}
            if wanted <= set(made):
                return made
            await asyncio.sleep(LOOK_AGAIN_S)


async def _all(do: Callable[[str], Awaitable[None]], returns: Iterable[str]) -> None:
    """Do it for all of them, a few at a time."""
    some = asyncio.Semaphore(AT_ONCE)

    async def one(return_id: str) -> None:
        async with some:
            await do(return_id)

    await asyncio.gather(*(one(return_id) for return_id in returns))


def payment_of(return_id: str) -> str:
    return f"pi_{return_id}"


def address_of(return_id: str) -> str:
    return f"{return_id.lower()}@example.org"


def request(return_id: str, now: datetime) -> Json:
    """One pair of shoes, delivered four days ago, too small."""
    placed = (now - timedelta(days=20)).isoformat()
    return {
        "return_id": return_id, "order_id": f"W-{return_id}", "requested_at": now.isoformat(),
        "lines": [{"line_id": "1", "quantity": 1, "reason": "too_small"}],
        "method": "drop_off_label",
        "order": {
            "order_id": f"W-{return_id}", "tenant": TENANT, "placed_at": placed,
            "currency": "EUR", "ship_from": "DE", "ship_to": "FR",
            "customer": {
                "customer_id": f"c-{return_id}", "name": "Camille Martin", "locale": "fr",
                "email": address_of(return_id), "phone": "+33 1 23 45 67 89",
                "address": {
                    "line1": "1 rue de la Paix", "city": "Paris", "postcode": "75002",
                    "country": "FR",
                },
            },
            "lines": [
                {
                    "line_id": "1", "sku": "SHOE-42", "name": "Shoe", "category": "shoes",
                    "quantity": 1, "unit_price_minor": PRICE_MINOR, "tax_minor": TAX_MINOR,
                    "weight_grams": 800, "hs_code": "6403", "origin_country": "VN",
                }
            ],
            "shipping": {"net_minor": 0, "tax_minor": 0, "standard_net_minor": 0},
            "tenders": [
                {
                    "tender_id": "t1", "kind": "card", "provider": "stripe",
                    "payment_ref": payment_of(return_id), "captured_at": placed,
                    "captured_minor": PRICE_MINOR + TAX_MINOR,
                }
            ],
            "deliveries": [
                {
                    "delivered_at": (now - timedelta(days=4)).isoformat(),
                    "lines": [{"line_id": "1", "quantity": 1}],
                }
            ],
        },
    }  # fmt: skip
