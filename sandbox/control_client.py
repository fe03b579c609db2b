"""Drives a running sandbox from tests and the demo."""

import json
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx2

from sandbox.trust import authorities
from sandbox.wire import Json

ADVANCE_TIMEOUT_S = 600.0  # it lives through everything that is due on the way


class SandboxRefused(Exception):
    """The sandbox did not understand or could not do what was asked."""


class SandboxControl:
    """Everything under `/_sandbox`, as methods. Use it as a context, or `aclose` it."""

    def __init__(self, url: str) -> None:
        """Connect to the sandbox at `url`, such as `http://127.0.0.1:8090`."""
        self._http = httpx2.AsyncClient(
            base_url=f"{url.rstrip('/')}/_sandbox",
            timeout=ADVANCE_TIMEOUT_S,
            trust_env=False,
            verify=authorities(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def now(self) -> datetime:
        """Ask for the sandbox's time."""
        return datetime.fromisoformat((await self._ask("GET", "/clock"))["now"])

    async def advance_to(self, moment: datetime) -> Json:
        """Live through everything until `moment`; says how much `ran` and is `undelivered`."""
        return await self._ask("POST", "/clock", {"advance_to": moment.isoformat()})

    async def advance(self, by: timedelta) -> Json:
        """Live through everything for a while."""
        return await self._ask("POST", "/clock", {"advance_seconds": by.total_seconds()})

    async def stop_the_clock(self) -> None:
        """From now on time only goes on when it is advanced."""
        await self._ask("POST", "/clock", {"advance_seconds": 0, "still": True})

    async def script(self, key: str, script: str, **params: Any) -> None:
        """Choose what the outside does for a return, payment or parcel; `*` is the default."""
        await self._ask("POST", "/scripts", {"key": key, "script": script, **params})

    async def fault(self, face: str, operation: str, fault: str, **params: Any) -> None:
        """Let something go wrong; without a `rate`, always."""
        body = {"face": face, "operation": operation, "fault": fault, **params}
        await self._ask("POST", "/faults", body)

    async def fault_profile(self, profile: str) -> None:
        """Replace all faults by those of `calm`, `rough` or `hostile`."""
        await self._ask("POST", "/faults", {"profile": profile})

    async def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        await self._ask("DELETE", "/faults")

    async def faults(self) -> list[Json]:
        """Give the rules with how often each has fired."""
        return list((await self._ask("GET", "/faults"))["rules"])

    async def fired(self) -> list[Json]:
        """Give each fault that was done: fault, face, operation, key, arrival."""
        return list((await self._ask("GET", "/faults/fired"))["fired"])

    async def ledger(self, name: str) -> list[Json]:
        """Read a ledger: payments, labels, claims, warehouse, mail or sms."""
        answer = await self._http.get(f"/{name}/ledger")
        answer.raise_for_status()
        return [json.loads(line) for line in answer.text.splitlines()]

    async def audit(self) -> list[Json]:
        """Ask what does not add up outside; an empty list is good news."""
        return list((await self._ask("GET", "/audit"))["violations"])

    async def capture(
        self,
        payment_ref: str,
        amount_minor: int,
        currency: str,
        *,
        saved: bool = True,
        provider: str = "stripe",
        settles: Json | None = None,
    ) -> None:
        """Load a payment that was taken before (`pi_…`, or `gc_…` for a gift card).

        Without `saved` nothing can be held later on what it was paid with. The `provider`,
        `stripe` or `adyen`, tells what banks do to it. `settles` names the account's `currency`
        where it is another, with the `rate` then and the `rate_back` of a refund.
        """
        body = {"payment_ref": payment_ref, "amount_minor": amount_minor, "currency": currency}
        more = {"saved": saved, "provider": provider, "settles": settles}
        await self._ask("POST", "/payments/captures", {**body, **more})

    async def pay_bill(self, ref: str) -> str:
        """Let the customer pay a bill (its id, or our reference); gives the payment."""
        return str((await self._ask("POST", f"/payments/bills/{ref}/paid"))["payment_intent"])

    async def expire_bill(self, ref: str) -> None:
        """Let the page of a bill (its id, or our reference) lapse."""
        await self._ask("POST", f"/payments/bills/{ref}/expired")

    async def expire_hold(self, ref: str) -> None:
        """Let a hold (its id, or its idempotency key) end by itself, as banks do after days."""
        await self._ask("POST", f"/payments/holds/{ref}/expired")

    async def refund_outcome(self, ref: str, status: str, **said: Any) -> None:
        """Let a refund (its id, or its idempotency key) move."""
        await self._ask("POST", f"/payments/{ref}/outcome", {"status": status, **said})

    async def refund_by_hand(self, payment_ref: str, amount_minor: int, **said: Any) -> str:
        """Let somebody refund in the dashboard; gives the refund's id."""
        body = {"payment_ref": payment_ref, "amount_minor": amount_minor, **said}
        return str((await self._ask("POST", "/payments/refunds", body))["id"])

    async def misbook(self, ref: str, **wrong: Any) -> None:
        """Let their list tell another `amount_minor` or `currency` of a refund, or not list it."""
        await self._ask("POST", f"/payments/{ref}/misbooked", wrong)

    async def chargeback(self, payment_ref: str, amount_minor: int, **said: Any) -> str:
        """Let a bank take money back; gives the dispute's id."""
        body = {"payment_ref": payment_ref, "amount_minor": amount_minor, **said}
        return str((await self._ask("POST", "/payments/chargebacks", body))["id"])

    async def close_chargeback(self, dispute_id: str, status: str, **said: Any) -> None:
        """Let a dispute be `won` or `lost`."""
        path = f"/payments/chargebacks/{dispute_id}/close"
        await self._ask("POST", path, {"status": status, **said})

    async def scan(self, status: str, **said: Any) -> Json:
        """Let a carrier see a parcel: `tracking_number`, or `return_id` and `parcel_id`."""
        return await self._ask("POST", "/carrier/events", {"status": status, **said})

    async def parcels(self, return_id: str) -> list[Json]:
        """Show a return's parcels as the carrier knows them."""
        path = f"/carrier/parcels?{httpx2.QueryParams({'return_id': return_id})}"
        return list((await self._ask("GET", path))["parcels"])

    async def pickup_outcome(self, ref: str, status: str, **said: Any) -> None:
        """Let a visit (its id or reference) end `picked_up`, or `failed` with a code."""
        await self._ask("POST", f"/carrier/pickups/{ref}/outcome", {"status": status, **said})

    async def receipt(self, receipt: Json) -> Json:
        """Let the dock report a receipt; gives it with what was missing filled in."""
        return await self._ask("POST", "/warehouse/receipts", receipt)

    async def inspection(self, inspection: Json) -> Json:
        """Let the dock report an inspection; gives it with what was missing filled in."""
        return await self._ask("POST", "/warehouse/inspections", inspection)

    async def shipbob(self, key: str, status: str, **said: Any) -> Json:
        """Let a return at ShipBob come to a status; `inventory` says what was done with what."""
        return await self._ask("POST", f"/shipbob/returns/{key}/status", {"status": status, **said})

    async def stock(self, sku: str, quantity: int) -> None:
        """Say how many of a SKU there are."""
        await self._ask("POST", "/warehouse/stock", {"sku": sku, "quantity": quantity})

    async def ship(self, reference: str) -> None:
        """Let the goods of a replacement order leave."""
        await self._ask("POST", f"/warehouse/orders/{reference}/shipped")

    async def messages(self, to: str = "") -> list[Json]:
        """Read a mailbox, or all: with texts and how many copies came."""
        path = f"/mail/messages?{httpx2.QueryParams({'to': to})}"
        return list((await self._ask("GET", path))["messages"])

    async def texts(self, to: str = "") -> list[Json]:
        """Read the texts to a number, or all: each that was taken is one."""
        path = f"/sms/messages?{httpx2.QueryParams({'to': to})}"
        return list((await self._ask("GET", path))["messages"])

    async def webhooks(self) -> list[Json]:
        """Give every webhook in booking order, with its state and attempts."""
        return list((await self._ask("GET", "/webhooks"))["webhooks"])

    async def send_webhooks_to(self, provider: str, url: str, secret: str = "") -> None:
        """Say where a provider's webhooks go; without a secret the usual one signs."""
        body = {"provider": provider, "account": "main", "url": url, "secret": secret}
        await self._ask("POST", "/webhooks/endpoint", body)

    async def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self._http.request(method, path, json=body)
        if not answer.is_success:
            raise SandboxRefused(f"{method} {path}: {answer.status_code} {answer.text}")
        read: Json = answer.json()
        return read
