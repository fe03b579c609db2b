"""Talks to the sandbox as a customer of its partners would, without any of our adapters."""

from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx2

from sandbox.trust import authorities
from tests.sandbox_process import Sandbox

HUB = {"name": "Hub", "street1": "Kai 1", "city": "Berlin", "zip": "10115", "country": "DE"}
CUSTOMER = {"name": "C", "street1": "Rue 2", "city": "Paris", "zip": "75001", "country": "FR"}
NOBODY_VISITS = {**CUSTOMER, "zip": "99001"}  # not swiftpost, at least


class Partners:
    """One connection to each partner. A test that expects silence sets `timeout_s`."""

    def __init__(self, sandbox: Sandbox, *, timeout_s: float = 20.0) -> None:
        def connect(path: str, **said: Any) -> httpx2.AsyncClient:
            return httpx2.AsyncClient(
                base_url=sandbox.url + path,
                timeout=timeout_s,
                trust_env=False,
                verify=authorities(),
                **said,
            )

        bearer = {"Authorization": "Bearer sandbox"}
        self.carrier = connect("/easypost/v2", auth=("EZTK_sandbox", ""))
        self.gateway = connect("/stripe/v1", headers={"Authorization": "Bearer sk_test_sandbox"})
        self.value = connect("/storedvalue/v1", headers=bearer)
        self.warehouse = connect("/warehouse/v1", headers=bearer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        for client in (self.carrier, self.gateway, self.value, self.warehouse):
            await client.aclose()

    async def rate(
        self, reference: str, customer: dict[str, str] = CUSTOMER, **said: Any
    ) -> dict[str, Any]:
        """Make a shipment for a return; the addresses are those of the way out."""
        shipment = {
            "reference": reference,
            "is_return": True,
            "from_address": HUB,
            "to_address": customer,
            "parcel": {"weight": 28.3},
            **said,
        }
        answer = await self.carrier.post("/shipments", json={"shipment": shipment})
        assert answer.status_code == 201, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def buy(
        self, shipment: dict[str, Any], service: str = "return_label", carrier: str = "swiftpost"
    ) -> httpx2.Response:
        rate = next(
            rate
            for rate in shipment["rates"]
            if (rate["carrier"], rate["service"]) == (carrier, service)
        )
        path = f"/shipments/{shipment['id']}/buy"
        return await self.carrier.post(path, json={"rate": {"id": rate["id"]}})

    async def label(self, reference: str, service: str = "return_label") -> dict[str, Any]:
        """Buy a label for a reference such as `label:R-1:p1`."""
        bought: dict[str, Any] = (await self.buy(await self.rate(reference), service)).json()
        return bought

    async def announce(
        self, return_id: str, numbers: list[str], *, quantity: int = 2
    ) -> httpx2.Response:
        units = [
            {"line_id": "1", "unit": unit + 1, "sku": "SHOE", "name": "Shoe", "serial": ""}
            for unit in range(quantity)
        ]
        body = {
            "return_id": return_id,
            "order_id": "O-1",
            "warehouse": "berlin",
            "units": units,
            "tracking_numbers": numbers,
        }
        return await self.warehouse.put(f"/announcements/announce:{return_id}", json=body)

    async def book_visit(
        self, shipment_id: str, reference: str, start: datetime, customer: dict[str, str] = CUSTOMER
    ) -> httpx2.Response:
        """Rate a visit of two hours, and book it."""
        pickup = {
            "reference": reference,
            "shipment": {"id": shipment_id},
            "address": customer,
            "min_datetime": start.isoformat(),
            "max_datetime": (start + timedelta(hours=2)).isoformat(),
            "is_account_address": False,
            "instructions": "",
        }
        rated = await self.carrier.post("/pickups", json={"pickup": pickup})
        if not rated.is_success:
            return rated
        rate = rated.json()["pickup_rates"][0]
        path = f"/pickups/{rated.json()['id']}/buy"
        choice = {"carrier": rate["carrier"], "service": rate["service"]}
        return await self.carrier.post(path, json=choice)

    async def refund(
        self, payment: str, amount: int, key: str, return_id: str = "R-1"
    ) -> httpx2.Response:
        form = {
            "payment_intent": payment,
            "amount": str(amount),
            "metadata[instruction_id]": key,
            "metadata[return_id]": return_id,
        }
        return await self.gateway.post("/refunds", data=form, headers={"Idempotency-Key": key})

    async def bill(self, reference: str, *, key: str = "") -> httpx2.Response:
        price = "line_items[0][price_data]"
        form = {
            "mode": "payment",
            "client_reference_id": reference,
            "success_url": "https://shop.example/thanks",
            f"{price}[currency]": "eur",
            f"{price}[unit_amount]": "900",
            f"{price}[product_data][name]": "The difference in price",
            "line_items[0][quantity]": "1",
            "metadata[return_id]": "R-1",
        }
        headers = {"Idempotency-Key": key or reference}
        return await self.gateway.post("/checkout/sessions", data=form, headers=headers)

    async def hold(self, payment: str, amount: int, key: str) -> httpx2.Response:
        paid = (await self.gateway.get(f"/payment_intents/{payment}")).json()
        form = {
            "amount": str(amount),
            "currency": paid["currency"],
            "capture_method": "manual",
            "confirm": "true",
            "off_session": "true",
            "customer": paid["customer"],
            "payment_method": paid["payment_method"],
            "metadata[instruction_id]": key,
        }
        headers = {"Idempotency-Key": key}
        return await self.gateway.post("/payment_intents", data=form, headers=headers)

    async def credit(self, account: str, amount_minor: int, key: str) -> httpx2.Response:
        body = {
            "account": account,
            "amount_minor": amount_minor,
            "currency": "EUR",
            "reference": "R-1",
        }
        return await self.value.post("/credits", json=body, headers={"Idempotency-Key": key})
