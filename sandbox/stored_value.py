"""Gift cards and store credit: value issued once per key, and never more than was taken."""

from datetime import datetime
from typing import Any

from sandbox.face import Face, Operation
from sandbox.keys import Answers
from sandbox.payments import Payments
from sandbox.settings import BEARER
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, moment, text, whole
from sandbox.world import World

GIFT_CARD = "gc_"
PAGE_SIZE = 100


def stored_value_face(world: World, payments: Payments) -> Face:
    """Put the counter together."""
    counter = StoredValue(world, payments)
    return Face(
        name="storedvalue",
        prefix="/storedvalue/v1",
        knows=lambda headers: headers.get("authorization") == f"Bearer {BEARER}",
        complaint=complaint,
        operations=(
            Operation("credit", "POST", "/credits", counter.create, _key, about=_about),
            Operation("get", "GET", "/credits", counter.find, _query_key),
        ),
    )


class StoredValue:
    """Credits to accounts: existing gift cards (`gc_…`), or store credit made on first use."""

    def __init__(self, world: World, payments: Payments) -> None:
        self._world = world
        self._books = world.books
        self._payments = payments
        self._answers = Answers(world, "stored value")

    def create(self, call: Call) -> Reply:
        """Issue value; under a key that was used the first answer comes again."""
        key = text(call.headers, "idempotency-key")
        kept = self._answers.get(key)
        if kept is not None:
            if not kept.answers(call.body):
                return _no(422, "key_reused", "The key was used for another credit.")
            return Reply(kept.status, kept.body)
        reply = self._issue(call.body, key)
        if reply.status == 201:  # a no may become a yes
            self._answers.keep(key, call.body, reply)
        return reply

    def find(self, call: Call) -> Reply:
        """Give the credit of a key, or none; without a key those of a span of time."""
        if "idempotency_key" in call.query:
            found = self._books.by_reference("credit", _query_key(call))
            return Reply(200, {"data": found, "next": None})
        since, until = moment(call.query, "created_since"), moment(call.query, "created_until")
        credits_ = self._books.every("credit")
        after = int(call.query.get("after") or 0)
        rest = [
            (place, credit)
            for place, credit in enumerate(credits_, start=1)
            if place > after and since <= datetime.fromisoformat(credit["created_at"]) < until
        ]
        page = rest[:PAGE_SIZE]
        following = str(page[-1][0]) if len(rest) > len(page) else None
        return Reply(200, {"data": [credit for _, credit in page], "next": following})

    def _issue(self, said: Json, key: str) -> Reply:
        account, currency = text(said, "account"), text(said, "currency")
        amount_minor = whole(said, "amount_minor")
        refusal = self._refusal(account, currency, amount_minor)
        if refusal is not None:
            return refusal
        now = self._world.clock.now()
        ends = moment(said, "expires_at") if said.get("expires_at") else None
        if ends is not None and ends <= now:
            raise Unfit("expires_at", "a time to come")
        credit = {
            "id": "cr_" + digest("credit", key)[:24],
            "account": account,
            "amount_minor": amount_minor,
            "currency": currency,
            "code": claim_code(key),
            "reference": text(said, "reference", default=""),
            "idempotency_key": key,
            "status": "issued",
            "created_at": iso(now),
            "expires_at": iso(ends) if ends is not None else None,
        }
        self._books.put("credit", str(credit["id"]), credit, reference=key, family=account)
        self._book(credit, key)
        return Reply(201, credit)

    def _refusal(self, account: str, currency: str, amount_minor: int) -> Reply | None:
        if not account.startswith(GIFT_CARD):
            return None
        card = self._payments.get(account)
        if card is None:
            return _no(404, "unknown_account", "There is no such gift card.")
        if card["currency"] != currency:
            return _no(422, "currency_mismatch", f"The card is in {card['currency']}.")
        earlier = self._books.by_family("credit", account)
        issued = sum(credit["amount_minor"] for credit in earlier)
        if issued + amount_minor > card["amount_minor"]:
            return _no(422, "exceeds_captured", "More than was taken from this card.")
        return None

    def _book(self, credit: dict[str, Any], key: str) -> None:
        self._books.book(
            "payments",
            self._world.clock.now(),
            kind="coupon" if _is_coupon(credit["account"]) else "credit",
            payment_ref=credit["account"],
            refund_id=credit["id"],
            idempotency_key=key,
            amount_minor=credit["amount_minor"],
            currency=credit["currency"],
            status="succeeded",
            metadata={"reference": credit["reference"]},
        )


def _is_coupon(account: str) -> bool:
    """Say whether it is a promise of a discount: an account like the others, but no money."""
    return account.startswith("coupon:")


def claim_code(key: str) -> str:
    """Make the code that somebody without an account claims the value with."""
    letters = digest("claim", key).upper()
    return "-".join(letters[place : place + 4] for place in (0, 4, 8))


def complaint(_status: int, code: str, message: str, field: str) -> Json:
    """Word a no: `{code, message, field}`."""
    return {"code": code, "message": message, "field": field}


def _key(call: Call) -> str:
    return text(call.headers, "idempotency-key")


def _about(call: Call) -> tuple[str, ...]:
    return (str(call.body.get("account") or ""), str(call.body.get("reference") or ""))


def _query_key(call: Call) -> str:
    return call.query.get("idempotency_key") or call.query.get("created_since", "")


def _no(status: int, code: str, message: str) -> Reply:
    return Reply(status, complaint(status, code, message, ""))
