"""Another gateway, in Adyen's dialect: it accepts a refund at once and tells later what it became.

Nothing can be looked up. A key is kept for seven days; the same key again is the same answer.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox import gateway_objects as objects
from sandbox.face import Face, Operation
from sandbox.keys import Answers
from sandbox.payments import Payments
from sandbox.scripts import Script
from sandbox.settings import ADYEN_ACCOUNT, ADYEN_KEY
from sandbox.wire import Call, Json, Reply, digest, iso, mapping, number, text, whole
from sandbox.world import World

KEY_LIFETIME = timedelta(days=7)
ALIVE = frozenset({"received", "succeeded"})

# Where they count in another unit than ISO 4217.
TIMES_A_HUNDRED = frozenset({"CLP", "ISK"})
BY_A_HUNDRED = frozenset({"CVE", "IDR"})

DISPUTES = {
    "needs_response": "CHARGEBACK",
    "won": "CHARGEBACK_REVERSED",
    "lost": "DISPUTE_DEFENSE_PERIOD_ENDED",
}

NOT_ENOUGH = "Insufficient balance on payment"
DISPUTED = "Transaction charged back, refund not possible"

# Days until it comes true and why it does not, and days until it bounces, by script.
OUTCOMES: Mapping[str, tuple[float, str, float | None]] = {
    "instant": (0, "", None),
    "pending": (2, "", None),
    "pending_fails": (2, "Account closed", None),
    "fails_later": (0, "", 9),
    "low_balance": (3, "", None),
    "disputed": (0, DISPUTED, None),
    "requires_action": (30, "", None),
}


def adyen_face(world: World, payments: Payments) -> Face:
    """Put the counter together."""
    counter = Adyen(world, payments)
    return Face(
        name="adyen",
        prefix="/adyen/v71",
        knows=lambda headers: headers.get("x-api-key") == ADYEN_KEY,
        complaint=complaint,
        operations=(
            Operation(
                "refund", "POST", "/payments/{ref}/refunds", counter.create, _key, about=_about
            ),
        ),
    )


class Adyen:
    """Refunds of payments; each is booked when it is received and when it is known."""

    def __init__(self, world: World, payments: Payments) -> None:
        self._world = world
        self._books = world.books
        self._payments = payments
        self._answers = Answers(world, "adyen", KEY_LIFETIME)
        world.hear("adyen_refund", self._comes_true)
        world.hear("adyen_bounce", self._bounces)
        world.hear("adyen_dispute", self._disputed)

    def create(self, call: Call) -> Reply:
        """Receive a refund; under a key that was used the first answer comes again."""
        key = call.headers.get("idempotency-key", "")
        kept = self._answers.get(key)
        if kept is not None:
            return Reply(kept.status, kept.body)
        reply = self._receive(call.path["ref"], call.body, key)
        if reply.status == 201:
            self._answers.keep(key, call.body, reply)
        return reply

    def _receive(self, payment_ref: str, said: Json, key: str) -> Reply:
        if text(said, "merchantAccount") != ADYEN_ACCOUNT:
            return Reply(403, complaint(403, "901", "Invalid Merchant Account", ""))
        payment = self._payments.get(payment_ref)
        if payment is None:
            message = "Original pspReference required for this operation"
            return Reply(422, complaint(422, "167", message, ""))
        names = (payment_ref, text(said, "reference", default=""))
        script = self._world.scripts.find("refund", *names) or Script("refund", "instant", {})
        self._world.scripts.use_up("refund", *names)
        if script.name == "refused":
            message = "This refund is refused."
            return Reply(422, complaint(422, text(script.params, "code"), message, ""))
        amount = mapping(said, "amount")
        now = self._world.clock.now()
        earlier = self._books.by_reference("adyen_refund", key) if key else []
        refund: Json = {
            "id": digest("adyen", payment_ref, key, len(earlier))[:16].upper(),
            "payment_ref": payment_ref,
            "value": whole(amount, "value"),
            "currency": text(amount, "currency"),
            "reference": text(said, "reference", default=""),
            "status": "received",
            "why": "",
            "key": key,
        }
        self._books.put("adyen_refund", refund["id"], refund, reference=key, family=payment_ref)
        self._book(refund, now, "refund")
        self._plan(refund, script, now)
        return Reply(201, received(refund))

    def _plan(self, refund: Json, script: Script, now: datetime) -> None:
        days, why, bounces = OUTCOMES[script.name]
        days = number(script.params, "days", days)
        body = {"id": refund["id"], "why": why}
        if days:
            self._world.later(now, days, "adyen_refund", f"refund:{refund['id']}", body)
        else:
            self._comes_true(now, body)
        if bounces is not None:
            self._world.later(now, bounces, "adyen_bounce", f"refund:{refund['id']}", body)

    def _comes_true(self, at: datetime, body: Json) -> None:
        refund = self._books.get("adyen_refund", body["id"])
        if refund is None or refund["status"] != "received":
            return
        why = body["why"] or self._refusal(refund)
        refund |= {"status": "failed" if why else "succeeded", "why": why}
        self._books.change("adyen_refund", refund["id"], refund)
        kind = "refund_failed" if why else "refund_settled"
        self._book(refund, at, kind, previous_status="received", reason=why)
        self._tell(refund, at, "REFUND", success=not why)

    def _bounces(self, at: datetime, body: Json) -> None:
        refund = self._books.get("adyen_refund", body["id"])
        if refund is None or refund["status"] != "succeeded":
            return
        refund |= {"status": "failed", "why": "Refund Failed"}
        self._books.change("adyen_refund", refund["id"], refund)
        self._book(refund, at, "refund_failed", previous_status="succeeded", reason=refund["why"])
        self._tell(refund, at, "REFUND_FAILED", success=True)

    def _disputed(self, at: datetime, dispute: Json) -> None:
        """Tell that a bank took money back, gave it again, or keeps it."""
        event = DISPUTES[dispute["status"]]
        item = {
            "id": digest("adyen dispute", dispute["id"])[:16].upper(),
            "payment_ref": dispute["payment_ref"],
            "value": to_adyen(objects.to_iso(dispute["amount"], dispute["currency"]), dispute),
            "currency": dispute["currency"],
            "reference": "",
            "why": dispute["reason"],
        }
        body = notification(item, event, at, success=True)
        if dispute["status"] == "lost":
            said = body["notificationItems"][0]["NotificationRequestItem"]
            said["additionalData"] = {"disputeStatus": "Lost"}
        event_id = f"{item['id']}:{event}"
        about = (dispute["payment_ref"],)
        self._world.outbox.book("adyen", event, event_id, body, at=at, about=about)

    def _refusal(self, refund: Json) -> str:
        """Say why there is no money, if there is none: they find out after they have answered."""
        payment = self._payments.get(refund["payment_ref"]) or {}
        if payment["disputed"] in {"open", "lost"}:
            return DISPUTED
        if refund["currency"] != payment["currency"]:
            return "Currency does not match"
        family = self._books.by_family("adyen_refund", refund["payment_ref"])
        others = [one for one in family if one["id"] != refund["id"] and one["status"] in ALIVE]
        asked = sum(to_iso(one["value"], one["currency"]) for one in [*others, refund])
        return NOT_ENOUGH if asked > payment["amount_minor"] else ""

    def _book(self, refund: Json, at: datetime, kind: str, **more: str) -> None:
        self._books.book(
            "payments",
            at,
            kind=kind,
            payment_ref=refund["payment_ref"],
            refund_id=refund["id"],
            idempotency_key=refund["key"],
            amount_minor=to_iso(refund["value"], refund["currency"]),
            currency=refund["currency"],
            status=refund["status"],
            metadata={"reference": refund["reference"]},
            **more,
        )

    def _tell(self, refund: Json, at: datetime, event: str, *, success: bool) -> None:
        event_id = f"{refund['id']}:{event}:{success}"
        body = notification(refund, event, at, success=success)
        about = (refund["payment_ref"], refund["key"], refund["reference"])
        self._world.outbox.book("adyen", event, event_id, body, at=at, about=about)


def received(refund: Json) -> Json:
    """Show their receipt."""
    return {
        "merchantAccount": ADYEN_ACCOUNT,
        "paymentPspReference": refund["payment_ref"],
        "pspReference": refund["id"],
        "reference": refund["reference"],
        "status": "received",
        "amount": {"currency": refund["currency"], "value": refund["value"]},
    }


def notification(refund: Json, event: str, at: datetime, *, success: bool) -> Json:
    """Write a webhook as they do: one item, its success a text."""
    item = {
        "additionalData": {},
        "amount": {"currency": refund["currency"], "value": refund["value"]},
        "eventCode": event,
        "eventDate": iso(at),
        "merchantAccountCode": ADYEN_ACCOUNT,
        "merchantReference": refund["reference"],
        "originalReference": refund["payment_ref"],
        "paymentMethod": "visa",
        "pspReference": refund["id"],
        "reason": refund["why"],
        "success": "true" if success else "false",
    }
    return {"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}


def complaint(status: int, code: str, message: str, _field: str) -> Json:
    """Word a no: `{status, errorCode, message, errorType}`."""
    kind = "validation" if status < 500 else "internal"
    return {"status": status, "errorCode": code, "message": message, "errorType": kind}


def to_adyen(minor: int, stated: Json) -> int:
    """Say an ISO amount in their unit."""
    if stated["currency"] in TIMES_A_HUNDRED:
        return minor * 100
    return minor // 100 if stated["currency"] in BY_A_HUNDRED else minor


def to_iso(value: int, currency: str) -> int:
    """Say an amount of theirs in ISO minor units."""
    if currency in TIMES_A_HUNDRED:
        return value // 100
    return value * 100 if currency in BY_A_HUNDRED else value


def _key(call: Call) -> str:
    return call.headers.get("idempotency-key") or call.path["ref"]


def _about(call: Call) -> tuple[str, ...]:
    return (call.path["ref"], str(call.body.get("reference") or ""))
