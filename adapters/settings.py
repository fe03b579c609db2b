"""What the surroundings say, read once, at the start of a process.

Everything that differs between a laptop and a cluster is an environment variable
named here. A value that makes no sense ends the process before it does anything.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, InstanceOf
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig

from adapters.access import LOCAL_STACK_HINT as LOCAL_STACK_HINT  # noqa: PLC0414 part of it
from adapters.access import Access, optional_http_url, url_of
from adapters.carriers.accounts import (
    CARRIER_ACCOUNTS,
    accesses_of,
    carrier_accounts,
    carrier_limits,
)
from adapters.links import link_secrets
from adapters.misset import SettingsError as SettingsError  # noqa: PLC0414 raised from here
from adapters.sealing.settings import Payloads, master_keys, payloads
from domain.money import EXPONENTS

HIGHEST_PORT = 65_535

WEBHOOK_SECRET = "BACKHAUL_WEBHOOK_SECRET_"  # noqa: S105 the name of a variable, less the provider

PARTNERS: Mapping[str, tuple[str, str]] = {
    "easypost": ("/easypost/v2", "EZTK_sandbox"),
    "stripe": ("/stripe/v1", "sk_test_sandbox"),
    "stored_value": ("/storedvalue/v1", "sandbox"),
    "warehouse": ("/warehouse/v1", "sandbox"),
}
"""Each partner that has an adapter, with its face and its key in the sandbox."""


OPTIONAL: Mapping[str, tuple[str, str]] = {
    "dhl_returns": (
        "/dhl/parcel/de/shipping/returns/v1",
        "sandbox-user:sandbox-password:sandbox-key",
    ),
    "dhl_tracking": ("/dhl/track", "sandbox-key"),
    "adyen": ("/adyen/v71", "AQE-sandbox"),
    "adyen_reports": ("/adyen/reports/download", "report:sandbox"),
    "paypal": ("/paypal", "sandbox-client:sandbox-secret"),
    "shipbob": ("/shipbob/2026-07", "sandbox"),
    "twilio": ("/twilio", f"AC{'5a' * 16}:sandbox-token"),
}
"""Partners that some merchants have: without an address they are not there."""

SANDBOX_ACCOUNT = "BackhaulSandbox"
SANDBOX_SENDER = "+15005550006"  # the one number that Twilio's test credentials send from


class Settings(BaseModel):
    """Where everything is that is not in this process, and the keys to it.

    Secrets stay out of the representation, and so out of logs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(repr=False)
    temporal: InstanceOf[ClientConfigProfile] = Field(repr=False)
    release: str = ""  # which build of ours a worker is; empty: releases are not told apart
    sets_up: bool = True  # whether a start brings schema and search attributes up to date
    task_queue: str = "returns"
    works_on: frozenset[str] = frozenset()  # kinds of queue a worker serves; none: all of them
    sandbox_url: str | None = None  # where the simulated partners listen, without a last slash
    partners: Mapping[str, Access] = Field(repr=False)  # by the name that the policy uses
    adyen_account: str = ""  # their name for the merchant
    api_url: str = "http://127.0.0.1:8080"  # as customers and partners see it
    paid_url: str = "http://127.0.0.1:8080"  # where a customer is sent who has paid a bill
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 2525
    twilio_sender: str = SANDBOX_SENDER  # a number, or the SID of a messaging service
    link_secrets: tuple[str, ...] = Field(default=(), repr=False)  # the newest first
    webhook_secrets: Mapping[str, tuple[str, ...]] = Field(repr=False)  # by provider; newest first
    master_keys: tuple[bytes, ...] = Field(repr=False)  # wrap the keys of persons and files
    payloads: Payloads = "sealed"  # how they are written; both ways are read
    shipbob_channel: str = ""  # whose returns are ours at ShipBob; empty: there are none
    shipbob_inventory: Path | None = None  # JSON: our article → their number of it
    policy: Path | None = None  # a policy document; without it, the one that is shipped
    claims_contact: str = "claims@backhaul.example"  # to whom a carrier writes about a claim
    claims_currency: str = "USD"  # of the account that claims are paid to
    carrier_accounts: Mapping[str, str] = CARRIER_ACCOUNTS  # more contracts with the same partners
    carrier_limits: Mapping[str, float] = {}  # calls a second, by account
    log: Literal["json", "console"] = "console"

    def partner(self, name: str) -> Access:
        """Where a partner is.

        Raises:
            SettingsError: Nobody said.
        """
        if name not in self.partners:
            raise SettingsError(f"BACKHAUL_{name.upper()}_URL", f"where {name} is, and its key")
        return self.partners[name]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the settings from variables such as `os.environ`.

        Raises:
            SettingsError: A variable is missing or makes no sense.
        """
        further = carrier_accounts(env)
        accounts = {**CARRIER_ACCOUNTS, **further}
        return cls(
            database_url=url_of(env, "DATABASE_URL", ("postgresql", "postgres")),
            temporal=temporal_profile(env),
            release=_release(env),
            sets_up=_sets_up(env),
            task_queue=env.get("BACKHAUL_TASK_QUEUE") or "returns",
            works_on=frozenset(filter(None, env.get("BACKHAUL_WORKS_ON", "").split(","))),
            sandbox_url=optional_http_url(env, "BACKHAUL_SANDBOX_URL"),
            partners=_partners(env) | accesses_of(env, further),
            carrier_accounts=accounts,
            carrier_limits=carrier_limits(env, accounts),
            adyen_account=_adyen_account(env),
            api_url=optional_http_url(env, "BACKHAUL_API_URL") or "http://127.0.0.1:8080",
            paid_url=optional_http_url(env, "BACKHAUL_PAID_URL")
            or optional_http_url(env, "BACKHAUL_API_URL")
            or "http://127.0.0.1:8080",
            smtp_host=env.get("BACKHAUL_SMTP_HOST") or "127.0.0.1",
            smtp_port=port(env, "BACKHAUL_SMTP_PORT", default=2525),
            twilio_sender=_twilio_sender(env),
            link_secrets=link_secrets(env),
            webhook_secrets=_webhook_secrets(env),
            master_keys=master_keys(env),
            payloads=payloads(env),
            shipbob_channel=env.get("BACKHAUL_SHIPBOB_CHANNEL") or "",
            shipbob_inventory=_existing_file(env, "BACKHAUL_SHIPBOB_INVENTORY"),
            policy=_existing_file(env, "BACKHAUL_POLICY"),
            claims_contact=env.get("BACKHAUL_CLAIMS_CONTACT") or "claims@backhaul.example",
            claims_currency=_claims_currency(env),
            log=_log_format(env, "BACKHAUL_LOG"),
        )

    @property
    def namespace(self) -> str:
        """The Temporal namespace."""
        return self.temporal.namespace or "default"

    def temporal_connect(self) -> ClientConnectConfig:
        """Give the arguments of `temporalio.client.Client.connect`."""
        return self.temporal.to_client_connect_config()


def temporal_profile(env: Mapping[str, str]) -> ClientConfigProfile:
    """Find the Temporal server, its namespace and its credentials.

    `TEMPORAL_ADDRESS` and its companions count, and the profile files of Temporal's own
    tools when `TEMPORAL_PROFILE` or `TEMPORAL_CONFIG_FILE` asks for one: a file that just
    lies in somebody's home must not send a local demo to a real cluster.

    Raises:
        SettingsError: There is no address, or the profile cannot be read.
    """
    profile = find_temporal_profile(env)
    if not profile.address:
        raise SettingsError(
            "TEMPORAL_ADDRESS", f"host:port of a Temporal server ({LOCAL_STACK_HINT})"
        )
    return profile


def find_temporal_profile(env: Mapping[str, str]) -> ClientConfigProfile:
    """Read the profile as `temporal_profile` does, with or without an address in it."""
    asks_for_a_file = bool(env.get("TEMPORAL_PROFILE") or env.get("TEMPORAL_CONFIG_FILE"))
    try:
        return ClientConfigProfile.load(
            disable_file=not asks_for_a_file, override_env_vars=dict(env)
        )
    except RuntimeError as unreadable:
        raise SettingsError(
            "TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE",
            f"a profile that Temporal's own tools can read ({unreadable})",
        ) from unreadable


def port(env: Mapping[str, str], variable: str, *, default: int) -> int:
    """Read a TCP port.

    Raises:
        SettingsError: It is not a whole number from 1 to 65535.
    """
    text = env.get(variable)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise SettingsError(variable, f"a port, 1 to {HIGHEST_PORT}")
    return int(text)


def _partners(env: Mapping[str, str]) -> dict[str, Access]:
    """Read `BACKHAUL_STRIPE_URL` and `BACKHAUL_STRIPE_KEY` and their like.

    A partner with neither is the sandbox's, if there is one; one with only half is a mistake.
    """
    sandbox = optional_http_url(env, "BACKHAUL_SANDBOX_URL")
    found: dict[str, Access] = {}
    for name, (face, sandbox_key) in {**PARTNERS, **OPTIONAL}.items():
        variable = f"BACKHAUL_{name.upper()}"
        url, key = optional_http_url(env, f"{variable}_URL"), env.get(f"{variable}_KEY")
        if url and key:
            found[name] = Access(base_url=url, api_key=key)
        elif url or key:
            missing = f"{variable}_KEY" if url else f"{variable}_URL"
            raise SettingsError(missing, f"both the address and the key of {name}")
        elif sandbox:
            found[name] = Access(base_url=f"{sandbox}{face}", api_key=sandbox_key)
    return found


def _release(env: Mapping[str, str]) -> str:
    release = env.get("BACKHAUL_RELEASE") or ""
    if not re.fullmatch(r"[\w.-]{0,100}", release, re.ASCII):
        raise SettingsError("BACKHAUL_RELEASE", "letters, digits, dots and dashes, such as 1.4.2")
    return release


def _sets_up(env: Mapping[str, str]) -> bool:
    match env.get("BACKHAUL_SETUP") or "at_start":
        case "at_start":
            return True
        case "by_command":
            return False
        case _:
            raise SettingsError("BACKHAUL_SETUP", "at_start or by_command")


def _adyen_account(env: Mapping[str, str]) -> str:
    """Read the merchant's name at Adyen, without which nothing can be asked there."""
    account = env.get("BACKHAUL_ADYEN_ACCOUNT", "")
    if env.get("BACKHAUL_ADYEN_URL") and not account:
        raise SettingsError("BACKHAUL_ADYEN_ACCOUNT", "the merchant account to refund from")
    return account or SANDBOX_ACCOUNT


