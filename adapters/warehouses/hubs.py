"""The merchant's own warehouse, and hubs that are ShipBob's: each is spoken to in its own way.

A hub `shipbob-22` of the policy is their fulfilment centre 22. They put goods away as they find
them, and say so with the return: a move there was done before it was asked for.
"""

from collections.abc import Mapping
from datetime import timedelta

import httpx2

from activities.failures import Misspoken
from activities.ports import Announcement, StockMove
from adapters.http import DEFAULT_DEADLINE
from adapters.warehouses.rest import RestWarehouse
from adapters.warehouses.shipbob import ShipBob

HUB = "shipbob-"
DONE_THERE = frozenset({"restock", "quarantine", "dispose", "donate"})
"""Dispositions that they carry out by themselves."""


class HubWarehouse(RestWarehouse):
    """Keeps `activities.ports.Warehouse`; what is not about a hub of ShipBob's is our own's."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        shipbob: ShipBob,
        inventory: Mapping[str, int],
        *,
        base_url: str,
        api_key: str,
        deadline: timedelta = DEFAULT_DEADLINE,
    ) -> None:
        """Connect.

        Args:
            client: Over which both are spoken to.
            shipbob: Their returns.
            inventory: Our article → their number of it.
            base_url: Of our own warehouse.
            api_key: Its key.
            deadline: For a call to it.
        """
        super().__init__(client, base_url=base_url, api_key=api_key, deadline=deadline)
        self._shipbob = shipbob
        self._inventory = inventory

    async def find_announcement(self, announcement: Announcement) -> str | None:
        """Say under which id they expect this return's goods."""
        if _center(announcement.warehouse) is None:
            return await super().find_announcement(announcement)
        return await self._shipbob.find_announcement(announcement)

    async def announce(self, announcement: Announcement) -> str:
        """Tell the dock what should come, before it comes."""
        center = _center(announcement.warehouse)
        if center is None:
            return await super().announce(announcement)
        return await self._shipbob.announce(announcement, center=center, inventory=self._inventory)

    async def find_move(self, move: StockMove) -> str | None:
        """Say under which id the goods were put away."""
        if _center(move.warehouse) is None:
            return await super().find_move(move)
        is_done = move.disposition in DONE_THERE and not move.reverses
        return f"{move.warehouse}:{move.return_id}:{move.sku}" if is_done else None

    async def move_stock(self, move: StockMove) -> str:
        """Have inspected goods put where the decision sends them.

        Raises:
            Misspoken: A hub of ShipBob's cannot be told to: a person has to agree it with them.
        """
        if _center(move.warehouse) is None:
            return await super().move_stock(move)
        raise Misspoken(f"shipbob: {move.disposition} is agreed with them by a person")


def _center(warehouse: str) -> int | None:
    number = warehouse.removeprefix(HUB)
    is_theirs = warehouse.startswith(HUB) and number.isascii() and number.isdigit()
    return int(number) if is_theirs else None
