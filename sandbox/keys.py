"""Answers kept under an idempotency key, for partners that have one."""

import json
from dataclasses import dataclass
from datetime import timedelta

from sandbox.wire import Json, Reply, digest, iso, since
from sandbox.world import World


@dataclass(frozen=True)
class Kept:
    """The first answer to a key."""

    status: int
    body: Json
    fingerprint: str

    def answers(self, asked: Json) -> bool:
        """Say whether it was the same question."""
        return self.fingerprint == fingerprint(asked)


class Answers:
    """One partner's kept answers; without a `lifetime` they are kept for ever."""

    def __init__(self, world: World, face: str, lifetime: timedelta | None = None) -> None:
        self._world = world
        self._kind = f"answer to {face}"
        self._lifetime = lifetime

    def get(self, key: str) -> Kept | None:
        """Find what was answered, unless it is too old."""
        found = self._world.books.get(self._kind, key) if key else None
        if found is None:
            return None
        age = self._world.clock.now() - since(found["at"])
        if self._lifetime is not None and age > self._lifetime:
            return None
        return Kept(found["status"], found["body"], found["fingerprint"])

    def keep(self, key: str, asked: Json, reply: Reply) -> None:
        """Keep an answer, in place of an older one; without a key there is nothing to keep."""
        if not key:
            return
        body = {
            "at": iso(self._world.clock.now()),
            "fingerprint": fingerprint(asked),
            "status": reply.status,
            "body": reply.body,
        }
        self._world.books.put(self._kind, key, body)


def fingerprint(asked: Json) -> str:
    """Give the same text for the same question, whatever the order of its fields."""
    return digest(json.dumps(asked, sort_keys=True))
