"""Each fault does what it says, and hits the same ones however many come at once."""

import asyncio
from contextlib import suppress
from pathlib import Path

import aiosmtplib
import httpx2
import pytest

from sandbox.control_client import SandboxRefused
from tests.sandbox.partners import Partners
from tests.sandbox_process import Sandbox, running_sandbox

IMPATIENCE_S = 0.3


async def refunds_booked(sandbox: Sandbox) -> int:
    rows = await sandbox.client.ledger("payments")
    return sum(row["kind"] == "refund" for row in rows)


async def hit_refund(own: Sandbox, outside: Partners, fault: str) -> httpx2.Response:
    """Ask for a refund that meets a fault, once."""
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.fault("gateway", "refund", fault, times=1)
    return await outside.refund("pi_1", 400, "key")


@pytest.mark.parametrize(
    ("fault", "status"),
    [("refuse_before", 503), ("500_before", 500), ("throttle", 429), ("throttle_bare", 429)],
)
async def test_a_fault_before_the_work_leaves_nothing_behind(
    own: Sandbox, outside: Partners, fault: str, status: int
) -> None:
    assert (await hit_refund(own, outside, fault)).status_code == status
    assert await refunds_booked(own) == 0
    assert (await outside.refund("pi_1", 400, "key")).status_code == 200


@pytest.mark.parametrize(("fault", "told"), [("throttle", "1"), ("throttle_bare", None)])
async def test_only_one_of_the_throttles_says_for_how_long(
    own: Sandbox, outside: Partners, fault: str, told: str | None
) -> None:
    assert (await hit_refund(own, outside, fault)).headers.get("Retry-After") == told


async def test_a_500_after_the_effect_has_the_effect_and_is_replayed(
    own: Sandbox, outside: Partners
) -> None:
    assert (await hit_refund(own, outside, "500_after")).status_code == 500
    assert await refunds_booked(own) == 1
    again = await outside.refund("pi_1", 400, "key")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (500, "true")
    found = (await outside.gateway.get("/refunds", params={"payment_intent": "pi_1"})).json()
    assert [refund["metadata"]["instruction_id"] for refund in found["data"]] == ["key"]


async def test_a_stored_500_is_replayed_although_nothing_happened(
    own: Sandbox, outside: Partners
) -> None:
    assert (await hit_refund(own, outside, "500_stored")).status_code == 500
    assert (await outside.refund("pi_1", 400, "key")).status_code == 500
    assert await refunds_booked(own) == 0


async def test_a_silence_has_the_effect_and_no_answer(own: Sandbox) -> None:
    async with Partners(own, timeout_s=IMPATIENCE_S) as outside:
        with pytest.raises(httpx2.ReadTimeout):
            await hit_refund(own, outside, "silence_after")
    assert await refunds_booked(own) == 1


async def test_a_cut_answer_has_the_effect_and_is_no_answer(
    own: Sandbox, outside: Partners
) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await hit_refund(own, outside, "cut_after")
    assert await refunds_booked(own) == 1


@pytest.mark.parametrize("fault", ["500_after", "cut_after"])
async def test_a_label_is_bought_though_the_answer_is_lost(
    own: Sandbox, outside: Partners, fault: str
) -> None:
    shipment = await outside.rate("label:R-1:p1")
    await own.client.fault("carrier", "buy", fault, times=1)
    with suppress(httpx2.RemoteProtocolError):
        await outside.buy(shipment)
    found = (await outside.carrier.get("/shipments/label:R-1:p1")).json()
    assert found["postage_label"] is not None
    assert len(await own.client.ledger("labels")) == 1


async def test_a_slow_request_is_overtaken_by_a_later_one(own: Sandbox, outside: Partners) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.fault("gateway", "refund", "slow", key="slow", seconds=30)
    slow = asyncio.create_task(outside.refund("pi_1", 400, "slow"))
    while not (fired := await own.client.fired()):
        assert not slow.done()
    assert fired[0]["fault"] == "slow"
    assert (await outside.refund("pi_1", 100, "quick")).status_code == 200
    assert [row["idempotency_key"] for row in await own.client.ledger("payments")] == [
        None,
        "quick",
    ]
    slow.cancel()


async def test_a_fault_can_be_aimed_at_one_return(own: Sandbox, outside: Partners) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.fault("gateway", "refund", "refuse_before", key="R-2")
    answers = [
        (await outside.refund("pi_1", 100, f"key-{name}", return_id=name)).status_code
        for name in ("R-1", "R-2", "R-3")
    ]
    assert answers == [200, 503, 200]


