"""What was paid, what was paid back, and what banks did to it later: the gateway's books."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sandbox import gateway_objects as objects
from sandbox.wire import Json, Unfit, digest
from sandbox.world import World

ALIVE = frozenset({"pending", "requires_action", "succeeded"})
STATUSES = frozenset({*ALIVE, "failed", "canceled"})
MOVES = {"succeeded": "refund_settled", "failed": "refund_failed", "canceled": "refund_failed"}


class Payments:
    """Payments and refunds. Amounts are kept in the gateway's unit and booked in ISO's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books
        self._quiet = False
        world.hear("refund_moves", self._refund_moves)

    @contextmanager
    def quietly(self, quiet: object) -> Iterator[None]:
        """Let nobody be told of what happens meanwhile: only the books show it."""
        self._quiet = quiet is True
        try:
            yield
        finally:
            self._quiet = False

    def capture(
        self,
        payment_ref: str,
        amount_minor: int,
        currency: str,
        *,
        saved: bool = True,
        metadata: Json | None = None,
        provider: str = "stripe",
        settles: Json | None = None,
    ) -> Json:
        """Note that money was taken; the same again is the same.

        What it was paid with may be used again when it was `saved`. The `provider` tells what
        a bank does to it. With `settles` the account has another `currency`: one unit of the
        customer's brought `rate` of it, and takes `rate_back` when it goes back.

        Raises:
            Unfit: The payment is known with another amount or currency.
        """
        known = self.get(payment_ref)
        if known is not None:
            if (known["amount_minor"], known["currency"]) != (amount_minor, currency):
                raise Unfit("payment_ref", "a payment of this amount, or a new one")
            return known
        now = self._world.clock.now()
        payment: Json = {
            "payment_ref": payment_ref,
            "charge": "ch_" + digest("charge", payment_ref)[:24],
            "amount_minor": amount_minor,
            "currency": currency,
            "created": int(now.timestamp()),
            "disputed": "",
            "provider": provider,
            "customer": "cus_" + digest("customer", payment_ref)[:24] if saved else None,
            "metadata": metadata or {},
            "settles": settles,
        }
        self._books.put("payment", payment_ref, payment, reference=payment["charge"])
        self._books.book(
            "payments",
            now,
            kind="capture",
            payment_ref=payment_ref,
            refund_id=None,
            idempotency_key=None,
            amount_minor=amount_minor,
            currency=currency,
            status="succeeded",
            metadata=metadata or {},
        )
        return payment

    def every(self) -> list[Json]:
        """Give all payments, newest first."""
        return list(reversed(self._books.every("payment")))

    def get(self, payment_ref: str) -> Json | None:
        """Find a payment by its own id or its charge's."""
        found = self._books.get("payment", payment_ref)
        if found is not None:
            return found
        by_charge = self._books.by_reference("payment", payment_ref)
        return by_charge[0] if by_charge else None

    def refunds(self, payment_ref: str) -> list[Json]:
        """Give a payment's refunds, newest first."""
        return list(reversed(self._books.by_family("refund", payment_ref)))

    def all_refunds(self) -> list[Json]:
        """Give everybody's refunds, newest first; not those that were lost from the list."""
        every = reversed(self._books.every("refund"))
        return [refund for refund in every if not refund.get("unlisted")]

    def misbook(self, refund: Json, **wrong: Any) -> None:
        """Let their list tell another thing of a refund than what was done; nobody is told."""
        self._books.change("refund", refund["id"], {**refund, **wrong})

    def disputes(self) -> list[Json]:
        """Give everybody's disputes, newest first."""
        return list(reversed(self._books.every("dispute")))

    def refund(self, ref: str) -> Json | None:
        """Find a refund by its id, or by the key it was asked for with."""
        found = self._books.get("refund", ref)
        if found is not None:
            return found
        by_key = self._books.by_reference("refund", ref)
        return by_key[-1] if by_key else None

    def refunded(self, payment_ref: str) -> int:
        """Add up what was paid back, or is on its way, in the gateway's unit."""
        alive = (one for one in self.refunds(payment_ref) if one["status"] in ALIVE)
        return sum(refund["amount"] for refund in alive)

    def pay_back(
        self, payment: Json, amount: int, *, key: str, status: str, why: str, **said: Any
    ) -> Json:
        """Make a refund, book it and tell it."""
        now = self._world.clock.now()
        nth = len(self._books.by_family("refund", payment["payment_ref"]))
        same_key = len(self._books.by_reference("refund", key)) if key else nth
        refund_id = "re_" + digest("refund", payment["payment_ref"], key, same_key)[:24]
        refund = {
            "id": refund_id,
            "payment_ref": payment["payment_ref"],
            "charge": payment["charge"],
            "amount": amount,
            "currency": payment["currency"],
            "created": int(now.timestamp()),
            "status": status,
            "why": why,
            "key": key,
            "moves": 0,
            **said,
        }
        family = payment["payment_ref"]
        self._books.put("refund", refund_id, refund, reference=key, family=family)
        self._book(refund, now, "refund")
        self._tell(refund, now, "refund.created")
        return refund

    def move(self, refund: Json, status: str, why: str, at: datetime) -> None:
        """Let a refund's status change, book it and tell it. No change is no news."""
        if refund["status"] == status:
            return
        before = refund["status"]
        refund |= {"status": status, "why": why, "moves": refund["moves"] + 1}
        self._books.change("refund", refund["id"], refund)
        kind = MOVES.get(status, "refund_moved")
        self._book(refund, at, kind, previous_status=before, reason=why)
        self._tell(refund, at, "refund.updated")
        if status == "failed":
            self._tell(refund, at, "refund.failed")

    def dispute(self, payment: Json, amount: int, reason: str, at: datetime) -> Json:
        """Let the cardholder's bank take money back."""
        nth = len(self._books.by_family("dispute", payment["payment_ref"]))
        dispute = {
            "id": "dp_" + digest("dispute", payment["payment_ref"], nth)[:24],
            "payment_ref": payment["payment_ref"],
            "charge": payment["charge"],
            "amount": amount,
            "currency": payment["currency"],
            "created": int(at.timestamp()),
            "reason": reason,
            "status": "needs_response",
        }
        self._books.put("dispute", dispute["id"], dispute, family=payment["payment_ref"])
        payment["disputed"] = "open"
        self._books.change("payment", payment["payment_ref"], payment)
        self._book_dispute(dispute, at, "chargeback")
        self._tell_dispute(dispute, at, "charge.dispute.created")
        return dispute

    def close_dispute(self, dispute: Json, status: str, at: datetime) -> None:
        """Let the bank decide: `won` gives the merchant the money back."""
        dispute["status"] = status
        self._books.change("dispute", dispute["id"], dispute)
        payment = self.get(dispute["payment_ref"]) or {}
        payment["disputed"] = status
        self._books.change("payment", payment["payment_ref"], payment)
        self._book_dispute(dispute, at, "chargeback_closed")
        self._tell_dispute(dispute, at, "charge.dispute.closed")

    def _refund_moves(self, at: datetime, body: Json) -> None:
        refund = self._books.get("refund", body["refund_id"])
        if refund is not None and refund["status"] not in {"failed", "canceled"}:
            self.move(refund, body["status"], body["why"], at)

    def _book(self, refund: Json, at: datetime, kind: str, **more: str) -> None:
        self._books.book(
            "payments",
            at,
            kind=kind,
            payment_ref=refund["payment_ref"],
            refund_id=refund["id"],
            idempotency_key=refund["key"],
            amount_minor=objects.to_iso(refund["amount"], refund["currency"]),
            currency=refund["currency"],
            status=refund["status"],
            metadata=refund["metadata"],
            **more,
        )

    def _book_dispute(self, dispute: Json, at: datetime, kind: str) -> None:
        self._books.book(
            "payments",
            at,
            kind=kind,
            payment_ref=dispute["payment_ref"],
            refund_id=None,
            dispute_id=dispute["id"],
            idempotency_key=None,
            amount_minor=objects.to_iso(dispute["amount"], dispute["currency"]),
            currency=dispute["currency"],
            status=dispute["status"],
            metadata={},
        )

    def _tell(self, refund: Json, at: datetime, kind: str) -> None:
        event_id = "evt_" + digest(kind, refund["id"], refund["moves"])[:24]
        about = (refund["payment_ref"], refund["key"], refund["metadata"].get("return_id", ""))
        self._send(kind, objects.refund(refund), event_id, at, about=about, key=refund["key"])

    def _tell_dispute(self, dispute: Json, at: datetime, kind: str) -> None:
        payment = self.get(dispute["payment_ref"]) or {}
        if payment.get("provider", "stripe") != "stripe":
            self._world.tell(f"{payment['provider']}_dispute", at, dispute)
            return
        event_id = "evt_" + digest(kind, dispute["id"])[:24]
        about = (dispute["payment_ref"],)
        self._send(kind, objects.dispute(dispute), event_id, at, about=about, key=None)

    def _send(
        self,
        kind: str,
        what: Json,
        event_id: str,
        at: datetime,
        *,
        about: tuple[str, ...],
        key: str | None,
    ) -> None:
        if self._quiet:
            return
        created = int(at.timestamp())
        event = objects.event(kind, what, event_id=event_id, created=created, key=key or None)
        self._world.outbox.book("stripe", kind, event_id, event, at=at, about=about)
