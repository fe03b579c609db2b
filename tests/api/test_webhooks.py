"""A webhook is proven, kept once and acknowledged; or it is refused and leaves nothing."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from adapters.postgres.pool import Pool, borrowed
from api.doors import Doors
from domain.returns.doors import BODY_LIMIT
from tests.api.scene import states
from tests.api.serving import NOW
from tests.api.signed import Sent, easypost, receipt, stripe, tracker, warehouse

OLD = timedelta(seconds=301)


async def post(http: httpx2.AsyncClient, sent: Sent) -> httpx2.Response:
    return await http.post(sent.path, content=sent.raw, headers=dict(sent.headers))


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_a_proven_webhook_is_kept_and_acknowledged(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    answer = await post(http, tracker("T1"))
    assert (answer.status_code, answer.json()) == (
        202,
        {"event_id": "evt_1", "state": "received"},
    )
    assert await states(pool) == [("evt_1", "received", "")]


async def test_an_event_delivered_again_is_known(http: httpx2.AsyncClient, pool: Pool) -> None:
    await post(http, tracker("T1"))
    answer = await post(http, tracker("T1"))
    assert (answer.status_code, answer.json()["state"]) == (202, "known")
    assert len(await states(pool)) == 1


async def test_one_event_id_with_another_body_changes_nothing(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    await post(http, tracker("T1"))
    answer = await post(http, tracker("T2"))
    assert (answer.status_code, answer.json()["state"]) == (202, "known")
    async with borrowed(pool) as connection:
        cursor = await connection.execute("SELECT facts::text FROM backhaul.inbox")
        [(facts,)] = await cursor.fetchall()
    assert json.loads(facts)[0]["reference"] == "T1"


async def test_every_live_secret_counts_while_one_is_replaced(http: httpx2.AsyncClient) -> None:
    for number, secret in enumerate(("new-easypost", "old-easypost")):
        sent = tracker("T1", event_id=f"evt_{number}", secret=secret)
        assert (await post(http, sent)).status_code == 202


GOOD = stripe("refund.updated", {"id": "re_1"})


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(tracker("T1", secret="nobody's"), id="another secret"),
        pytest.param(tracker("T1").but(headers={}), id="no signature"),
        pytest.param(GOOD.but(raw=GOOD.raw.replace(b"re_1", b"re_2")), id="tampered"),
        pytest.param(stripe("refund.updated", {"id": "re_1"}, at=NOW - OLD), id="stale"),
        pytest.param(stripe("refund.updated", {"id": "re_1"}, at=NOW + OLD), id="of the future"),
        pytest.param(warehouse("receipt.reported", {}, at=NOW - OLD), id="stale report"),
        pytest.param(GOOD.but(account="eu"), id="for another account"),
    ],
)
async def test_what_is_forged_stale_or_tampered_is_refused_and_leaves_no_row(
    http: httpx2.AsyncClient, pool: Pool, sent: Sent
) -> None:
    assert problem(await post(http, sent)) == (401, "forged")
    assert await states(pool) == []


@pytest.mark.parametrize(
    "sent", [GOOD.but(account="us"), GOOD.but(provider="klarna"), GOOD.but(provider="stripe_eu")]
)
async def test_an_account_without_a_secret_of_its_own_is_unknown(
    http: httpx2.AsyncClient, pool: Pool, sent: Sent
) -> None:
    assert problem(await post(http, sent)) == (404, "unknown_account")
    assert await states(pool) == []


async def test_a_body_of_exactly_the_limit_is_taken(http: httpx2.AsyncClient) -> None:
    bare = len(easypost("other.event", {"pad": ""}).raw)
    sent = easypost("other.event", {"pad": "x" * (BODY_LIMIT - bare)})
    assert len(sent.raw) == BODY_LIMIT
    assert (await post(http, sent)).status_code == 202


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 2_100_000, 4_300_000])
async def test_a_body_over_the_limit_is_too_large(
    http: httpx2.AsyncClient, pool: Pool, size: int
) -> None:
    sent = easypost("other.event", {"pad": "x" * size})
    assert problem(await post(http, sent)) == (413, "too_large")
    assert await states(pool) == []


async def test_a_body_of_untold_length_is_cut_off_at_the_limit(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 1_000

    answer = await http.post("/v1/webhooks/easypost/main", content=endless())
    assert problem(answer) == (413, "too_large")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'{"id":"evt_1","id":"evt_2","description":"tracker.updated"}',
        b'{"id":"evt_1","description":"tracker.updated","n":' + b"9" * 19 + b"}",
        b'{"id":"evt_1","description":"tracker.updated","n":NaN}',
        b'{"id":"evt_1","description":"tracker.updated","n":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"description":"tracker.updated"}',
        b'{"id":"evt\\u00001","description":"tracker.updated"}',
        b'{"id":"' + b"e" * 201 + b'","description":"tracker.updated"}',
    ],
)
async def test_a_signed_body_that_is_no_event_is_told_so(
    http: httpx2.AsyncClient, pool: Pool, raw: bytes
) -> None:
    from adapters.webhooks.easypost import sign

    sent = Sent("easypost", raw, {"X-Hmac-Signature": sign(raw, "new-easypost")})
    assert problem(await post(http, sent)) == (400, "unreadable")
    assert await states(pool) == []


async def test_an_event_that_says_nothing_of_returns_is_ignored_with_its_reason(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    answer = await post(http, stripe("customer.created", {"id": "cus_1"}))
    assert (answer.status_code, answer.json()["state"]) == (202, "ignored")
    assert await states(pool) == [("evt_s1", "ignored", "says nothing of returns")]


@pytest.mark.parametrize(
    "sent",
    [
        easypost("tracker.updated", {"status": "in_transit"}, "evt_1"),
        easypost("tracker.updated", {"tracking_code": "T\ud800", "status": "in_transit",
                 "updated_at": NOW.isoformat()}, "evt_1"),
    ],
    ids=["what it must hold is missing", "half a character"],
)  # fmt: skip
async def test_an_event_of_ours_that_makes_no_sense_is_kept_for_a_person(
    http: httpx2.AsyncClient, pool: Pool, sent: Sent
) -> None:
    answer = await post(http, sent)
    assert (answer.status_code, answer.json()["state"]) == (202, "quarantined")
    [(_, state, reason)] = await states(pool)
    assert state == "quarantined"
    assert reason


async def test_the_body_is_not_kept_with_what_it_says_of_a_person(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    result = {"tracking_code": "T1", "status": "delivered", "signed_by": "Canary Bird",
              "carrier_detail": {"destination_location": "Canary Lane 5"},
              "updated_at": NOW.isoformat()}  # fmt: skip
    await post(http, easypost("tracker.updated", result))
    async with borrowed(pool) as connection:
        cursor = await connection.execute("SELECT i::text FROM backhaul.inbox AS i")
        [(row,)] = await cursor.fetchall()
    assert "canary" not in row.lower()
    assert "T1" in row


async def test_while_the_database_is_away_a_webhook_is_asked_to_come_again(
    http: httpx2.AsyncClient, doors: Doors
) -> None:
    await doors.pool.close()
    answer = await post(http, receipt([]))
    assert problem(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
