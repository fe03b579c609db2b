"""What the surroundings say of keys and payloads."""

import base64
import binascii
from collections.abc import Mapping
from typing import Literal

from adapters.misset import SettingsError
from adapters.sealing.cipher import KEY_BYTES

MASTER_KEY = "BACKHAUL_MASTER_KEY"

PAYLOADS = "BACKHAUL_PAYLOADS"

Payloads = Literal["sealed", "readable"]


def master_keys(env: Mapping[str, str]) -> tuple[bytes, ...]:
    """Read `BACKHAUL_MASTER_KEY=new,old`: the first one wraps, all of them open.

    Raises:
        SettingsError: There is none, or one is not of 32 bytes.
    """
    keys = tuple(map(_decoded, env.get(MASTER_KEY, "").split(",")))
    if any(len(key) != KEY_BYTES for key in keys):
        raise SettingsError(
            MASTER_KEY,
            f"{KEY_BYTES} random bytes in base64, such as `openssl rand -base64 32` makes;"
            " behind a comma, older ones",
        )
    return keys


def payloads(env: Mapping[str, str]) -> Payloads:
    """Read how payloads are written: `readable` while not every reader can open them yet.

    Raises:
        SettingsError: It is neither.
    """
    match env.get(PAYLOADS) or "sealed":
        case "sealed":
            return "sealed"
        case "readable":
            return "readable"
        case _:
            raise SettingsError(PAYLOADS, "sealed or readable")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        return b""
