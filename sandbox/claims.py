"""Claims for parcels that came to harm, in EasyPost's dialect; decided days later by script.

What is granted is paid to the merchant's account, and told in the ledger alone.
"""

from datetime import datetime
from typing import Any

from sandbox import carrier_objects as objects
from sandbox.face import Operation
from sandbox.parcels import Parcels
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, number, text
from sandbox.world import World

DECIDED_AFTER_DAYS = 4.0
PAID_AFTER_DAYS = 3.0
FILES = "https://files.sandbox.example"
OPEN = frozenset({"submitted", "in_review", "needs_action"})
TYPES = ("damage", "loss", "theft")
VERDICTS = {
    "paid": "approved",
    "partial": "approved_partial",
    "refused": "rejected",
    "asks": "needs_action",
}


class Claims:
    """Every claim, and what the account was paid for it."""

    def __init__(self, world: World, parcels: Parcels) -> None:
        self._world = world
        self._books = world.books
        self._parcels = parcels
        world.hear("claim_decided", self._decide)
        world.hear("claim_paid", self._pay)

    def operations(self) -> tuple[Operation, ...]:
        """Give the operations for the carrier's counter."""
        return (
            Operation("claim", "POST", "/claims", self.file, _number),
            Operation("claim_cancel", "POST", "/claims/{ref:path}/cancel", self.cancel, _ref),
            Operation("claim_list", "GET", "/claims", self.listed, _anyone),
            Operation("claim_get", "GET", "/claims/{ref:path}", self.show, _ref),
        )

    def file(self, call: Call) -> Reply:
        """Take a claim for a parcel that we have carried; two for one parcel are two."""
        parcel = self._parcels.get(text(call.body, "tracking_code"))
        kind, amount = text(call.body, "type"), text(call.body, "amount")
        if kind not in TYPES:
            raise Unfit("type", "one of " + ", ".join(TYPES))
        text(call.body, "contact_email")
        if parcel is None or parcel["handed_over_at"] is None:
            return _no("CLAIM.TRACKING_CODE.INVALID", "Nothing was carried under this number.")
        now = self._world.clock.now()
        tracking_number = parcel["tracking_number"]
        nth = len(self._books.by_reference("claim", tracking_number))
        key = "clm_" + digest("claim", tracking_number, kind, nth)
        claim = _claim(call.body, key, parcel, iso(now))
        self._books.put("claim", key, claim, reference=tracking_number, family=parcel["return_id"])
        self._book("filed", claim, now, requested=amount)
        self._decide_later(parcel, key, now)
        return Reply(201, claim)

    def cancel(self, call: Call) -> Reply:
        """Forget a claim that is not decided yet."""
        claim = self._books.get("claim", call.path["ref"])
        if claim is None:
            return _not_found()
        if claim["status"] not in OPEN:
            return _no("CLAIM.CANCEL.INVALID", "It is decided.")
        now = self._world.clock.now()
        self._move(claim, "cancelled", "Claim was cancelled.", now)
        self._book("cancelled", claim, now)
        return Reply(200, claim)

    def listed(self, call: Call) -> Reply:
        """List claims, the newest first."""
        found = [
            claim
            for claim in reversed(self._books.every("claim"))
            if call.query.get("type") in {None, claim["type"]}
        ]
        before = call.query.get("before_id")
        ids = [claim["id"] for claim in found]
        start = ids.index(before) + 1 if before in ids else 0
        size = int(call.query.get("page_size", "20"))
        page = found[start : start + size]
        return Reply(200, {"claims": page, "has_more": len(found) > start + size})

    def show(self, call: Call) -> Reply:
        claim = self._books.get("claim", call.path["ref"])
        return _not_found() if claim is None else Reply(200, claim)

    def _decide_later(self, parcel: Json, key: str, now: datetime) -> None:
        script = self._parcels.script_of(parcel, "claim")
        if script is not None and script.name == "silent":
            return
        params: Json = script.params if script else {}
        body = {
            "claim": key,
            "status": VERDICTS[script.name if script else "paid"],
            "percent": number(params, "percent", 50),
            "paid_after": number(params, "paid_after", PAID_AFTER_DAYS),
        }
        days = number(params, "days", DECIDED_AFTER_DAYS)
        self._world.later(now, days, "claim_decided", f"claim:{key}", body)

    def _decide(self, at: datetime, body: Json) -> None:
        claim = self._books.get("claim", body["claim"]) or {}
        if claim["status"] not in OPEN:
            return
        status = body["status"]
        if status.startswith("approved"):
            cents = round(float(claim["requested_amount"]) * 100)
            granted = cents if status == "approved" else round(cents * body["percent"] / 100)
            claim["approved_amount"] = f"{granted / 100:.2f}"
        self._move(claim, status, f"Claim is {status.replace('_', ' ')}.", at)
        self._book(status, claim, at)
        if claim["approved_amount"] is not None:
            paid = {"claim": claim["id"]}
            self._world.later(at, body["paid_after"], "claim_paid", f"claim:{claim['id']}", paid)

    def _pay(self, at: datetime, body: Json) -> None:
        claim = self._books.get("claim", body["claim"]) or {}
        reference = "wallet_" + digest("claim paid", claim["id"])[:16]
        self._book("paid", claim, at, payment_ref=reference)

    def _move(self, claim: Json, status: str, detail: str, at: datetime) -> None:
        claim |= {
            "status": status,
            "status_detail": detail,
            "status_timestamp": iso(at),
            "updated_at": iso(at),
        }
        told = {"status": status, "status_detail": detail, "timestamp": iso(at)}
        claim["history"].append(told)
        self._books.change("claim", claim["id"], claim)

    def _book(self, kind: str, claim: Json, at: datetime, **more: Any) -> None:
        row = {
            "claim": claim["id"],
            "tracking_number": claim["tracking_code"],
            "type": claim["type"],
            "return_id": (self._parcels.get(claim["tracking_code"]) or {}).get("return_id", ""),
            "amount": claim["approved_amount"] or claim["requested_amount"],
            "currency": "EUR",
        }
        self._books.book("claims", at, kind=kind, **row, **more)


