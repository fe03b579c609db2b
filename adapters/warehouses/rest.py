"""A warehouse and the fulfilment behind it, over plain REST.

Every change is a PUT under our step as its `reference`: the same body again is answered
with the same id, another body is refused. So a lost answer is repeated or looked up alike.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2

from activities.failures import Misspoken
from activities.ports import (
    Announcement,
    Capabilities,
    NotPossible,
    OutOfStock,
    RepairOrder,
    RepairOrdered,
    ReplacementOrder,
    ReplacementOrdered,
    Reservation,
    Reserved,
    SendBackOrder,
    SendBackOrdered,
    StockMove,
)
from adapters.http import DEFAULT_DEADLINE, Answer, PartnerHttp, TheirObject, path_of, unexpected

ANNOUNCEMENTS = "/announcements/{ref}"
STOCK_MOVES = "/stock-moves/{ref}"
RESERVATIONS = "/reservations/{ref}"
ORDERS = "/orders/{ref}"
REPAIRS = "/repairs/{ref}"
SEND_BACKS = "/send-backs/{ref}"


class Entry(TheirObject):
    """One line in their books."""

    id: str


class RestWarehouse:
    """Keeps `activities.ports.Warehouse`."""

    capabilities = Capabilities(idempotency="natural_key", final_answer="webhook", can_cancel=True)

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect to the API at `base_url`, which ends in `/v1`."""
        self._http = PartnerHttp(
            client, partner="warehouse", base_url=base_url, auth=api_key, deadline=deadline
        )

    async def find_announcement(self, announcement: Announcement) -> str | None:
        """Say under which id they expect this return's goods."""
        return await self._find(ANNOUNCEMENTS, announcement.step_id)

    async def announce(self, announcement: Announcement) -> str:
        """Tell the dock what should come, before it comes."""
        body = announcement.model_dump(mode="json", exclude={"step_id"})
        return await self._change(ANNOUNCEMENTS, announcement.step_id, body)

    async def find_move(self, move: StockMove) -> str | None:
        """Say under which id the goods were put away."""
        return await self._find(STOCK_MOVES, move.step_id)

    async def move_stock(self, move: StockMove) -> str:
        """Have inspected goods put where the decision sends them."""
        body = move.model_dump(mode="json", exclude={"step_id"})
        return await self._change(STOCK_MOVES, move.step_id, body)

    async def find_reservation(self, reservation: Reservation) -> Reserved | None:
        """Say under which id the goods are held."""
        found = await self._find(RESERVATIONS, reservation.step_id)
        return Reserved(reservation_ref=found) if found else None

    async def reserve(self, reservation: Reservation) -> Reserved | OutOfStock:
        """Hold goods until the returned ones are judged, if there are any."""
        body = reservation.model_dump(mode="json", exclude={"step_id"})
        answer = await self._put(RESERVATIONS, reservation.step_id, body)
        if _out_of_stock(answer):
            return OutOfStock(sku=reservation.sku)
        return Reserved(reservation_ref=_entry(RESERVATIONS, answer))

    async def release(self, reservation_ref: str) -> None:
        """Give held goods back; what is no longer held needs no giving back."""
        path = path_of("/reservations/by-id/{ref}", ref=reservation_ref)
        answer = await self._http.ask("DELETE", path)
        if not answer.accepted and answer.status != httpx2.codes.NOT_FOUND:
            raise _defect("DELETE /reservations/by-id", answer)

    async def find_replacement(self, order: ReplacementOrder) -> ReplacementOrdered | None:
        """Say under which number the new goods are ordered."""
        found = await self._find(ORDERS, order.step_id)
        return ReplacementOrdered(order_ref=found) if found else None

    async def order_replacement(self, order: ReplacementOrder) -> ReplacementOrdered | OutOfStock:
        """Have new goods sent to the customer."""
        body = order.model_dump(mode="json", exclude={"step_id", "reservation_ref"})
        body["reservation_id"] = order.reservation_ref
        answer = await self._put(ORDERS, order.step_id, body)
        if _out_of_stock(answer):
            return OutOfStock(sku=order.sku)
        return ReplacementOrdered(order_ref=_entry(ORDERS, answer))

    async def find_repair(self, order: RepairOrder) -> RepairOrdered | None:
        """Say under which number a unit is being repaired."""
        found = await self._find(REPAIRS, order.step_id)
        return RepairOrdered(repair_ref=found) if found else None

    async def order_repair(self, order: RepairOrder) -> RepairOrdered | NotPossible:
        """Have a unit repaired that is in the house."""
        body = order.model_dump(mode="json", exclude={"step_id"})
        answer = await self._put(REPAIRS, order.step_id, body)
        refused = _not_possible(answer)
        return refused or RepairOrdered(repair_ref=_entry(REPAIRS, answer))

    async def find_send_back(self, order: SendBackOrder) -> SendBackOrdered | None:
        """Say under which number goods are going back to the customer."""
        found = await self._find(SEND_BACKS, order.step_id)
        return SendBackOrdered(order_ref=found) if found else None

    async def send_back(self, order: SendBackOrder) -> SendBackOrdered | NotPossible:
        """Have goods of the customer's shipped to them."""
        body = order.model_dump(mode="json", exclude={"step_id"})
        answer = await self._put(SEND_BACKS, order.step_id, body)
        refused = _not_possible(answer)
        return refused or SendBackOrdered(order_ref=_entry(SEND_BACKS, answer))

    async def _find(self, template: str, reference: str) -> str | None:
        answer = await self._http.ask("GET", path_of(template, ref=reference))
        if answer.status == httpx2.codes.NOT_FOUND:
            return None
        return _entry(template, answer)

    async def _change(self, template: str, reference: str, body: Mapping[str, Any]) -> str:
        return _entry(template, await self._put(template, reference, body))

    async def _put(self, template: str, reference: str, body: Mapping[str, Any]) -> Answer:
        return await self._http.ask("PUT", path_of(template, ref=reference), body=body)


def _out_of_stock(answer: Answer) -> bool:
    is_conflict = answer.status == httpx2.codes.CONFLICT
    return is_conflict and answer.body.get("code") == "out_of_stock"


def _not_possible(answer: Answer) -> NotPossible | None:
    """Their no to work on goods that they have: `not_possible`."""
    code = answer.body.get("code")
    is_no = answer.status == httpx2.codes.CONFLICT and code == "not_possible"
    return NotPossible(theirs=str(answer.body.get("message") or code)) if is_no else None


def _entry(call: str, answer: Answer) -> str:
    if not answer.accepted:
        raise _defect(call, answer)
    return answer.read(Entry).id


def _defect(call: str, answer: Answer) -> Misspoken:
    return unexpected(f"warehouse: {call}", answer, answer.body.get("code"))
