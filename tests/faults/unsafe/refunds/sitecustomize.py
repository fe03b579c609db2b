"""Takes the safeties off a worker: with this folder on PYTHONPATH, Python runs it at its start.

A refund is then neither looked up before it is sent again, nor sent again under the same key.
What is proven by an audit that finds nothing is worth something only if this makes it find.
"""

import sys
from uuid import uuid4

if "worker.py" in sys.orig_argv:
    from adapters.payments import stripe

    async def find_nothing(*_names: object) -> None:
        """Find no refund, whatever was done."""

    def another_key(_instruction_id: str) -> dict[str, str]:
        """Give each call a key of its own."""
        return {"idempotency_key": str(uuid4())}

    setattr(stripe.StripeGateway, "find_payout", find_nothing)  # noqa: B010 no such door is typed
    setattr(stripe, "key_for", another_key)  # noqa: B010
