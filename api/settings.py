"""What only the doors need to know of their surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from adapters.links import SHORTEST_SECRET, link_secrets
from adapters.postgres.tidings import NAMES_ITS_MERCHANT
from adapters.postgres.unplaced import BY_SIGNAL
from adapters.settings import SettingsError, port
from api.access.keys import PREFIX
from api.access.staff import Provider

WEBHOOK_TENANT = "BACKHAUL_WEBHOOK_TENANT_"
MAIN_ACCOUNT = "main"


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Where to listen, and by what callers prove who they are."""

    host: str = "127.0.0.1"
    port: int = 8080
    tenant: str = "acme"  # whose webhooks those of an account are that has no merchant of its own
    webhook_tenants: Mapping[str, str] = field(default_factory=dict)  # by `account_key`
    link_secrets: tuple[str, ...] = field(default=(), repr=False)  # the newest first
    staff: Provider | None = None
    most_of_merchant: int = 200  # questions a second
    most_of_return: int = 20
    ui_origins: tuple[str, ...] = ()  # whose pages may ask the codec from a browser
    ui_key: str = field(default="", repr=False)  # of a Temporal UI that has no login

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the variables of `docs/operations.md`, section "Who may come in", and the ports.

        Raises:
            SettingsError: One of them makes no sense.
        """
        tenant = env.get("BACKHAUL_TENANT") or "acme"
        if not tenant.isprintable() or ":" in tenant:
            raise SettingsError("BACKHAUL_TENANT", "a merchant's id, such as acme")
        return cls(
            host=env.get("BACKHAUL_API_HOST") or "127.0.0.1",
            port=port(env, "BACKHAUL_API_PORT", default=8080),
            tenant=tenant,
            webhook_tenants={
                variable.removeprefix(WEBHOOK_TENANT).lower(): value
                for variable, value in env.items()
                if variable.startswith(WEBHOOK_TENANT) and value
            },
            link_secrets=link_secrets(env),
            staff=_provider(env),
            most_of_merchant=_most(env, "BACKHAUL_MOST_OF_MERCHANT", 200),
            most_of_return=_most(env, "BACKHAUL_MOST_OF_RETURN", 20),
            ui_origins=tuple(filter(None, env.get("BACKHAUL_UI_ORIGINS", "").split(","))),
            ui_key=_ui_key(env),
        )

    def accounts_of(self, tenant: str) -> tuple[str, ...]:
        """Name the accounts whose news is of this merchant alone, each as `provider/account`."""
        ours = [f"{way}/{tenant}" for way in sorted({*NAMES_ITS_MERCHANT, BY_SIGNAL})]
        bound = [key for key, known in self.webhook_tenants.items() if known == tenant]
        return (*ours, *map(_named_account, bound))


def _named_account(key: str) -> str:
    """What `account_key` made of it; no provider has an underscore in its name."""
    provider, _, account = key.partition("_")
    return f"{provider}/{account or MAIN_ACCOUNT}"


def _provider(env: Mapping[str, str]) -> Provider | None:
    """Read who signs the tokens of staff: all of three variables, or none."""
    names = ("BACKHAUL_OIDC_ISSUER", "BACKHAUL_OIDC_AUDIENCE", "BACKHAUL_OIDC_KEYS_URL")
    issuer, audience, keys_url = (env.get(name, "") for name in names)
    if not (issuer or audience or keys_url):
        return None
    for name in names:
        if not env.get(name):
            raise SettingsError(name, "a value, as the other two of the identity provider have")
    return Provider(
        issuer=issuer,
        audience=audience,
        keys_url=keys_url,
        tenant_claim=env.get("BACKHAUL_OIDC_TENANT_CLAIM") or "tenant",
        roles_claim=env.get("BACKHAUL_OIDC_ROLES_CLAIM") or "roles",
    )


def _ui_key(env: Mapping[str, str]) -> str:
    shown = env.get("BACKHAUL_UI_KEY", "")
    if shown and not (shown.startswith(PREFIX) and len(shown) >= SHORTEST_SECRET):
        raise SettingsError("BACKHAUL_UI_KEY", f"a key that begins with {PREFIX}")
    return shown


def _most(env: Mapping[str, str], variable: str, default: int) -> int:
    text = env.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise SettingsError(variable, "a whole number of questions a second, 1 or more")
    return int(text)


def account_key(provider: str, account: str) -> str:
    """Name an account as settings do: `stripe` is its main one, `stripe_eu` another.

    The account is part of what makes an event unique, so it must be one that has settings
    of its own: a captured webhook sent again under another name would count twice.
    """
    return provider if account == MAIN_ACCOUNT else f"{provider}_{account}"
