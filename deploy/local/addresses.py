"""Where a running stack listens, told to other processes as environment variables.

`addresses.json` in the state folder lives while the stack does; `secrets.json` is made
once and kept, since what was sealed with a key is lost with it. Only the owner may read
them.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

DEFAULT_STATE = Path(".state")


def state_folder(env: Mapping[str, str]) -> Path:
    """Say where the local stack keeps its state: `BACKHAUL_STATE`, else `.state` here."""
    return Path(env.get("BACKHAUL_STATE") or DEFAULT_STATE).expanduser().resolve()


def with_running_stack(env: Mapping[str, str]) -> dict[str, str]:
    """Add to `env` where the stack on its state folder listens; what `env` says itself wins.

    Without a running stack it comes back as it was.
    """
    state = state_folder(env)
    addresses = read_variables(state / "addresses.json")
    if not addresses:
        return dict(env)
    return {**read_variables(state / "secrets.json"), **addresses, **env}


def ensure_secrets(state: Path) -> dict[str, str]:
    """Give the keys of the local stack, each made at random when it is first needed."""
    path = state / "secrets.json"
    kept = read_variables(path)
    made = _made() | kept
    if made != kept:
        write_variables(path, made)
    return made


def _made() -> dict[str, str]:
    return {
        "BACKHAUL_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
        "BACKHAUL_UI_KEY": f"bh_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}",
        "BACKHAUL_LINK_SECRET": secrets.token_urlsafe(32),
        "BACKHAUL_WEBHOOK_SECRET_EASYPOST": secrets.token_urlsafe(24),
        "BACKHAUL_WEBHOOK_SECRET_ADYEN": secrets.token_hex(32),
        "BACKHAUL_WEBHOOK_SECRET_PAYPAL": f"WH-{secrets.token_hex(8).upper()}",
        "BACKHAUL_WEBHOOK_SECRET_STRIPE": f"whsec_{secrets.token_urlsafe(24)}",
        "BACKHAUL_WEBHOOK_SECRET_WAREHOUSE": "whsec_"
        + base64.b64encode(secrets.token_bytes(24)).decode("ascii"),
    }


def read_variables(path: Path) -> dict[str, str]:
    """Read a file that `write_variables` wrote; nothing when there is none."""
    try:
        kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def write_variables(path: Path, variables: Mapping[str, str]) -> None:
    """Replace the file at `path`, as `write_private` does."""
    write_private(path, json.dumps(dict(variables), indent=2, sort_keys=True))


def write_private(path: Path, text: str) -> None:
    """Replace the file at `path`, whole or not at all, readable by its owner alone."""
    beside = path.with_name(f"{path.name}.unfinished")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
