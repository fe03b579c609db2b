"""What partners tell us unasked: proven to be theirs, then put into our words."""

from collections.abc import Mapping

from adapters.webhooks import adyen, easypost, shipbob, standard, stripe
from adapters.webhooks.event import Verifier

VERIFIERS: Mapping[str, Verifier] = {
    "adyen": adyen.verify,
    "easypost": easypost.verify,
    "shipbob": shipbob.verify,
    "stripe": stripe.verify,
    "warehouse": standard.verify,
}
"""Which scheme each provider signs with, but for PayPal, whose key is fetched: `paypal.verifier`."""
