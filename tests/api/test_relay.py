"""What was acknowledged reaches its returns: once, in order, early or late."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from adapters.postgres.inbox import Delivery
from adapters.postgres.pool import borrowed
from api.relay import GIVE_UP_AFTER, TemporalAway
from projections.runner import rebuild
from tests.api.scene import Scene
from tests.api.serving import serving
from tests.api.signed import tracker

A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)


async def test_a_scan_is_told_to_the_return_whose_label_it_is(scene: Scene) -> None:
    await scene.label("R-1", "T1")
    await scene.post(tracker("T1"))
    assert await scene.relay() == 1
    [(signal, body)] = await scene.heard(1)
    assert signal == "report_tracking"
    assert body["tracking_number"] == "T1"
    assert body["occurred_at"] == "2026-03-06T09:00:00+00:00"
    assert await scene.states() == [("evt_1", "relayed", "")]


async def test_what_was_relayed_is_not_relayed_again(scene: Scene) -> None:
    await scene.label()
    await scene.post(tracker("T1"), tracker("T1"))
    assert await scene.relay() == 1
    await scene.post(tracker("T1"))
    assert await scene.relay() == 0
    assert len(await scene.heard(1)) == 1


async def test_a_return_hears_its_news_in_the_order_they_came(scene: Scene) -> None:
    await scene.label()
    days = [6, 9, 7, 8]  # the carrier's webhooks were shuffled on their way
    await scene.post(*[tracker("T1", day=day, event_id=f"evt_{day}") for day in days])
    await scene.relay()
    told = [body["occurred_at"][:10] for _, body in await scene.heard(4)]
    assert told == [f"2026-03-0{day}" for day in days]


async def test_a_scan_told_again_in_another_event_keeps_its_message_id(scene: Scene) -> None:
    await scene.label()
    await scene.post(tracker("T1", event_id="evt_1"), tracker("T1", event_id="evt_2"))
    await scene.relay()
    first, second = await scene.heard(2)
    assert first == second


class Killed(BaseException):
    """The process is gone: nothing after it happens, and nobody catches it."""


async def test_killed_between_telling_and_noting_it_is_told_again_under_the_same_id(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.label()
    killed = scene.make_doors().relay
    tell = killed._signal

    async def told_then_killed(delivery: Delivery) -> None:
        await tell(delivery)
        raise Killed

    monkeypatch.setattr(killed, "_signal", told_then_killed)
    await scene.post(tracker("T1"))
    with pytest.raises(Killed):
        await killed.drain()
    assert await scene.state_of("evt_1") == "resolved"
    assert await scene.relay() == 1
    first, again = await scene.heard(2)
    assert first == again
    assert await scene.state_of("evt_1") == "relayed"


async def test_two_processes_that_relay_at_once_tell_everything_once(scene: Scene) -> None:
    await scene.label()
    await scene.post(*[tracker("T1", day=day, event_id=f"evt_{day}") for day in range(1, 20)])
    sent = await asyncio.gather(*(scene.relay() for _ in range(4)))
    assert sum(sent) + await scene.relay() == 19
    told = [body["occurred_at"][8:10] for _, body in await scene.heard(19)]
    assert told == [f"{day:02}" for day in range(1, 20)]


# ── Early and late ────────────────────────────────────────────────────────────────────────


async def test_an_event_that_comes_before_its_return_is_known_waits_and_is_then_told(
    scene: Scene,
) -> None:
    await scene.post(tracker("T1"))
    assert await scene.relay() == 0
    assert await scene.states() == [("evt_1", "waiting", "no return has this tracking")]
    await scene.label("R-1", "T1")
    assert await scene.relay(ahead=A_SECOND) == 1
    assert len(await scene.heard(1)) == 1


async def test_an_event_that_nobody_knows_goes_to_a_person_after_a_day_and_not_before(
    scene: Scene,
) -> None:
    await scene.post(tracker("T9"))
    await scene.relay()
    await scene.relay(ahead=GIVE_UP_AFTER - A_MINUTE)
    assert await scene.state_of("evt_1") == "waiting"
    await scene.relay(ahead=GIVE_UP_AFTER + 10 * A_MINUTE)
    assert await scene.states() == [("evt_1", "quarantined", "no return has this tracking")]


async def test_the_pause_between_two_attempts_doubles_up_to_a_limit(scene: Scene) -> None:
    await scene.post(tracker("T9"))
    pauses, ahead = [], timedelta(0)
    for _ in range(12):
        await scene.relay(ahead=ahead)
        async with borrowed(scene.pool) as connection:
            cursor = await connection.execute(
                "SELECT round(extract(epoch FROM next_try_at - clock_timestamp())) FROM inbox"
            )
            [(due_s,)] = await cursor.fetchall()
        pauses.append(round(float(due_s) - ahead.total_seconds()))
        ahead = timedelta(seconds=float(due_s) + 1)
    assert pauses[2:] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


async def test_late_news_starts_the_workflow_of_a_return_that_was_closed(scene: Scene) -> None:
    await scene.label()
    await scene.post(tracker("T1", event_id="evt_1"))
    await scene.relay()
    await scene.heard(1)
    await scene.listener.end("R-1", scene.tenant)
    await scene.post(tracker("T1", day=9, event_id="evt_2"))
    await scene.relay()
    [(_, body)] = await scene.heard(1)
    assert body["occurred_at"].startswith("2026-03-09")


async def test_while_the_temporal_server_is_away_events_are_kept_and_told_when_it_is_back(
    scene: Scene,
) -> None:
    await scene.label()
    relay = scene.make_doors().relay
    relay._temporal = await Client.connect(
        "127.0.0.1:1", lazy=True, data_converter=pydantic_data_converter
    )
    await scene.post(tracker("T1"))
    with pytest.raises(TemporalAway):
        await relay.drain()
    assert await scene.state_of("evt_1") == "resolved"
    assert await scene.relay() == 1
    assert len(await scene.heard(1)) == 1


async def test_the_relay_of_a_served_app_drains_at_its_start_and_is_woken_by_what_comes_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.relay.POLL_S", 3_600.0)
    await scene.label()
    await scene.post(tracker("T1", day=6, event_id="evt_1"))
    async with serving(scene.make_doors(), relaying=True) as other:
        assert len(await scene.heard(1)) == 1
        scene.http = other
        await scene.post(tracker("T1", day=7, event_id="evt_2"))
        assert len(await scene.heard(2)) == 2


async def test_a_relay_whose_read_models_were_not_built_yet_goes_on_when_they_are(
    scene: Scene,
) -> None:
    async with borrowed(scene.pool) as connection:
        await connection.execute("DROP VIEW projections.partner_reference")
    await scene.post(tracker("T1"))
    async with serving(scene.make_doors(), relaying=True):
        await scene.story.open("R-1")
        await scene.story.label("R-1", "T1")
        await rebuild(scene.pool, "partner_references")
        assert len(await scene.heard(1)) == 1


async def test_what_no_signal_can_carry_goes_to_a_person_and_stops_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.label()
    relay = scene.make_doors().relay
    tell = relay._signal

    async def unable(delivery: Delivery) -> None:
        await tell(delivery if "2026-03-06" not in delivery.body_json else broken(delivery))

    monkeypatch.setattr(relay, "_signal", unable)
    await scene.post(tracker("T1", day=6, event_id="evt_1"), tracker("T1", day=7, event_id="evt_2"))
    assert await relay.drain() == 1
    assert await scene.states() == [
        ("evt_1", "quarantined", "the Temporal server refuses it"),
        ("evt_2", "relayed", ""),
    ]


def broken(delivery: Delivery) -> Delivery:
    """The same with half a character in its body."""
    return replace(delivery, body_json='{"half": "\\ud800"}')
