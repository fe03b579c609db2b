"""Which contracts with carriers there are, by the names that policies use, and how fast each may be asked."""

import math
from collections.abc import Iterable, Mapping

from adapters.access import Access, url_of
from adapters.misset import SettingsError

CARRIER_ACCOUNTS: Mapping[str, str] = {"": "easypost", "dhl": "dhl_returns"}
"""The contracts with carriers that are there without a word: as a policy names them, and the
partner that each is with. The empty name is the one for all services that name none."""

CARRIER_KINDS = ("easypost", "dhl_returns")


def carrier_accounts(env: Mapping[str, str]) -> dict[str, str]:
    """Read `BACKHAUL_CARRIER_ACCOUNTS=easypost-uk:easypost,dhl-at:dhl_returns`."""
    found = {}
    for pair in filter(None, env.get("BACKHAUL_CARRIER_ACCOUNTS", "").split(",")):
        name, _, kind = pair.strip().partition(":")
        if not name or kind not in CARRIER_KINDS:
            expected = f"account:partner, of the partners {', '.join(CARRIER_KINDS)}"
            raise SettingsError("BACKHAUL_CARRIER_ACCOUNTS", expected)
        found[name] = kind
    return found


def accesses_of(env: Mapping[str, str], accounts: Mapping[str, str]) -> dict[str, Access]:
    """Read where each further account is: `BACKHAUL_EASYPOST_UK_URL` and `…_KEY`."""
    found = {}
    for name in accounts:
        variable = f"BACKHAUL_{name.upper().replace('-', '_')}"
        key = env.get(f"{variable}_KEY")
        if not key:
            raise SettingsError(f"{variable}_KEY", f"the key of the account {name}")
        found[name] = Access(
            base_url=url_of(env, f"{variable}_URL", ("https", "http")).rstrip("/"), api_key=key
        )
    return found


def carrier_limits(env: Mapping[str, str], accounts: Iterable[str]) -> dict[str, float]:
    """Read `BACKHAUL_CARRIER_LIMITS=easypost:20,dhl:0.2`, calls a second, of these accounts.

    Raises:
        SettingsError: A limit is none, or of an account that is not there: nobody would keep it.
    """
    there = {account or CARRIER_ACCOUNTS[""] for account in accounts}
    found = {}
    for pair in filter(None, env.get("BACKHAUL_CARRIER_LIMITS", "").split(",")):
        name, _, text = pair.strip().partition(":")
        try:
            limit = float(text)
        except ValueError:
            limit = 0.0
        if name not in there or not 0 < limit < math.inf:
            expected = f"account:calls a second, above zero, of {', '.join(sorted(there))}"
            raise SettingsError("BACKHAUL_CARRIER_LIMITS", expected)
        found["" if name == CARRIER_ACCOUNTS[""] else name] = limit
    return found
