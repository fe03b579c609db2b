"""A third gateway, in PayPal's dialect: refunds of captures, and a report of what moved."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.face import Face, Operation
from sandbox.keys import Answers
from sandbox.payments import Payments
from sandbox.paypal_news import PayPalNews
from sandbox.paypal_objects import amount_of, complaint, info, minor_of, rate_of, refused, shown
from sandbox.scripts import Script
from sandbox.settings import PAYPAL_ID, PAYPAL_SECRET
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, mapping, moment, number, since, text
from sandbox.world import World

KEY_LIFETIME = timedelta(days=45)
LONGEST_SPAN = timedelta(days=31)
TOKEN = "A21.sandbox"  # noqa: S105 opens nothing but this
TOKEN_S = 32_400
ALIVE = frozenset({"PENDING", "COMPLETED"})
BOOKED = {"PENDING": "pending", "COMPLETED": "succeeded", "FAILED": "failed"}

# Status at birth, and (days later, status), by script; `disputed` and `low_balance` refuse.
OUTCOMES: Mapping[str, tuple[str, tuple[float, str] | None]] = {
    "instant": ("COMPLETED", None),
    "pending": ("PENDING", (2, "COMPLETED")),
    "pending_fails": ("PENDING", (2, "FAILED")),
    "fails_later": ("COMPLETED", (9, "FAILED")),
    "requires_action": ("PENDING", None),
}
REFUSALS = {"disputed": "TRANSACTION_DISPUTED", "low_balance": "REFUND_FAILED_INSUFFICIENT_FUNDS"}


def paypal_face(world: World, payments: Payments) -> Face:
    """Put the counter together."""
    counter = PayPal(world, payments)
    pair = base64.b64encode(f"{PAYPAL_ID}:{PAYPAL_SECRET}".encode()).decode()
    known = {f"Basic {pair}", f"Bearer {TOKEN}"}
    refund = "/v2/payments/captures/{ref}/refund"
    return Face(
        name="paypal",
        prefix="/paypal",
        knows=lambda headers: headers.get("authorization") in known,
        complaint=complaint,
        operations=(
            Operation("token", "POST", "/v1/oauth2/token", counter.token, lambda _call: "token"),
            Operation("refund", "POST", refund, counter.create, _key, about=_about),
            Operation("get", "GET", "/v2/payments/refunds/{ref}", counter.show, _ref),
            Operation("capture", "GET", "/v2/payments/captures/{ref}", counter.capture, _ref),
            Operation(
                "list", "GET", "/v1/reporting/transactions", counter.report, _since, about=_span
            ),
        ),
    )


class PayPal:
    """Refunds of captures; each is booked when it is made and when it moves."""

    def __init__(self, world: World, payments: Payments) -> None:
        self._world = world
        self._books = world.books
        self._payments = payments
        self._answers = Answers(world, "paypal", KEY_LIFETIME)
        world.hear("paypal_refund", self._moves)
        self._news = PayPalNews(world)

    def token(self, _call: Call) -> Reply:
        """Open the door for some hours."""
        return Reply(200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": TOKEN_S})

    def create(self, call: Call) -> Reply:
        """Refund; under a key that was used the refund comes again, as it stands now."""
        key = call.headers.get("paypal-request-id", "")
        kept = self._answers.get(key)
        if kept is not None:
            refund = self._books.get("paypal_refund", kept.body["id"]) or {}
            return Reply(200, shown(refund))
        reply = self._refund(call.path["ref"], call.body, key)
        if reply.status == 201:
            self._answers.keep(key, call.body, reply)
        return reply

    def show(self, call: Call) -> Reply:
        refund = self._books.get("paypal_refund", call.path["ref"])
        return refused(404, "INVALID_RESOURCE_ID") if refund is None else Reply(200, shown(refund))

    def capture(self, call: Call) -> Reply:
        """Show what was paid, with the rate at which it came into the account."""
        payment = self._payments.get(call.path["ref"])
        if payment is None:
            return refused(404, "INVALID_RESOURCE_ID")
        amount = amount_of({"minor": payment["amount_minor"], "currency": payment["currency"]})
        received: Json = {"gross_amount": amount}
        if payment["settles"]:
            rate = rate_of(payment["currency"], payment["settles"], "rate")
            received["exchange_rate"] = rate
        body = {"id": call.path["ref"], "status": "COMPLETED", "amount": amount}
        return Reply(200, {**body, "seller_receivable_breakdown": received})

    def report(self, call: Call) -> Reply:
        """List what moved in a span of time, page by page."""
        start, end = moment(call.query, "start_date"), moment(call.query, "end_date")
        if end - start > LONGEST_SPAN:
            raise Unfit("end_date", "at most 31 days after start_date")
        size, page = int(call.query.get("page_size", "100")), int(call.query.get("page", "1"))
        wanted = call.query.get("transaction_type", "T1107")
        found = [
            one
            for one in self._books.every("paypal_refund")
            if start <= since(one["at"]) <= end and wanted == "T1107"
        ]
        rows = found[(page - 1) * size : page * size]
        body = {
            "transaction_details": [{"transaction_info": info(one)} for one in rows],
            "page": page,
            "total_items": len(found),
            "total_pages": max(1, -(-len(found) // size)),
        }
        return Reply(200, body)

    def _refund(self, capture: str, said: Json, key: str) -> Reply:
        payment = self._payments.get(capture)
        if payment is None:
            return refused(404, "INVALID_RESOURCE_ID")
        amount = mapping(said, "amount")
        currency = text(amount, "currency_code")
        minor = minor_of(text(amount, "value"), currency)
        names = (capture, str(said.get("custom_id") or ""), key)
        script = self._world.scripts.find("refund", *names) or Script("refund", "instant", {})
        self._world.scripts.use_up("refund", *names)
        issue = (
            text(script.params, "code")
            if script.name == "refused"
            else REFUSALS.get(script.name) or self._issue(payment, said, minor, currency)
        )
        if issue:
            return refused(422, issue)
        now = self._world.clock.now()
        status, then = OUTCOMES[script.name]
        nth = len(self._books.by_family("paypal_refund", capture))
        refund: Json = {
            "id": digest("paypal", capture, key, nth)[:17].upper(),
            "capture": capture,
            "minor": minor,
            "currency": currency,
            "invoice_id": text(said, "invoice_id", default=""),
            "custom_id": text(said, "custom_id", default=""),
            "status": status,
            "at": iso(now),
            "key": key,
            "settles": payment["settles"],
        }
        self._books.put(
            "paypal_refund", refund["id"], refund, reference=refund["invoice_id"], family=capture
        )
        self._book(refund, now, "refund")
        self._news.tell(refund, now)
        if then is not None:
            days = number(script.params, "days", then[0])
            body = {"id": refund["id"], "status": then[1]}
            self._world.later(now, days, "paypal_refund", f"refund:{refund['id']}", body)
        return Reply(201, shown(refund))

    def _issue(self, payment: Json, said: Json, minor: int, currency: str) -> str:
        """Say why there is no money, if there is none."""
        invoice = str(said.get("invoice_id") or "")
        if invoice and self._books.by_reference("paypal_refund", invoice):
            return "DUPLICATE_INVOICE_ID"
        if payment["disputed"] in {"open", "lost"}:
            return "TRANSACTION_DISPUTED"
        if currency != payment["currency"]:
            return "REFUND_CAPTURE_CURRENCY_MISMATCH"
        family = self._books.by_family("paypal_refund", payment["payment_ref"])
        back = sum(one["minor"] for one in family if one["status"] in ALIVE)
        if back >= payment["amount_minor"]:
            return "CAPTURE_FULLY_REFUNDED"
        return "REFUND_AMOUNT_EXCEEDED" if back + minor > payment["amount_minor"] else ""

    def _moves(self, at: datetime, body: Json) -> None:
        refund = self._books.get("paypal_refund", body["id"])
        if refund is None:
            return
        before = refund["status"]
        refund["status"] = body["status"]
        self._books.change("paypal_refund", refund["id"], refund)
        kind = "refund_failed" if body["status"] == "FAILED" else "refund_settled"
        self._book(refund, at, kind, previous_status=BOOKED[before])
        self._news.tell(refund, at)

    def _book(self, refund: Json, at: datetime, kind: str, **more: str) -> None:
        self._books.book(
            "payments",
            at,
            kind=kind,
            payment_ref=refund["capture"],
            refund_id=refund["id"],
            idempotency_key=refund["key"],
            amount_minor=refund["minor"],
            currency=refund["currency"],
            status=BOOKED[refund["status"]],
            metadata={"reference": refund["custom_id"]},
            **more,
        )


def _ref(call: Call) -> str:
    return call.path["ref"]


def _since(call: Call) -> str:
    return call.query.get("transaction_type") or "everything"


def _span(call: Call) -> tuple[str, ...]:
    return (call.query.get("start_date", ""),)


def _key(call: Call) -> str:
    return call.headers.get("paypal-request-id") or call.path["ref"]


def _about(call: Call) -> tuple[str, ...]:
    return (call.path["ref"], str(call.body.get("custom_id") or ""))