def _twilio_sender(env: Mapping[str, str]) -> str:
    """Read from which number texts are sent, without which none can be."""
    sender = env.get("BACKHAUL_TWILIO_SENDER", "")
    if env.get("BACKHAUL_TWILIO_URL") and not sender:
        raise SettingsError("BACKHAUL_TWILIO_SENDER", "a number, or a messaging service (MG…)")
    return sender or SANDBOX_SENDER


def _claims_currency(env: Mapping[str, str]) -> str:
    """The currency that the carrier's account is kept in; the sandbox keeps euros."""
    usual = "EUR" if env.get("BACKHAUL_SANDBOX_URL") else "USD"
    currency = env.get("BACKHAUL_CLAIMS_CURRENCY") or usual
    if currency not in EXPONENTS:
        raise SettingsError("BACKHAUL_CLAIMS_CURRENCY", "a currency such as USD")
    return currency


def _webhook_secrets(env: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Read `BACKHAUL_WEBHOOK_SECRET_STRIPE=new,old` and its like: both count while one retires."""
    return {
        variable.removeprefix(WEBHOOK_SECRET).lower(): tuple(filter(None, text.split(",")))
        for variable, text in env.items()
        if variable.startswith(WEBHOOK_SECRET) and text
    }


def _existing_file(env: Mapping[str, str], variable: str) -> Path | None:
    if not env.get(variable):
        return None
    path = Path(env[variable])
    if not path.is_file():
        raise SettingsError(variable, "the path of a file that exists")
    return path


def _log_format(env: Mapping[str, str], variable: str) -> Literal["json", "console"]:
    match env.get(variable) or "console":
        case "json":
            return "json"
        case "console":
            return "console"
        case _:
            raise SettingsError(variable, "json or console")
