"""The contracts with carriers that the surroundings name, each with its adapter."""

from collections.abc import Mapping
from datetime import timedelta

import httpx2

from activities.ports import Carrier
from adapters.carriers.dhl_returns import DhlReturns
from adapters.carriers.dhl_tracking import DhlTracking
from adapters.carriers.easypost import EasyPostCarrier
from adapters.http import DEFAULT_DEADLINE
from adapters.settings import Settings


def connect_carriers(
    http: httpx2.AsyncClient, settings: Settings, *, deadline: timedelta = DEFAULT_DEADLINE
) -> Mapping[str, Carrier]:
    """Connect to the carriers of each account that is set up; the empty name is the one for most.

    Raises:
        SettingsError: The address or key of one that is needed is missing.
    """
    found: dict[str, Carrier] = {}
    for account, partner in settings.carrier_accounts.items():
        name = partner if account in {"", "dhl"} else account
        if partner == "easypost":
            access = settings.partner(name).model_dump()
            found[account] = EasyPostCarrier(http, **access, deadline=deadline)
        elif name in settings.partners:
            asked = settings.partner("dhl_tracking").model_dump()
            tracking = DhlTracking(http, **asked, deadline=deadline)
            access = settings.partner(name).model_dump()
            found[account] = DhlReturns(http, tracking, **access, deadline=deadline)
    return found
