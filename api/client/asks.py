"""Everything a return can be asked, by name. What each means: `domain.returns.commands`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack

from api.client.answers import Answer
from domain.channels import Wish
from domain.returns.commands import Who
from domain.words import Disposition, Method


class By(TypedDict, total=False):
    """Who asks, when, and under which id the question counts once."""

    request_id: str | None
    actor: Who | None
    occurred_at: datetime | None


class Asks(ABC):
    """A method for each update. All give an answer; `Unavailable` where nobody answers."""

    @abstractmethod
    async def ask(
        self,
        tenant: str,
        return_id: str,
        update: str,
        body: Mapping[str, Any],
        request_id: str | None = None,
        *,
        actor: Who | None = None,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Ask a return something by the update of that name."""

    async def approve(
        self,
        tenant: str,
        return_id: str,
        *,
        units: Sequence[str] = (),
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"units": list(units), "because": because}
        return await self.ask(tenant, return_id, "approve", body, **by)

    async def decline(
        self,
        tenant: str,
        return_id: str,
        *,
        because: str,
        units: Sequence[str] = (),
        **by: Unpack[By],
    ) -> Answer:
        body = {"units": list(units), "because": because}
        return await self.ask(tenant, return_id, "decline", body, **by)

    async def cancel(
        self, tenant: str, return_id: str, *, because: str = "", **by: Unpack[By]
    ) -> Answer:
        return await self.ask(tenant, return_id, "cancel", {"because": because}, **by)

    async def override(
        self,
        tenant: str,
        return_id: str,
        *,
        because: str,
        settles: str = "",
        units: Sequence[str] = (),
        **by: Unpack[By],
    ) -> Answer:
        body = {"because": because, "settles": settles, "units": list(units)}
        return await self.ask(tenant, return_id, "override", body, **by)

    async def choose_method(
        self,
        tenant: str,
        return_id: str,
        method: Method,
        *,
        parcel_id: str = "",
        more: Mapping[str, Any] | None = None,
        **by: Unpack[By],
    ) -> Answer:
        """`more` may say `pickup_from`, or the customer's own `carrier` and `tracking_number`."""
        body = {"method": method, "parcel_id": parcel_id, **(more or {})}
        return await self.ask(tenant, return_id, "choose_method", body, **by)

    async def accept_offer(
        self, tenant: str, return_id: str, offer_id: str, **by: Unpack[By]
    ) -> Answer:
        return await self.ask(tenant, return_id, "accept_offer", {"offer_id": offer_id}, **by)

    async def decline_offer(
        self, tenant: str, return_id: str, offer_id: str, *, because: str = "", **by: Unpack[By]
    ) -> Answer:
        body = {"offer_id": offer_id, "because": because}
        return await self.ask(tenant, return_id, "decline_offer", body, **by)

    async def correct_address(
        self,
        tenant: str,
        return_id: str,
        address: Mapping[str, Any],
        *,
        parcel_id: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"address": address, "parcel_id": parcel_id}
        return await self.ask(tenant, return_id, "correct_address", body, **by)

    async def declare_goods(
        self,
        tenant: str,
        return_id: str,
        goods: Sequence[Mapping[str, Any]] = (),
        *,
        export_reference: str = "",
        **by: Unpack[By],
    ) -> Answer:
        """Say what customs must know: `line_id`, `hs_code` and `origin_country` of each line."""
        body = {"goods": list(goods), "export_reference": export_reference}
        return await self.ask(tenant, return_id, "declare_goods", body, **by)

    async def reschedule_pickup(
        self,
        tenant: str,
        return_id: str,
        not_before: datetime,
        *,
        parcel_id: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"not_before": not_before, "parcel_id": parcel_id}
        return await self.ask(tenant, return_id, "reschedule_pickup", body, **by)

    async def dispute(
        self,
        tenant: str,
        return_id: str,
        unit: str,
        *,
        because: str,
        evidence: Sequence[Mapping[str, str]] = (),
        **by: Unpack[By],
    ) -> Answer:
        body = {"unit": unit, "because": because, "evidence": list(evidence)}
        return await self.ask(tenant, return_id, "dispute", body, **by)

    async def resolve_dispute(
        self,
        tenant: str,
        return_id: str,
        unit: str,
        outcome: Literal["upheld", "denied"],
        *,
        because: str,
        **by: Unpack[By],
    ) -> Answer:
        body = {"unit": unit, "outcome": outcome, "because": because}
        return await self.ask(tenant, return_id, "resolve_dispute", body, **by)

    async def match_unit(
        self,
        tenant: str,
        return_id: str,
        stray_id: str,
        *,
        unit: str = "",
        disposition: Disposition | None = None,
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"stray_id": stray_id, "unit": unit, "because": because}
        if disposition is not None:
            body["disposition"] = disposition
        return await self.ask(tenant, return_id, "match_unit", body, **by)

    async def unmatch_unit(
        self,
        tenant: str,
        return_id: str,
        stray_id: str,
        *,
        unit: str = "",
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"stray_id": stray_id, "unit": unit, "because": because}
        return await self.ask(tenant, return_id, "unmatch_unit", body, **by)

    async def release_payout(
        self,
        tenant: str,
        return_id: str,
        instruction_id: str,
        *,
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"instruction_id": instruction_id, "because": because}
        return await self.ask(tenant, return_id, "release_payout", body, **by)

    async def choose_payout(
        self,
        tenant: str,
        return_id: str,
        instruction_id: str,
        destination: Literal["store_credit", "gift_card", "manual", "tender"],
        *,
        tender_id: str = "",
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {
            "instruction_id": instruction_id,
            "destination": destination,
            "tender_id": tender_id,
            "because": because,
        }
        return await self.ask(tenant, return_id, "choose_payout", body, **by)

    async def choose_goods(
        self,
        tenant: str,
        return_id: str,
        unit: str,
        choice: Literal["send_back", "leave"],
        *,
        because: str = "",
        **by: Unpack[By],
    ) -> Answer:
        body = {"unit": unit, "choice": choice, "because": because}
        return await self.ask(tenant, return_id, "choose_goods", body, **by)

    async def write_off_payout(
        self, tenant: str, return_id: str, instruction_id: str, *, because: str, **by: Unpack[By]
    ) -> Answer:
        body = {"instruction_id": instruction_id, "because": because}
        return await self.ask(tenant, return_id, "write_off_payout", body, **by)

    async def choose_contact(
        self,
        tenant: str,
        return_id: str,
        channel: Wish,
        *,
        time_zone: str | None = None,
        **by: Unpack[By],
    ) -> Answer:
        """Say how the customer wants to be told; `none`: only what they must be told."""
        body = {"contact": {"channel": channel, "time_zone": time_zone}}
        return await self.ask(tenant, return_id, "choose_contact", body, **by)

    async def give_feedback(
        self, tenant: str, return_id: str, rating: int, *, note: str = "", **by: Unpack[By]
    ) -> Answer:
        body = {"rating": rating, "note": note}
        return await self.ask(tenant, return_id, "give_feedback", body, **by)
