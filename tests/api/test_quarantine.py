"""News that a person releases is told as it would have been, and what was dropped is not."""

from dataclasses import replace

import pytest

from adapters.postgres.inbox import Delivery, Tidings
from adapters.postgres.pool import borrowed
from adapters.postgres.quarantine import Quarantine
from api.client import ReturnsClient
from api.relay import GIVE_UP_AFTER
from tests.api.scene import Scene
from tests.api.signed import tracker
from tests.api.test_early_news import keep
from tests.projections.story import OPENED


async def number_of(scene: Scene, event_id: str) -> int:
    async with borrowed(scene.pool) as connection:
        asked = "SELECT id FROM backhaul.inbox WHERE event_id = %s"
        [(number,)] = await (await connection.execute(asked, (event_id,))).fetchall()
    return int(number)


async def test_what_the_server_refused_is_told_once_it_is_released_and_holds_up_nothing(
    scene: Scene, client: ReturnsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.label()
    relay = scene.make_doors().relay
    tell = relay._signal

    async def unable(delivery: Delivery) -> None:
        await tell(replace(delivery, body_json='{"half": "\\ud800"}'))

    monkeypatch.setattr(relay, "_signal", unable)
    await scene.post(tracker("T1", day=6, event_id="evt_1"))
    assert await relay.drain() == 0
    assert await scene.state_of("evt_1") == "quarantined"
    assert await client.quarantine.release(await number_of(scene, "evt_1"), "mended") is None
    await scene.post(tracker("T1", day=7, event_id="evt_2"))
    assert await scene.relay() == 2
    assert [body["occurred_at"][:10] for _, body in await scene.heard(2)] == [
        "2026-03-06",
        "2026-03-07",
    ]
    assert await scene.states() == [("evt_1", "relayed", ""), ("evt_2", "relayed", "")]


async def test_what_was_given_up_finds_its_return_once_it_is_released(
    scene: Scene, client: ReturnsClient
) -> None:
    await scene.post(tracker("T1"))
    await scene.relay()
    await scene.relay(ahead=2 * GIVE_UP_AFTER)
    await scene.label("R-1", "T1")
    assert await scene.relay(ahead=3 * GIVE_UP_AFTER) == 0
    assert await client.quarantine.release(await number_of(scene, "evt_1"), "label known") is None
    assert await scene.relay() == 1
    assert len(await scene.heard(1)) == 1


async def test_what_still_finds_no_return_comes_back_with_the_reason(
    scene: Scene, client: ReturnsClient
) -> None:
    await scene.post(tracker("T9"))
    await scene.relay()
    await scene.relay(ahead=2 * GIVE_UP_AFTER)
    assert await client.quarantine.release(await number_of(scene, "evt_1"), "try") is None
    await scene.relay(ahead=2 * GIVE_UP_AFTER)
    assert await scene.states() == [("evt_1", "quarantined", "no return has this tracking")]


async def test_early_news_that_was_dropped_is_told_to_nobody_when_its_return_begins(
    scene: Scene, client: ReturnsClient
) -> None:
    await keep(scene)
    assert await client.quarantine.drop(await number_of(scene, "R-1 dock-1"), "a test") is None
    await scene.story.open("R-1")
    assert await scene.relay() == 0
    assert await scene.state_of("R-1 dock-1") == "ignored"


async def test_what_is_dropped_while_the_relay_looks_for_its_return_is_not_told(
    scene: Scene, client: ReturnsClient
) -> None:
    await keep(scene)
    await scene.story.open("R-1")
    async with scene.make_doors().inbox.turn() as turn:
        assert turn is not None
        [event] = await turn.to_resolve(OPENED, 10)
        assert await client.quarantine.drop(event.id, "a test") is None
        await turn.resolve(event, [Tidings(scene.tenant, "R-1", "report_receipt", {})])
    assert await scene.relay() == 0
    assert await scene.state_of("R-1 dock-1") == "ignored"


async def test_of_two_who_end_it_at_once_one_does(scene: Scene) -> None:
    await scene.post(tracker("T9"))
    await scene.relay()
    await scene.relay(ahead=2 * GIVE_UP_AFTER)
    kept = Quarantine(scene.pool)
    news = await kept.find(await number_of(scene, "evt_1"))
    assert news is not None
    assert await kept.end(news, "released", "staff:s-1", "known now")
    assert not await kept.end(news, "dropped", "staff:s-2", "nothing")
    assert [one.how for one in await kept.endings(news.id)] == ["released"]
