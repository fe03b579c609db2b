"""Holds, as Stripe's PaymentIntents with manual capture, on what was paid with before."""

import re
from datetime import datetime

from sandbox import gateway_objects as objects
from sandbox.collecting_objects import intent as shown
from sandbox.collecting_objects import paid_intent
from sandbox.driving import Work
from sandbox.face import Operation
from sandbox.payments import Payments
from sandbox.scripts import Script
from sandbox.stripe_wire import Keys, key_of, listing, missing, no
from sandbox.wire import Call, Json, Reply, Unfit, digest, mapping, number, text, whole
from sandbox.world import World

HELD_DAYS = 7.0
SEARCHED = re.compile(r"metadata\['(?P<name>\w+)'\]:'(?P<value>(?:[^'\\]|\\.)*)'")


class Intents:
    """Payments that only hold, in the gateway's books; each move is booked and told."""

    def __init__(self, world: World, payments: Payments, keys: Keys) -> None:
        self._world = world
        self._books = world.books
        self._payments = payments
        self._keys = keys
        world.hear("hold_expires", self._expires)

    def operations(self) -> tuple[Operation, ...]:
        """Give what the gateway can be asked about payments that hold, and others."""
        where, one = "/payment_intents", "/payment_intents/{ref}"
        known_as = self._known_as
        return (
            Operation("hold", "POST", where, self.create, _key, self._keys.keep, _about),
            Operation("search", "GET", f"{where}/search", self.search, _query),
            Operation("hold_list", "GET", where, self.listing, _customer),
            Operation("hold_get", "GET", one, self.show, _ref, about=known_as),
            Operation("hold_take", "POST", f"{one}/capture", self.take, _ref, about=known_as),
            Operation("hold_release", "POST", f"{one}/cancel", self.release, _ref, about=known_as),
        )

    def works(self) -> list[Work]:
        """Give what a hand can do to holds."""
        return [("POST", "/payments/holds/{ref:path}/expired", self.expire_by_hand)]

    def create(self, call: Call) -> Reply:
        """Hold; under a key that was used the first answer comes again."""
        return self._keys.once(call, lambda: self._create(call.body, key_of(call)))

    def listing(self, call: Call) -> Reply:
        """List what a customer paid and had held, newest first."""
        customer = _customer(call)
        paid = [one for one in self._payments.every() if one.get("customer") == customer]
        held = self._books.by_family("intent", customer)
        theirs = {one["id"]: shown(one) for one in held}
        payments = [paid_intent(one) for one in paid if one["payment_ref"] not in theirs]
        found = sorted([*theirs.values(), *payments], key=lambda one: -one["created"])
        return listing(call, "payment_intents", found, lambda one: one)

    def search(self, call: Call) -> Reply:
        """Find payments by one field of their metadata."""
        asked = SEARCHED.fullmatch(_query(call))
        if asked is None:
            raise Unfit("query", "metadata['name']:'value'")
        value = re.sub(r"\\(.)", r"\1", asked["value"])
        found = [
            paid_intent(one)
            for one in self._payments.every()
            if one.get("metadata", {}).get(asked["name"]) == value
        ]
        body = {
            "object": "search_result",
            "url": "/v1/payment_intents/search",
            "has_more": False,
            "data": found[:100],
        }
        return Reply(200, body)

    def show(self, call: Call) -> Reply:
        ref = call.path["ref"]
        held = self._books.get("intent", ref)
        if held is not None:
            return Reply(200, shown(held))
        payment = self._payments.get(ref)
        return missing("payment_intent") if payment is None else Reply(200, paid_intent(payment))

    def take(self, call: Call) -> Reply:
        """Take what is held, or less; the rest goes back to the customer."""
        held = self._books.get("intent", call.path["ref"])
        if held is None:
            return missing("payment_intent")
        if held["status"] != "requires_capture":
            return _unexpected(held, "captured")
        said = call.body
        amount = whole(said, "amount_to_capture") if "amount_to_capture" in said else held["amount"]
        if amount > held["amount"]:
            message = "The requested capture amount is greater than the amount you can capture."
            return no(400, "amount_too_large", message, "amount_to_capture")
        now = self._world.clock.now()
        held |= {"status": "succeeded", "amount_received": amount}
        self._move(held, now, "hold_taken", "payment_intent.succeeded")
        amount_minor = objects.to_iso(amount, held["currency"])
        self._payments.capture(
            held["id"], amount_minor, held["currency"], metadata=held["metadata"]
        )
        return Reply(200, shown(held))

    def release(self, call: Call) -> Reply:
        """Let a hold go."""
        held = self._books.get("intent", call.path["ref"])
        if held is None:
            return missing("payment_intent")
        if held["status"] in {"succeeded", "canceled"}:
            return _unexpected(held, "canceled")
        reason = text(call.body, "cancellation_reason", default="") or None
        self._cancel(held, self._world.clock.now(), reason)
        return Reply(200, shown(held))

    def expire_by_hand(self, call: Call) -> Reply:
        """Let the bank's patience be over now."""
        ref = call.path["ref"]
        found = self._books.get("intent", ref) or next(
            iter(self._books.by_reference("intent", ref)), None
        )
        if found is None or found["status"] != "requires_capture":
            raise Unfit("ref", "the id or the key of a hold that stands")
        self._cancel(found, self._world.clock.now(), "automatic")
        return Reply(200, {"id": found["id"], "status": found["status"]})

    def _create(self, said: Json, key: str) -> Reply:
        if text(said, "capture_method", default="") != "manual":
            raise Unfit("capture_method", "manual: nothing else is served here")
        customer = text(said, "customer")
        paid = [one for one in self._payments.every() if one.get("customer") == customer]
        if not paid:
            return missing("customer")
        now = self._world.clock.now()
        metadata = mapping(said, "metadata", optional=True)
        earlier = self._books.by_reference("intent", key) if key else []
        held: Json = {
            "id": "pi_" + digest("hold", customer, key, len(earlier))[:24],
            "amount": whole(said, "amount"),
            "amount_received": 0,
            "currency": text(said, "currency").upper(),
            "customer": customer,
            "payment_method": text(said, "payment_method"),
            "metadata": metadata,
            "created": int(now.timestamp()),
            "status": "requires_capture",
            "cancellation_reason": None,
            "canceled_at": None,
            "last_payment_error": None,
            "key": key,
        }
        names = (paid[-1]["payment_ref"], str(metadata.get("return_id", "")), key)
        script = self._world.scripts.find("hold", *names) or Script("hold", "held", {})
        self._world.scripts.use_up("hold", *names)
        if script.name != "held":
            return self._refuse(held, script, now)
        self._books.put("intent", held["id"], held, reference=key, family=customer)
        self._move(held, now, "hold", "payment_intent.amount_capturable_updated")
        days = number(script.params, "days", HELD_DAYS)
        body = {"id": held["id"]}
        self._world.later(now, days, "hold_expires", f"hold:{held['id']}", body)
        return Reply(200, shown(held))

    def _refuse(self, held: Json, script: Script, now: datetime) -> Reply:
        """Keep a payment that does not hold, and say why, as the bank did."""
        code = "card_declined" if script.name == "declined" else "authentication_required"
        decline = text(script.params, "decline_code", default="generic_decline")
        error: Json = {"type": "card_error", "code": code, "message": "Your card was declined."}
        error["decline_code"] = decline if script.name == "declined" else code
        held |= {"status": "requires_payment_method", "last_payment_error": error}
        self._books.put("intent", held["id"], held, reference=held["key"], family=held["customer"])
        self._move(held, now, "hold_refused", "payment_intent.payment_failed")
        return Reply(402, {"error": {**error, "payment_intent": shown(held)}})

    def _expires(self, at: datetime, body: Json) -> None:
        held = self._books.get("intent", body["id"])
        if held is not None and held["status"] == "requires_capture":
            self._cancel(held, at, "automatic")

    def _cancel(self, held: Json, at: datetime, reason: str | None) -> None:
        held |= {"status": "canceled", "cancellation_reason": reason}
        held["canceled_at"] = int(at.timestamp())
        self._move(held, at, "hold_released", "payment_intent.canceled")

    def _move(self, held: Json, at: datetime, kind: str, event: str) -> None:
        """Write down how it stands, book it and tell it."""
        self._books.change("intent", held["id"], held)
        if kind != "hold":
            self._world.schedule.call_off(f"hold:{held['id']}")
        amount = held["amount_received"] if kind == "hold_taken" else held["amount"]
        self._books.book(
            "payments",
            at,
            kind=kind,
            hold_id=held["id"],
            payment_ref=held["id"],
            refund_id=None,
            idempotency_key=held["key"],
            amount_minor=objects.to_iso(amount, held["currency"]),
            currency=held["currency"],
            status=held["status"],
            reason=held["cancellation_reason"],
            metadata=held["metadata"],
        )
        event_id = "evt_" + digest(event, held["id"])[:24]
        told = objects.event(
            event, shown(held), event_id=event_id, created=int(at.timestamp()), key=held["key"]
        )
        about = (held["key"], str(held["metadata"].get("return_id", "")))
        self._world.outbox.book("stripe", event, event_id, told, at=at, about=about)

    def _known_as(self, call: Call) -> tuple[str, ...]:
        held = self._books.get("intent", call.path["ref"])
        if held is None:
            return ()
        return (held["key"], str(held["metadata"].get("return_id", "")))


def _unexpected(held: Json, what: str) -> Reply:
    message = f"This PaymentIntent could not be {what}: it has a status of {held['status']}."
    return no(400, "payment_intent_unexpected_state", message)


def _ref(call: Call) -> str:
    return call.path["ref"]


def _query(call: Call) -> str:
    return text(call.query, "query")


def _customer(call: Call) -> str:
    return text(call.query, "customer")


def _key(call: Call) -> str:
    return key_of(call) or text(call.body, "customer")


def _about(call: Call) -> tuple[str, ...]:
    metadata = mapping(call.body, "metadata", optional=True)
    return (str(metadata.get("for_payment", "")), str(metadata.get("return_id", "")))
