"""How the gateway answers in Stripe's dialect: once per key, in pages, and with a reason."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sandbox import gateway_objects as objects
from sandbox.keys import Answers
from sandbox.wire import Call, Json, Reply, whole
from sandbox.world import World

KEY_LIFETIME = timedelta(hours=24)
PAGE_LIMIT = 100
REPLAYED = {"Idempotent-Replayed": "true"}


class Keys:
    """The account's idempotency keys: one for all that can be asked, and kept for a day."""

    def __init__(self, world: World) -> None:
        self._answers = Answers(world, "gateway", KEY_LIFETIME)

    def once(self, call: Call, work: Callable[[], Reply]) -> Reply:
        """Do it; under a key that was used the first answer comes again, even a 500."""
        kept = self._answers.get(key_of(call))
        if kept is None:
            reply = work()
            self._answers.keep(key_of(call), _asked(call), reply)
            return reply
        if not kept.answers(_asked(call)):
            message = "Keys for idempotent requests can only be used with the same parameters."
            return no(400, "idempotency_error", message)
        return Reply(kept.status, kept.body, REPLAYED)

    def keep(self, call: Call, broken: Reply) -> None:
        """Keep a 500 as the answer, as they do once a request has begun to be worked on."""
        self._answers.keep(key_of(call), _asked(call), broken)


def key_of(call: Call) -> str:
    """Give the idempotency key, or nothing."""
    return call.headers.get("idempotency-key", "")


def listing(call: Call, what: str, found: list[Json], shown: Callable[[Json], Json]) -> Reply:
    """Answer with one page of what was found, newest first."""
    first, end = (_second(call, bound) for bound in ("created[gte]", "created[lt]"))
    found = [
        one
        for one in found
        if (first is None or one["created"] >= first) and (end is None or one["created"] < end)
    ]
    after = call.query.get("starting_after")
    if after is not None:
        places = [place for place, one in enumerate(found) if one["id"] == after]
        if not places:
            return missing(what.removesuffix("s"))
        found = found[places[0] + 1 :]
    limit = whole(call.query, "limit") if "limit" in call.query else 10
    page = found[: min(limit, PAGE_LIMIT)]
    body = {
        "object": "list",
        "url": f"/v1/{what}",
        "has_more": len(found) > len(page),
        "data": [shown(one) for one in page],
    }
    return Reply(200, body)


def expand_of(said: Json | Mapping[str, str]) -> set[str]:
    """Read which objects are to stand in the place of their ids; forms number them."""
    nested: object = said.get("expand")
    named = list(nested.values()) if isinstance(nested, dict) else []
    named += nested if isinstance(nested, list) else []
    flat = (value for name, value in said.items() if name.startswith("expand["))
    return {str(path) for path in (*named, *flat)}


def missing(what: str) -> Reply:
    """Say that there is no such thing."""
    return no(404, "resource_missing", f"No such {what}.", what)


def no(status: int, code: str, message: str, field: str = "") -> Reply:
    """Refuse, with a code."""
    return Reply(status, objects.complaint(status, code, message, field))


def _asked(call: Call) -> Json:
    return {"target": call.target, **call.body}


def _second(call: Call, bound: str) -> int | None:
    return whole(call.query, bound, least=0) if bound in call.query else None
