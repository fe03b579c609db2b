"""What partners tell us unasked: proven to be theirs, then put into our words."""

from collections.abc import Mapping

from adapters.webhooks import adyen, easypost, sendcloud, shipbob, shopify, standard, stripe
from adapters.webhooks.event import Verifier

VERIFIERS: Mapping[str, Verifier] = {
    "adyen": adyen.verify,
    "easypost": easypost.verify,
    "sendcloud": sendcloud.verify,
    "shipbob": shipbob.verify,
    "shopify": shopify.verify,
    "stripe": stripe.verify,
    "warehouse": standard.verify,
}
"""Which scheme each provider signs with; PayPal's needs a key that is fetched: `paypal.verifier`."""
