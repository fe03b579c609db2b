"""Event ids that sort by the time they were made, so that an index of them grows at one end."""

import os
import time
from uuid import UUID

_VERSION = 0x7
_VARIANT = 0b10


def new_event_id() -> UUID:
    """Make a version 7 UUID: 48 bits of milliseconds, the rest random. Source: RFC 9562, 5.7."""
    milliseconds = time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF
    noise = int.from_bytes(os.urandom(10))
    high, low = noise >> 68, noise & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | _VERSION << 76 | high << 64 | _VARIANT << 62 | low)
