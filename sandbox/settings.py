"""What the surroundings say about where the sandbox listens, keeps its books and reports to."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"

EASYPOST_KEY = "EZTK_sandbox"
STRIPE_KEY = "sk_test_sandbox"
DHL_LOGIN, DHL_KEY = ("sandbox-user", "sandbox-password"), "sandbox-key"
TWILIO_LOGIN = ("AC" + "5a" * 16, "sandbox-token")  # the SID of an account, and its token
BEARER = "sandbox"  # stored value and warehouse

ADYEN_KEY = "AQE-sandbox"
ADYEN_REPORTS = ("report", "sandbox")
ADYEN_ACCOUNT = "BackhaulSandbox"
PAYPAL_ID, PAYPAL_SECRET = "sandbox-client", "sandbox-secret"

PROVIDERS = ("easypost", "stripe", "adyen", "paypal", "warehouse", "shipbob")
DEFAULT_SECRETS: Mapping[str, str] = {
    "easypost": "sandbox-easypost",
    "stripe": "whsec_sandbox_stripe",
    "adyen": b"sandbox-adyen".hex(),
    "paypal": "WH-SANDBOX",  # the webhook's id
    "warehouse": "whsec_" + base64.b64encode(b"sandbox-warehouse-secret").decode(),
    "shipbob": "whsec_" + base64.b64encode(b"sandbox-shipbob-secret").decode(),
}


@dataclass(frozen=True)
class Settings:
    """`webhook_url` is the base under which `/{provider}/{account}` listens, or empty."""

    state: Path
    host: str  # the address to listen on; its own machine alone where nothing is said
    url: str  # how others reach it: where its files are
    port: int
    smtp_port: int
    seed: str
    webhook_url: str
    secrets: Mapping[str, str]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read `BACKHAUL_…`; all have defaults.

        Raises:
            ValueError: A port is no number.
        """
        port = _port(env, "BACKHAUL_SANDBOX_PORT", 8090)
        return cls(
            state=Path(env.get("BACKHAUL_STATE") or ".state"),
            host=env.get("BACKHAUL_SANDBOX_HOST") or LOOPBACK,
            url=(env.get("BACKHAUL_SANDBOX_URL") or f"http://{LOOPBACK}:{port}").rstrip("/"),
            port=port,
            smtp_port=_port(env, "BACKHAUL_SMTP_PORT", 2525),
            seed=env.get("BACKHAUL_SANDBOX_SEED") or "backhaul",
            webhook_url=(env.get("BACKHAUL_WEBHOOK_URL") or "").rstrip("/"),
            secrets={name: _secret(env, name) for name in PROVIDERS},
        )


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal():
        raise ValueError(f"{name}: expected a port number")
    return int(text)


def _secret(env: Mapping[str, str], provider: str) -> str:
    """Take the newest of the live secrets, which the receiver lists first."""
    said = env.get(f"BACKHAUL_WEBHOOK_SECRET_{provider.upper()}", "")
    newest = said.partition(",")[0]
    return newest or DEFAULT_SECRETS[provider]
