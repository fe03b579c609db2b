"""The key under which a return is opened stands for one body, for ever.

What is asked of a return that is open is compared by the return itself. An opening is not:
whoever opens it again means that return, however it is said.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from adapters.postgres.pool import Pool, borrowed
from api.problems import Problem

_TAKE = """
INSERT INTO backhaul.opening_key (tenant, key, body_sha256) VALUES (%b, %b, %b)
ON CONFLICT (tenant, key) DO NOTHING"""
_TAKEN = "SELECT body_sha256 FROM backhaul.opening_key WHERE tenant = %b AND key = %b"


async def take_key(pool: Pool, tenant: str, key: str, body: Mapping[str, Any]) -> None:
    """Use the key for this body.

    Raises:
        Problem: 409: it was used for another.
    """
    said = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(said).digest()
    async with borrowed(pool) as connection:
        if (await connection.execute(_TAKE, (tenant, key, digest))).rowcount:
            return
        cursor = await connection.execute(_TAKEN, (tenant, key), binary=True)
        taken = await cursor.fetchone()
    if taken is None or taken[0] != digest:
        detail = "Idempotency-Key: it was used before, for another body"
        raise Problem(409, "id_reused", detail, path="header.idempotency-key")
