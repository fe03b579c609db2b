"""What an event says about returns, in the words of the workflow's signals. Pure.

An event is a hint: a fact names one of *our* stored references, by which its return is
found, and for money the truth is fetched afterwards.
"""

from collections.abc import Callable, Mapping

from adapters.webhooks.adyen_facts import adyen_facts
from adapters.webhooks.easypost_facts import easypost_facts
from adapters.webhooks.event import SourceEvent
from adapters.webhooks.fact import Fact
from adapters.webhooks.paypal_facts import paypal_facts
from adapters.webhooks.sendcloud_facts import sendcloud_facts
from adapters.webhooks.shipbob_facts import shipbob_facts
from adapters.webhooks.shopify_facts import shopify_facts
from adapters.webhooks.stripe_facts import stripe_facts
from adapters.webhooks.warehouse_facts import warehouse_facts

__all__ = ["Fact", "facts_of"]

_READERS: Mapping[str, Callable[[SourceEvent], tuple[Fact, ...]]] = {
    "adyen": adyen_facts,
    "easypost": easypost_facts,
    "sendcloud": sendcloud_facts,
    "shipbob": shipbob_facts,
    "shopify": shopify_facts,
    "paypal": paypal_facts,
    "stripe": stripe_facts,
    "warehouse": warehouse_facts,
}


def facts_of(event: SourceEvent) -> tuple[Fact, ...]:
    """Say what an event means for returns; nothing for a kind that means nothing to them.

    Raises:
        Unreadable: It is of a kind that we read, and does not say what such an event must.
    """
    return _READERS[event.provider](event)
