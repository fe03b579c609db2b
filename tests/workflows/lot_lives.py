"""Lots as tests lead them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory

from tests.engine import Engine, eventually
from tests.workflows.case import Case

LOTS = ("lot_disposed",)
"""The histories that `lots` gives."""


async def lot_of(case: Case) -> str:
    """Wait until the unit is in a lot."""
    status = await case.until(lambda s: bool(s["units"][0]["lot_id"]), "gathered")
    return str(status["units"][0]["lot_id"])


def handle(case: Case, lot_id: str) -> WorkflowHandle[Any, Any]:
    return case.engine.env.client.get_workflow_handle(f"lot:acme:{lot_id}")


async def standing(lot: WorkflowHandle[Any, Any], action: str) -> dict[str, Any]:
    """Wait until that is the lot's next step."""

    async def there() -> dict[str, Any]:
        status: dict[str, Any] = await lot.query("status")
        return status if status["next_action"] == action else {}

    return await eventually(there, action)


async def say(lot: WorkflowHandle[Any, Any], update: str, **said: Any) -> dict[str, Any]:
    body = {"request_id": update, "actor": {"kind": "staff", "id": "s-1"}, **said}
    answer: dict[str, Any] = await lot.execute_update(update, body)
    return answer


async def gathered(case: Case, how: str) -> tuple[str, WorkflowHandle[Any, Any]]:
    """It came back, and leaves its hub that way."""
    await case.received()
    unit = {"line_id": "1", "unit": 1, "grade": "damaged", "suggested_disposition": how}
    await case.tell(
        "report_inspection", warehouse="hub-de", return_id=case.return_id, inspector="w-17",
        units=[unit],
    )  # fmt: skip
    lot_id = await lot_of(case)
    return lot_id, handle(case, lot_id)


async def disposed_together(case: Case) -> tuple[str, WorkflowHandle[Any, Any]]:
    """Two returns share a disposal, and its days of gathering are over."""
    lot_id, lot = await gathered(case, "dispose")
    assert (await gathered(await Case.of(case.engine), "dispose"))[0] == lot_id
    await case.engine.env.fast_forward(lot, timedelta(days=6))
    return lot_id, lot


async def proven(case: Case, lot: WorkflowHandle[Any, Any]) -> None:
    """They have it, and its certificate is there when they are asked next."""
    await case.engine.sandbox.advance(timedelta(days=7))
    await case.engine.env.fast_forward(lot, timedelta(days=3))
    await lot.result()


async def lots(engine: Engine) -> Mapping[str, WorkflowHistory]:
    """Live through a disposal, for the replay."""
    case = await Case.of(engine)
    _, lot = await disposed_together(case)
    await standing(lot, "hand_over")
    await proven(case, lot)
    return dict(zip(LOTS, (await lot.fetch_history(),), strict=True))