async def test_a_fault_can_be_aimed_by_a_part_of_a_reference(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.fault("carrier", "*", "500_before", key="R-2", times=1)
    await outside.rate("label:R-1:p1")
    with pytest.raises(AssertionError):
        await outside.rate("label:R-2:p1")
    await outside.rate("label:R-2:p1")


async def test_the_rules_say_how_often_they_fired(own: Sandbox, outside: Partners) -> None:
    await hit_refund(own, outside, "refuse_before")
    await outside.refund("pi_1", 400, "key")
    (rule,) = await own.client.faults()
    assert (rule["fault"], rule["fired"]) == ("refuse_before", 1)
    assert await own.client.fired() == [
        {
            "fault": "refuse_before",
            "face": "gateway",
            "operation": "refund",
            "key": "key",
            "arrival": 1,
        }
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"face": "moon", "fault": "slow"}, "face"),
        ({"face": "carrier", "fault": "rain"}, "fault"),
        ({"face": "mail", "fault": "webhook_twice"}, "fault"),
        ({"face": "carrier", "fault": "slow", "operation": "purchase"}, "operation"),
        ({"face": "carrier", "fault": "slow", "rate": 2}, "rate"),
        ({"face": "carrier", "fault": "slow", "times": 0}, "times"),
    ],
)
async def test_a_fault_that_could_never_fire_is_refused(
    shared: Sandbox, said: dict[str, object], field: str
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{shared.url}/_sandbox/faults", json=said)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def who_is_hit(state: Path, seed: str, *, at_once: int) -> set[tuple[str, int, str]]:
    """Send 60 refunds twice, so many at once, and say which met which fault."""
    async with running_sandbox(state, seed=seed) as sandbox, Partners(sandbox) as outside:
        await sandbox.client.capture("pi_1", 100_000, "EUR")
        for fault in ("refuse_before", "500_after", "throttle"):
            await sandbox.client.fault("gateway", "refund", fault, rate=0.2)
        gate = asyncio.Semaphore(at_once)

        async def twice(key: str) -> None:
            for _ in range(2):
                async with gate:
                    await outside.refund("pi_1", 10, key)

        await asyncio.gather(*(twice(f"key-{n}") for n in range(60)))
        fired = await sandbox.client.fired()
    return {(one["key"], one["arrival"], one["fault"]) for one in fired}


async def test_a_seed_hits_the_same_requests_however_many_come_at_once(tmp_path: Path) -> None:
    one_by_one = await who_is_hit(tmp_path / "1", "seed", at_once=1)
    together = await who_is_hit(tmp_path / "2", "seed", at_once=30)
    assert len(one_by_one) > 20
    assert together == one_by_one


async def test_another_seed_hits_others(tmp_path: Path) -> None:
    first = await who_is_hit(tmp_path / "1", "seed", at_once=30)
    assert await who_is_hit(tmp_path / "2", "another", at_once=30) != first


async def test_a_profile_replaces_all_rules(own: Sandbox) -> None:
    await own.client.fault("carrier", "buy", "slow")
    await own.client.fault_profile("hostile")
    hostile = await own.client.faults()
    assert {rule["face"] for rule in hostile} == {
        *(
            "carrier",
            "dhl",
            "dhl_tracking",
            "gateway",
            "adyen",
            "adyen_reports",
            "shipbob",
            "paypal",
            "paypal_certificates",
            "storedvalue",
            "warehouse",
            "mail",
            "twilio",
            "webhooks",
        )
    }
    await own.client.fault_profile("calm")
    assert await own.client.faults() == []
    with pytest.raises(SandboxRefused, match="profile"):
        await own.client.fault_profile("stormy")


# ── Mail ──────────────────────────────────────────────────────────────────────────────────


async def send(
    sandbox: Sandbox, step: str = "notice:R-1:approved", *, timeout_s: float = 5.0
) -> None:
    message = (
        f"Message-ID: <{step}@shop.example>\r\nTo: a@example.com\r\nSubject: Your return\r\n"
        f"X-Backhaul-Step: {step}\r\nX-Backhaul-Template: approved\r\nX-Backhaul-Locale: fr\r\n"
        f"\r\nHello\r\n"
    )
    await aiosmtplib.send(
        message.encode(),
        sender="shop@example.com",
        recipients=["a@example.com"],
        hostname="127.0.0.1",
        port=sandbox.smtp_port,
        timeout=timeout_s,
    )


async def test_a_message_is_booked_once_however_many_copies_come(own: Sandbox) -> None:
    await send(own)
    await send(own)
    (row,) = await own.client.ledger("mail")
    assert (row["to"], row["step_id"], row["template"], row["locale"]) == (
        *("a@example.com", "notice:R-1:approved"),
        *("approved", "fr"),
    )
    (message,) = await own.client.messages("a@example.com")
    assert (message["copies"], message["text"].strip()) == (2, "Hello")


async def test_a_mailbox_can_take_a_message_and_say_that_it_did_not(own: Sandbox) -> None:
    await own.client.fault("mail", "message", "500_after", key="R-1", times=1)
    with pytest.raises(aiosmtplib.SMTPDataError):
        await send(own)
    assert len(await own.client.ledger("mail")) == 1


async def test_a_mailbox_can_refuse_for_now(own: Sandbox) -> None:
    await own.client.fault("mail", "*", "throttle", times=1)
    with pytest.raises(aiosmtplib.SMTPDataError):
        await send(own)
    assert await own.client.ledger("mail") == []
    await send(own)
    assert len(await own.client.ledger("mail")) == 1


async def test_a_mailbox_can_take_a_message_and_fall_silent(own: Sandbox) -> None:
    await own.client.fault("mail", "message", "silence_after", times=1)
    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await send(own, timeout_s=IMPATIENCE_S)
    assert len(await own.client.ledger("mail")) == 1
    await send(own, "notice:R-2:approved")


async def test_a_mailbox_can_take_a_message_and_hang_up(own: Sandbox) -> None:
    await own.client.fault("mail", "message", "cut_after", times=1)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(own)
    assert len(await own.client.ledger("mail")) == 1


async def test_a_fault_with_times_fires_also_after_a_clearing(own: Sandbox) -> None:
    for _ in range(2):
        await own.client.clear_faults()
        await own.client.fault("mail", "message", "throttle", times=1)
        (rule,) = await own.client.faults()
        assert rule["fired"] == 0
        with pytest.raises(aiosmtplib.SMTPDataError):
            await send(own)
        (rule,) = await own.client.faults()
        assert rule["fired"] == 1
