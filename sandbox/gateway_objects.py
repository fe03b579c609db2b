"""Stripe's objects with the fields that its published fixtures have."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sandbox.wire import Json, digest

# Where the gateway counts in another unit than ISO 4217 (docs.stripe.com/currencies).
TIMES_A_HUNDRED = frozenset({"ISK", "UGX"})
BY_A_HUNDRED = frozenset({"MGA"})

NOTHING = (
    *("application", "application_fee", "application_fee_amount", "balance_transaction"),
    *("calculated_statement_descriptor", "customer", "description"),
    *("failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of"),
    *("outcome", "receipt_email", "receipt_number", "receipt_url", "review", "source_transfer"),
    *("statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group"),
    *("source", "shipping"),
)
EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy"),
    *("cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication"),
    *("customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature"),
    *("duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id"),
    *("product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation"),
    *("shipping_tracking_number", "uncategorized_file", "uncategorized_text"),
)


def balance(of: str, amount: int, currency: str, settles: Json | None, rate: str) -> Json:
    """Show a movement of the account, in its own currency; what leaves it is negative."""
    scale = Decimal(settles[rate]) if settles else Decimal(1)
    moved = int((amount * scale).to_integral_value(ROUND_HALF_EVEN))
    return {
        "id": "txn_" + digest(*of.split())[:24],
        "object": "balance_transaction",
        "amount": moved,
        "currency": (settles["currency"] if settles else currency).lower(),
        "exchange_rate": float(scale) if settles else None,
        "fee": 0,
        "net": moved,
        "status": "available",
        "type": of.split(maxsplit=1)[0],
    }


def expanded(shown: Json, payment: Mapping[str, Any], paths: Collection[str]) -> Json:
    """Put the objects in the place of their ids, where they were asked for."""
    settles, currency = payment.get("settles"), payment["currency"]
    if "balance_transaction" in paths:
        of = f"refund {shown['id']}"
        taken = balance(of, -shown["amount"], currency, settles, "rate_back")
        shown = {**shown, "balance_transaction": taken}
    if "charge.balance_transaction" in paths:
        whole = charge(payment, 0)
        of = f"charge {whole['id']}"
        brought = balance(of, whole["amount"], currency, settles, "rate")
        shown = {**shown, "charge": {**whole, "balance_transaction": brought}}
    return shown


def refund(kept: Mapping[str, Any]) -> Json:
    """Show a refund; why it waits or failed stands there only when it does."""
    shown = {
        "id": kept["id"],
        "object": "refund",
        "amount": kept["amount"],
        "balance_transaction": "txn_" + digest("refund", kept["id"])[:24],
        "charge": kept["charge"],
        "created": kept["created"],
        "currency": kept["currency"].lower(),
        "customer": None,
        "customer_account": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": kept["metadata"],
        "payment_intent": kept["payment_ref"],
        "payment_method": None,
        "reason": kept["reason"],
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": kept["status"],
        "transfer_reversal": None,
    }
    if kept["status"] == "failed":
        shown["failure_reason"] = kept["why"] or "unknown"
    if kept["status"] == "pending":
        shown["pending_reason"] = kept["why"] or "processing"
    return shown


def charge(payment: Mapping[str, Any], refunded: int) -> Json:
    """Show the charge behind a payment."""
    amount = to_gateway(payment["amount_minor"], payment["currency"])
    return {
        "id": payment["charge"],
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": refunded,
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "captured": True,
        "created": payment["created"],
        "currency": payment["currency"].lower(),
        "disputed": payment["disputed"] == "open",
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": payment["payment_ref"],
        "payment_method": "pm_" + digest("method", payment["payment_ref"])[:24],
        "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}, "type": "card"},
        "refunded": refunded == amount,
        "status": "succeeded",
        **dict.fromkeys(NOTHING),
    }


def dispute(kept: Mapping[str, Any]) -> Json:
    return {
        "id": kept["id"],
        "object": "dispute",
        "amount": kept["amount"],
        "balance_transactions": [],
        "charge": kept["charge"],
        "created": kept["created"],
        "currency": kept["currency"].lower(),
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": kept["created"] + 7 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": kept["payment_ref"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": "13.6",
            },
            "type": "card",
        },
        "reason": kept["reason"],
        "status": kept["status"],
    }


def event(kind: str, what: Json, *, event_id: str, created: int, key: str | None) -> Json:
    return {
        "id": event_id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": {"object": what},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": key},
        "type": kind,
    }


def complaint(status: int, code: str, message: str, field: str) -> Json:
    """Word a no: `{error: {type, code, message, param}}`."""
    kind = "api_error" if status >= 500 else "invalid_request_error"
    error: Json = {"type": kind, "message": message}
    names = {"invalid": "parameter_invalid", "internal_error": "", "unauthorised": ""}
    name = names.get(code, code)
    if name == "idempotency_error":
        error["type"] = name
    elif name:
        error["code"] = name
    if field:
        error["param"] = field
    return {"error": error}


def taken_of(amount: int, currency: str) -> bool:
    """Say whether they take such an amount: whole krónur only."""
    return amount % (100 if currency in TIMES_A_HUNDRED else 1) == 0


def to_gateway(amount_minor: int, currency: str) -> int:
    """Say an ISO amount in the gateway's unit."""
    if currency in TIMES_A_HUNDRED:
        return amount_minor * 100
    return amount_minor // 100 if currency in BY_A_HUNDRED else amount_minor


def to_iso(amount: int, currency: str) -> int:
    """Say an amount of the gateway's in ISO minor units."""
    if currency in TIMES_A_HUNDRED:
        return amount // 100
    return amount * 100 if currency in BY_A_HUNDRED else amount
