"""What only the doors need to know of their surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from adapters.settings import SettingsError, port

WEBHOOK_TENANT = "BACKHAUL_WEBHOOK_TENANT_"
MAIN_ACCOUNT = "main"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Where to listen and whose returns are meant. Loopback only: callers are not yet known."""

    port: int = 8080
    tenant: str = "acme"  # where a caller names none
    webhook_tenants: Mapping[str, str] = field(default_factory=dict)  # by `account_key`

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read `BACKHAUL_API_PORT`, `BACKHAUL_TENANT` and `BACKHAUL_WEBHOOK_TENANT_…`.

        Raises:
            SettingsError: One of them makes no sense.
        """
        tenant = env.get("BACKHAUL_TENANT") or "acme"
        if not tenant.isprintable() or ":" in tenant:
            raise SettingsError("BACKHAUL_TENANT", "a merchant's id, such as acme")
        return cls(
            port=port(env, "BACKHAUL_API_PORT", default=8080),
            tenant=tenant,
            webhook_tenants={
                variable.removeprefix(WEBHOOK_TENANT).lower(): value
                for variable, value in env.items()
                if variable.startswith(WEBHOOK_TENANT) and value
            },
        )


def account_key(provider: str, account: str) -> str:
    """Name an account as settings do: `stripe` is its main one, `stripe_eu` another.

    The account is part of what makes an event unique, so it must be one that has settings
    of its own: a captured webhook sent again under another name would count twice.
    """
    return provider if account == MAIN_ACCOUNT else f"{provider}_{account}"
