"""Stripe's objects for taking money, with the fields that its published fixtures have."""

from collections.abc import Mapping
from typing import Any

from sandbox.gateway_objects import to_gateway
from sandbox.wire import Json, digest

NOTHING_OF_SESSIONS = (
    *("after_expiration", "allow_promotion_codes", "billing_address_collection", "cancel_url"),
    *("client_secret", "collected_information", "consent", "consent_collection"),
    *("currency_conversion", "customer", "customer_account", "customer_creation"),
    *("customer_details", "customer_email", "discounts", "integration_identifier", "invoice"),
    *("invoice_creation", "locale", "managed_payments", "origin_context", "payment_link"),
    *("payment_method_collection", "payment_method_configuration_details", "permissions"),
    *("recovered_from", "saved_payment_method_options", "setup_intent", "shipping_cost"),
    *("shipping_address_collection", "submit_type", "subscription", "ui_mode", "wallet_options"),
)
NOTHING_OF_INTENTS = (
    *("application", "application_fee_amount", "customer_account", "description"),
    *("excluded_payment_method_types", "managed_payments", "next_action", "on_behalf_of"),
    *("payment_method_configuration_details", "processing", "receipt_email", "review"),
    *("setup_future_usage", "shipping", "source", "statement_descriptor"),
    *("statement_descriptor_suffix", "transfer_data", "transfer_group"),
)


def session(kept: Mapping[str, Any]) -> Json:
    """Show a Checkout Session; its page has an address while it is open."""
    is_open = kept["status"] == "open"
    return {
        **dict.fromkeys(NOTHING_OF_SESSIONS),
        "id": kept["id"],
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": kept["amount"],
        "amount_total": kept["amount"],
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "client_reference_id": kept["client_reference_id"],
        "created": kept["created"],
        "currency": kept["currency"].lower(),
        "custom_fields": [],
        "custom_text": {},
        "expires_at": kept["expires_at"],
        "livemode": False,
        "metadata": kept["metadata"],
        "mode": "payment",
        "payment_intent": kept["payment_intent"],
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "paid" if kept["status"] == "complete" else "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": kept["status"],
        "success_url": kept["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"https://checkout.example/c/pay/{kept['id']}" if is_open else None,
    }


def intent(kept: Mapping[str, Any]) -> Json:
    """Show a PaymentIntent with manual capture."""
    held = kept["status"] == "requires_capture"
    return {
        **dict.fromkeys(NOTHING_OF_INTENTS),
        "id": kept["id"],
        "object": "payment_intent",
        "amount": kept["amount"],
        "amount_capturable": kept["amount"] if held else 0,
        "amount_details": {"tip": {}},
        "amount_received": kept["amount_received"],
        "automatic_payment_methods": None,
        "canceled_at": kept["canceled_at"],
        "cancellation_reason": kept["cancellation_reason"],
        "capture_method": kept.get("capture_method", "manual"),
        "client_secret": f"{kept['id']}_secret_{digest('secret', kept['id'])[:24]}",
        "confirmation_method": "automatic",
        "created": kept["created"],
        "currency": kept["currency"].lower(),
        "customer": kept["customer"],
        "last_payment_error": kept["last_payment_error"],
        "latest_charge": "ch_" + digest("charge", kept["id"])[:24],
        "livemode": False,
        "metadata": kept["metadata"],
        "payment_method": kept["payment_method"],
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": kept["status"],
    }


def paid_intent(payment: Mapping[str, Any]) -> Json:
    """Show a payment that was taken at once."""
    amount = to_gateway(payment["amount_minor"], payment["currency"])
    return intent(
        {
            "id": payment["payment_ref"],
            "amount": amount,
            "amount_received": amount,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic",
            "created": payment["created"],
            "currency": payment["currency"],
            "customer": payment.get("customer"),
            "last_payment_error": None,
            "metadata": payment.get("metadata", {}),
            "payment_method": "pm_" + digest("method", payment["payment_ref"])[:24],
            "status": "succeeded",
        }
    )
