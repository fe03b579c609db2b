"""Takes the safeties off a worker: with this folder on PYTHONPATH, Python runs it at its start.

A refund is then neither looked up before it is sent again, nor sent again under the same key.
What is proven by an audit that finds nothing is worth something only if this makes it find.
"""

import sys
from uuid import uuid4

if "worker.py" in sys.orig_argv:
    from activities.ports.payments import PayoutAnswer, PayoutOrder
    from adapters.payments import stripe

    async def find_nothing(_self: stripe.StripeGateway, _order: PayoutOrder) -> PayoutAnswer | None:
        return None

    stripe.StripeGateway.find_payout = find_nothing  # type: ignore[method-assign]
    stripe.key_for = lambda _instruction_id: {"idempotency_key": str(uuid4())}
