"""News that a signal told to a return before it was opened goes to it once it is."""

from dataclasses import replace

import pytest

from activities.known import return_stream
from activities.unplaced import UnplacedNews
from adapters.postgres.inbox import Delivery
from adapters.postgres.unplaced import InboxUnplaced
from tests.api.scene import Scene
from tests.projections.story import OPENED

RECEIPT = {"message_id": "dock-1", "units": [{"sku": "SHIRT", "quantity": 1}]}


async def keep(scene: Scene, message_id: str = "dock-1", return_id: str = "R-1") -> None:
    """What the recorder keeps when nobody has opened that return."""
    await InboxUnplaced(scene.pool).keep(
        UnplacedNews(
            tenant=scene.tenant,
            return_id=return_id,
            stream=return_stream(scene.tenant, return_id),
            message="report_receipt",
            message_id=message_id,
            occurred_at=OPENED,
            body=RECEIPT,
            code="unknown_return",
            because="there is no such return",
        )
    )


async def test_it_is_told_whether_or_not_the_read_models_know_the_return_yet(scene: Scene) -> None:
    await keep(scene)
    assert await scene.relay() == 0
    assert await scene.state_of("R-1 dock-1") == "quarantined"
    await scene.story.open("R-1")
    assert await scene.relay() == 1
    assert await scene.heard(1) == [("report_receipt", RECEIPT)]


async def test_it_is_told_to_the_return_it_named_and_to_no_other(scene: Scene) -> None:
    await keep(scene, return_id="R-1")
    await scene.story.open("R-10")
    assert await scene.relay() == 0


class Killed(BaseException):
    """The process is gone."""


async def test_killed_between_telling_and_noting_it_is_told_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(scene)
    await scene.story.open("R-1")
    killed = scene.make_doors().relay
    tell = killed._signal

    async def told_then_killed(delivery: Delivery) -> None:
        await tell(delivery)
        raise Killed

    monkeypatch.setattr(killed, "_signal", told_then_killed)
    with pytest.raises(Killed):
        await killed.drain()
    assert await scene.relay() == 1
    first, again = await scene.heard(2)
    assert first == again
    assert await scene.state_of("R-1 dock-1") == "relayed"


async def test_what_no_signal_can_carry_stays_and_holds_up_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(scene, "dock-1")
    await keep(scene, "dock-2")
    await scene.story.open("R-1")
    relay = scene.make_doors().relay
    tell = relay._signal

    async def unable(delivery: Delivery) -> None:
        broken = replace(delivery, body_json='{"half": "\\ud800"}')
        await tell(delivery if delivery.inbox_id > 1 else broken)

    monkeypatch.setattr(relay, "_signal", unable)
    assert await relay.drain() == 1
    assert await relay.drain() == 0
    assert await scene.states() == [
        ("R-1 dock-1", "quarantined", "the Temporal server refuses it"),
        ("R-1 dock-2", "relayed", ""),
    ]


async def test_one_that_names_no_parcel_goes_to_the_return_that_it_was_told_to(
    scene: Scene,
) -> None:
    await keep(scene)
    await scene.story.open("R-1")
    assert await scene.relay() == 1
    assert await scene.state_of("R-1 dock-1") == "relayed"


async def test_what_was_given_to_a_person_is_not_taken_up_again_by_itself(scene: Scene) -> None:
    await keep(scene)
    await scene.story.open("R-1")
    async with scene.make_doors().inbox.turn() as turn:
        assert turn is not None
        [event] = await turn.to_resolve(OPENED, 10)
        await turn.settle(event.id, "quarantined", "a person has to look")
        assert await turn.to_resolve(OPENED, 10) == []
