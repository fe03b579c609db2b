"""PayPal's objects: refunds, rows of its report, captures' rates, and its way of saying no."""

from collections.abc import Mapping
from decimal import Decimal

from sandbox.wire import Json, Reply, Unfit, digest

DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(("JPY", "ISK", "KRW", "CLP", "VND"), 0),
    **dict.fromkeys(("KWD", "BHD", "OMR", "TND", "JOD"), 3),
}
SHORT = {"PENDING": "P", "COMPLETED": "S", "FAILED": "D"}


def shown(refund: Json) -> Json:
    """Show a refund; the rate only where the account has another currency."""
    settles = refund.get("settles")
    rate = rate_of(refund["currency"], settles, "rate_back") if settles else None
    parts = {"net_amount_breakdown": [{"exchange_rate": rate}]} if rate else {}
    return {
        "seller_payable_breakdown": {"gross_amount": amount_of(refund), **parts},
        "id": refund["id"],
        "amount": amount_of(refund),
        "invoice_id": refund["invoice_id"],
        "custom_id": refund["custom_id"],
        "status": refund["status"],
        "create_time": refund["at"],
        "update_time": refund["at"],
        "links": [],
    }


def info(refund: Json) -> Json:
    """Show a row of the report: what left the account is negative there."""
    amount = amount_of(refund)
    return {
        "paypal_reference_id": refund["capture"],
        "paypal_reference_id_type": "TXN",
        "transaction_id": refund["id"],
        "transaction_event_code": "T1107",
        "transaction_initiation_date": refund["at"],
        "transaction_updated_date": refund["at"],
        "transaction_amount": {**amount, "value": "-" + amount["value"]},
        "transaction_status": SHORT[refund["status"]],
        "invoice_id": refund["invoice_id"],
        "custom_field": refund["custom_id"],
    }


def complaint(status: int, code: str, message: str, _field: str) -> Json:
    """Word a no: `{name, message, debug_id, details: [{issue}]}`."""
    names = {401: "AUTHENTICATION_FAILURE", 404: "RESOURCE_NOT_FOUND", 422: "UNPROCESSABLE_ENTITY"}
    return {
        "name": names.get(status, "INTERNAL_SERVER_ERROR"),
        "message": message,
        "debug_id": digest("debug", status, code)[:13],
        "details": [{"issue": code, "description": message}],
        "links": [],
    }


def refused(status: int, issue: str) -> Reply:
    return Reply(status, complaint(status, issue, "The requested action could not be done.", ""))


def minor_of(value: str, currency: str) -> int:
    scaled = Decimal(value).scaleb(DECIMALS.get(currency, 2))
    if scaled != scaled.to_integral_value() or scaled <= 0:
        raise Unfit("amount.value", f"an amount of {currency}")
    return int(scaled)


def amount_of(refund: Json) -> dict[str, str]:
    digits = DECIMALS.get(refund["currency"], 2)
    value = f"{Decimal(refund['minor']).scaleb(-digits):.{digits}f}"
    return {"currency_code": refund["currency"], "value": value}


def rate_of(currency: str, settles: Json, which: str) -> dict[str, str]:
    target, value = str(settles["currency"]), str(settles[which])
    return {"source_currency": currency, "target_currency": target, "value": value}
