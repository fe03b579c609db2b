"""What our own comparison of books found goes the way of every webhook, to its merchant alone."""

from dataclasses import dataclass, field
from typing import Any

from adapters.postgres.tidings import InboxTidings
from projections.runner import catch_up
from tests.api.scene import Scene
from tests.projections.story import OPENED, Story


@dataclass(frozen=True)
class Whose:
    tenant: str


@dataclass(frozen=True)
class Told:
    """That a bank took money from a payment."""

    message_id: str = "reconciliation:chargeback-1:opened:20300304"
    signal: str = "report_chargeback"
    reference_kind: str = "payment"
    reference: str = "pi_card"
    body: dict[str, Any] = field(
        default_factory=lambda: {
            "message_id": "reconciliation:chargeback-1:opened:20300304",
            "occurred_at": OPENED.isoformat(),
            "payment_ref": "pi_card",
            "amount": {"amount_minor": 100, "currency": "EUR"},
            "status": "opened",
        }
    )


async def test_it_is_told_to_the_returns_of_its_merchant_though_another_has_the_same_payment(
    scene: Scene,
) -> None:
    await scene.label("R-1", "T1")
    await Story(scene.story.store, tenant=f"{scene.tenant}b").open("R-1")
    await catch_up(scene.pool)
    await InboxTidings(scene.pool).leave(Whose(scene.tenant), Told())
    assert await scene.relay() == 1
    [(signal, body)] = await scene.heard(1)
    assert (signal, body["status"]) == ("report_chargeback", "opened")


async def test_left_twice_it_is_told_once(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    for _ in range(2):
        await InboxTidings(scene.pool).leave(Whose(scene.tenant), Told())
    assert await scene.relay() == 1
    assert await scene.relay() == 0
