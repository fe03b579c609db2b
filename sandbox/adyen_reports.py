"""Adyen's accounting report: a file for each day, of what was booked on it.

They make it after midnight; here the present day's is there as well, as far as it has come.
"""

import base64
import csv
import io
import re

from sandbox.adyen import complaint, to_adyen
from sandbox.face import Face, Operation
from sandbox.settings import ADYEN_ACCOUNT, ADYEN_REPORTS
from sandbox.wire import Call, Json, Reply, digest, since
from sandbox.world import World

NAME = re.compile(r"payments_accounting_report_(\d{4})_(\d{2})_(\d{2})\.csv")
COLUMNS = (
    *("Company Account", "Merchant Account", "Psp Reference", "Merchant Reference"),
    *("Payment Method", "Booking Date", "Booking Date TimeZone", "Record Type"),
    *("Modification Psp Reference", "Main Currency", "Main Amount"),
    "Modification Merchant Reference",
)
DECIMALS = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CVE", "IDR"), 0),
    **dict.fromkeys(("KWD", "BHD", "OMR", "TND", "JOD"), 3),
}


def adyen_reports_face(world: World) -> Face:
    """Put the counter together."""
    counter = Reports(world)
    pair = base64.b64encode(":".join(ADYEN_REPORTS).encode()).decode()
    return Face(
        name="adyen_reports",
        prefix="/adyen/reports/download",
        knows=lambda headers: headers.get("authorization") == f"Basic {pair}",
        complaint=complaint,
        operations=(
            Operation(
                "report", "GET", "/MerchantAccount/{account}/{name}", counter.give,
                lambda _call: "report",
            ),
        ),
    )  # fmt: skip


class Reports:
    """Files made from the books, each time they are asked for."""

    def __init__(self, world: World) -> None:
        self._books = world.books

    def give(self, call: Call) -> Reply:
        """Give the file of a day; a day on which nothing was booked has none."""
        asked = NAME.fullmatch(call.path["name"])
        if asked is None or call.path["account"] != ADYEN_ACCOUNT:
            return Reply(404, complaint(404, "404", "There is no such report.", ""))
        day = "-".join(asked.groups())
        rows = [row for row in self._rows() if row["Booking Date"].startswith(day)]
        if not rows:
            return Reply(404, complaint(404, "404", "There is no such report.", ""))
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return Reply(200, {}, file=text.getvalue())

    def _rows(self) -> list[Json]:
        refunds = {one["id"]: one for one in self._books.every("adyen_refund")}
        theirs = {
            one["payment_ref"]: one
            for one in self._books.every("payment")
            if one.get("provider") == "adyen"
        }
        rows = []
        for booked in self._books.ledger("payments"):
            refund = refunds.get(booked.get("refund_id") or "")
            kind = _kind(booked)
            if kind and refund is not None:
                rows.append(_row(booked, refund, kind))
            elif kind and booked.get("dispute_id") and booked["payment_ref"] in theirs:
                rows.append(_row(booked, _as_item(booked), kind))
        return rows


def _kind(booked: Json) -> str:
    """Say under which type it is in the report; what never came true is in another one."""
    match booked["kind"], booked.get("previous_status"):
        case "refund", _:
            return "SentForRefund"
        case "refund_settled", _:
            return "Refunded"
        case "refund_failed", "succeeded":
            return "RefundedReversed"
        case "chargeback", _:
            return "Chargeback"
        case "chargeback_closed", _ if booked["status"] == "won":
            return "ChargebackReversed"
        case _:
            return ""


def _as_item(booked: Json) -> Json:
    """Show a dispute as a refund is shown."""
    return {
        "id": digest("adyen dispute", booked["dispute_id"])[:16].upper(),
        "payment_ref": booked["payment_ref"],
        "value": to_adyen(booked["amount_minor"], booked),
        "currency": booked["currency"],
        "reference": "",
    }


def _row(booked: Json, refund: Json, kind: str) -> Json:
    at = since(booked["at"])
    return {
        "Company Account": "Backhaul",
        "Merchant Account": ADYEN_ACCOUNT,
        "Psp Reference": refund["payment_ref"],
        "Merchant Reference": "",
        "Payment Method": "visa",
        "Booking Date": at.strftime("%Y-%m-%d %H:%M:%S"),
        "Booking Date TimeZone": "UTC",
        "Record Type": kind,
        "Modification Psp Reference": refund["id"],
        "Main Currency": refund["currency"],
        "Main Amount": _decimal(refund["value"], refund["currency"]),
        "Modification Merchant Reference": refund["reference"],
    }


def _decimal(value: int, currency: str) -> str:
    """Write an amount of theirs with the decimals that they count."""
    digits = DECIMALS.get(currency, 2)
    whole, part = divmod(value, 10**digits)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)
