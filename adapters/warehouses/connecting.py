"""Which warehouse the surroundings name: our own alone, or with hubs that are ShipBob's."""

from datetime import timedelta

import httpx2
from pydantic import TypeAdapter, ValidationError

from activities.ports import Warehouse
from adapters.http import DEFAULT_DEADLINE
from adapters.settings import Settings, SettingsError
from adapters.warehouses.hubs import HubWarehouse
from adapters.warehouses.rest import RestWarehouse
from adapters.warehouses.shipbob import ShipBob

_NUMBERS = TypeAdapter(dict[str, int])


def connect_warehouse(
    client: httpx2.AsyncClient, settings: Settings, *, deadline: timedelta = DEFAULT_DEADLINE
) -> Warehouse:
    """Connect to it.

    Raises:
        SettingsError: An address is missing, or the articles' numbers cannot be read.
    """
    own = settings.partner("warehouse").model_dump()
    if not settings.shipbob_channel:
        return RestWarehouse(client, **own, deadline=deadline)
    shipbob = ShipBob(
        client,
        **settings.partner("shipbob").model_dump(),
        channel_id=settings.shipbob_channel,
        deadline=deadline,
    )
    return HubWarehouse(client, shipbob, _inventory(settings), **own, deadline=deadline)


def _inventory(settings: Settings) -> dict[str, int]:
    if settings.shipbob_inventory is None:
        return {}
    try:
        return _NUMBERS.validate_json(settings.shipbob_inventory.read_bytes())
    except (OSError, ValidationError) as unreadable:
        variable = "BACKHAUL_SHIPBOB_INVENTORY"
        raise SettingsError(
            variable, "JSON, each article with its number at ShipBob"
        ) from unreadable
