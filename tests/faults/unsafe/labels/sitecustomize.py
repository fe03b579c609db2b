"""Takes a safety off a worker: with this folder on PYTHONPATH, Python runs it at its start.

A label is then bought on a shipment of its own at every attempt: none is kept, and none is
looked up. What is proven by an audit that finds nothing is worth something only if this makes
it find.
"""

import sys
from typing import Any

if "worker.py" in sys.orig_argv:
    from activities import ports, transport

    async def buy_anew(self: Any, _known: Any, step: Any, _perform: Any, order: Any) -> Any:
        """Buy, whatever was bought before."""
        carrier = self._contracts.at(step.account)
        prepared = await carrier.prepare_label(order)
        if isinstance(prepared, ports.LabelRefused):
            return prepared
        return await carrier.buy_label(order.model_copy(update={"offer_ref": prepared.offer_ref}))

    setattr(transport.Transport, "_buy_once", buy_anew)  # noqa: B010 no such door is typed
