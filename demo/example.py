"""A first request to try: of a shoe that was bought ten days ago, and paid at the sandbox."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.journeys import shifted
from sandbox.control_client import SandboxControl

HERE = Path(__file__).parent


def example(now: datetime, return_id: str) -> dict[str, Any]:
    """The first of the shipped requests, its order with it, as if it were asked for now."""
    [order, *_] = json.loads((HERE / "orders.json").read_text(encoding="utf-8"))
    [journey, *_] = json.loads((HERE / "requests.json").read_text(encoding="utf-8"))
    request: dict[str, Any] = {**journey["request"], "order": order, "return_id": return_id}
    later = now - datetime.fromisoformat(request["requested_at"])
    moved: dict[str, Any] = shifted(request, later)
    # Another order for each return: of one order a unit comes back once.
    moved["order_id"] = moved["order"]["order_id"] = f"W-{return_id}"
    for tender in moved["order"]["tenders"]:
        tender["payment_ref"] = f"{tender['payment_ref']}_{return_id}"
    return moved


async def pay(request: dict[str, Any], sandbox_url: str) -> None:
    """Let the order have been paid at the sandbox, or nothing could be paid back."""
    order = request["order"]
    async with SandboxControl(sandbox_url) as sandbox:
        for tender in order["tenders"]:
            await sandbox.capture(
                tender["payment_ref"], tender["captured_minor"], order["currency"]
            )
