"""The codec's address: staff read what was sealed, others do not, and each reading is noted."""

import json
from uuid import uuid4

import httpx2
import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from adapters.sealing.codec import SealingCodec
from api.access.openings import Openings
from api.access.rights import Role
from tests.http.conftest import UI, Shop

BODY = Payload(metadata={"encoding": b"json/plain"}, data=b'{"note":"Kanarienvogel"}')


async def asked_for(shop: Shop, return_id: str = "R-1") -> dict[str, object]:
    """What the UI sends of one sealed payload."""
    assert shop.doors.keys_of_files is not None
    file = f"return:{shop.tenant}:{return_id}"
    sealed = await SealingCodec(shop.doors.keys_of_files, "default", file).encode([BODY])
    told: dict[str, object] = MessageToDict(Payloads(payloads=sealed))
    return told


def opened(answer: httpx2.Response) -> bool:
    assert answer.status_code == 200, answer.text
    return bool(answer.json() == MessageToDict(Payloads(payloads=[BODY])))


async def test_who_helps_customers_reads_what_was_sealed_and_it_is_written_down(shop: Shop) -> None:
    body, agent = await asked_for(shop), await shop.key(Role.AGENT)
    assert opened(await shop.http.post("/v1/codec/decode", json=body, headers=agent))
    [noted] = await Openings(shop.doors.pool).newest(shop.tenant)
    assert (noted.role, noted.file, noted.payloads) == ("agent", f"return:{shop.tenant}:R-1", 1)
    assert noted.caller.startswith("service:key-")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE, Role.BACKEND, Role.WAREHOUSE])
async def test_others_do_not_and_nothing_is_opened(shop: Shop, role: Role) -> None:
    body = await asked_for(shop)
    answer = await shop.http.post("/v1/codec/decode", json=body, headers=await shop.key(role))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert await Openings(shop.doors.pool).newest(shop.tenant) == []


async def test_another_merchants_payload_stays_as_it_is(shop: Shop) -> None:
    body, foreign = await asked_for(shop), f"t{uuid4().hex[:8]}"
    admin = await shop.key(Role.ADMIN, foreign)
    answer = await shop.http.post("/v1/codec/decode", json=body, headers=admin)
    assert answer.json() == body
    assert await Openings(shop.doors.pool).newest(foreign) == []


async def test_only_the_key_of_a_reader_may_stand_in_an_address(shop: Shop) -> None:
    body = await asked_for(shop)
    for role, code in ((Role.READER, 200), (Role.ADMIN, 401)):
        shown = (await shop.key(role))["Authorization"].removeprefix("Bearer ")
        answer = await shop.http.post(f"/v1/codec/as/{shown}/decode", json=body)
        assert answer.status_code == code, role
    reader = await shop.key(Role.READER)
    assert (await shop.http.get("/v1/returns", headers=reader)).status_code == 403


async def test_pages_of_the_ui_may_ask_from_a_browser_and_others_may_not(shop: Shop) -> None:
    asking = {"Access-Control-Request-Method": "POST",
              "Access-Control-Request-Headers": "content-type,x-namespace,authorization"}  # fmt: skip
    named = "access-control-allow-origin"
    theirs = await shop.http.options("/v1/codec/decode", headers={"Origin": UI, **asking})
    assert (theirs.status_code, theirs.headers[named]) == (200, UI)
    for path, origin in (("/v1/codec/decode", "http://evil.example"), ("/v1/returns", UI)):
        answer = await shop.http.options(path, headers={"Origin": origin, **asking})
        assert named not in answer.headers


async def test_what_the_ui_would_seal_it_gets_back(shop: Shop) -> None:
    body = MessageToDict(Payloads(payloads=[BODY]))
    agent = await shop.key(Role.AGENT)
    assert opened(await shop.http.post("/v1/codec/encode", json=body, headers=agent))


async def test_what_are_no_payloads_is_refused(shop: Shop) -> None:
    agent = await shop.key(Role.AGENT)
    for body in ("[", json.dumps({"payloads": 7})):
        answer = await shop.http.post("/v1/codec/decode", content=body, headers=agent)
        assert (answer.status_code, answer.json()["path"]) == (400, "body")


async def test_nobody_reads_everything_at_once(shop: Shop) -> None:
    body, agent = await asked_for(shop), await shop.key(Role.AGENT)
    before, shop.doors.limits.of_reader = shop.doors.limits.of_reader, 2
    try:
        answers = [
            await shop.http.post("/v1/codec/decode", json=body, headers=agent) for _ in range(5)
        ]
    finally:
        shop.doors.limits.of_reader = before
    assert 429 in {answer.status_code for answer in answers}