def _claim(said: Json, key: str, parcel: Json, made: str) -> Json:
    """Make a claim with the fields that the recordings show."""
    attached = (
        "email_evidence_attachments", "invoice_attachments", "supporting_documentation_attachments",
    )  # fmt: skip
    files = [file for field in attached for file in said.get(field) or ()]
    detail = "Claim was created."
    return {
        "id": key,
        "object": "Claim",
        "mode": objects.MODE,
        "approved_amount": None,
        "attachments": [f"{FILES}/{digest(file)}" for file in files],
        "check_delivery_address": None,
        "contact_email": said["contact_email"],
        "created_at": made,
        "updated_at": made,
        "description": said.get("description"),
        "history": [{"status": "submitted", "status_detail": detail, "timestamp": made}],
        "insurance_amount": said["amount"],
        "insurance_id": "ins_" + digest("insurance", parcel["tracking_number"]),
        "payment_method": said.get("payment_method", "easypost_wallet"),
        "recipient_name": None,
        "requested_amount": said["amount"],
        "salvage_value": None,
        "shipment_id": parcel["shipment_id"],
        "status": "submitted",
        "status_detail": detail,
        "status_timestamp": made,
        "tracking_code": parcel["tracking_number"],
        "type": said["type"],
    }


def _number(call: Call) -> str:
    return text(call.body, "tracking_code")


def _ref(call: Call) -> str:
    return call.path["ref"]


def _anyone(_call: Call) -> str:
    return "claims"


def _no(code: str, message: str) -> Reply:
    return Reply(422, objects.complaint(422, code, message, ""))


def _not_found() -> Reply:
    said = objects.complaint(404, "not_found", "The requested resource could not be found.", "")
    return Reply(404, said)
