"""EasyPost's claims: its recording, and answers made like it, in our words."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.failures import Misspoken
from activities.ports import ClaimedGoods, ClaimFiled, ClaimOrder, ClaimRefused, ClaimStanding
from adapters.carriers.easypost_claims import EasyPostClaims
from adapters.http import open_client
from domain.money import Money
from tests.adapters.recordings import answer_of, interactions
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

WORTH = Money(amount_minor=10_000, currency="USD")
ORDER = ClaimOrder(
    step_id="recovery:acme:R-1.P1-lost",
    cause="damaged",
    tracking_number="9400100208303109500669",
    label_ref="shp_1",
    reference="R-1",
    handed_over_at=datetime(2026, 3, 9, tzinfo=UTC),
    goods=(ClaimedGoods(name="Größe 42 衬衫", sku="SHIRT", value=WORTH),),
    amount=WORTH,
)


@asynccontextmanager
async def claims(handler: Handler) -> AsyncIterator[tuple[EasyPostClaims, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        adapter = EasyPostClaims(
            client, base_url=wire.url, api_key="k", contact="claims@shop.example", currency="USD"
        )
        yield adapter, wire


def _recorded() -> dict[str, Any]:
    *_, claim = interactions("easypost/test_claim_create.yaml")
    return claim


async def test_the_recorded_claim_is_filed_with_the_fields_that_they_were_sent() -> None:
    recording = _recorded()
    async with claims(in_turn(answer_of(recording))) as (adapter, wire):
        filed = await adapter.file_claim(ORDER)
    assert filed == ClaimFiled(claim_ref="clm_09ce5f03fd6b4310b9c5b7f306407214")
    sent = json.loads(wire.requests[0].body)
    theirs = json.loads(recording["request"]["body"])
    assert set(theirs) <= set(sent)
    assert (sent["type"], sent["amount"]) == (theirs["type"], theirs["amount"])
    kind, _, document = sent["invoice_attachments"][0].partition(",")
    assert kind == "data:application/pdf;base64"
    assert base64.b64decode(document).startswith(b"%PDF")


async def test_a_claim_is_found_by_its_parcel_on_whichever_page_it_stands() -> None:
    claim = json.loads(_recorded()["response"]["body"]["string"])
    other = {**claim, "id": "clm_2", "tracking_code": "1"}
    first = says(200, {"claims": [other], "has_more": True})
    second = says(200, {"claims": [claim], "has_more": False})
    async with claims(in_turn(first, second)) as (adapter, wire):
        assert await adapter.find_claim(ORDER) == ClaimFiled(claim_ref=claim["id"])
    assert "before_id=clm_2" in wire.requests[1].target


async def test_of_two_claims_for_one_parcel_the_first_that_was_filed_is_found() -> None:
    """They list the newest first."""
    number = ORDER.tracking_number
    about = {"tracking_code": number, "type": "damage", "status": "submitted"}
    second = says(200, {"claims": [{"id": "clm_2", **about}], "has_more": True})
    first = says(200, {"claims": [{"id": "clm_1", **about}], "has_more": False})
    async with claims(in_turn(second, first)) as (adapter, _):
        assert await adapter.find_claim(ORDER) == ClaimFiled(claim_ref="clm_1")


async def test_a_claim_that_was_cancelled_is_not_there_any_more() -> None:
    claim = json.loads(_recorded()["response"]["body"]["string"])
    page = {"claims": [{**claim, "status": "cancelled"}], "has_more": False}
    async with claims(in_turn(says(200, page))) as (adapter, _):
        assert await adapter.find_claim(ORDER) is None


@pytest.mark.parametrize(
    ("status", "approved", "state", "granted"),
    [
        ("in_review", None, "waiting", None),
        ("needs_action", None, "asks", None),
        ("approved", "100.00", "granted", 10_000),
        ("approved_partial", "40.50", "granted", 4_050),
        ("rejected", None, "refused", None),
    ],
)
async def test_how_it_stands_is_said_in_our_words(
    status: str, approved: str | None, state: Any, granted: int | None
) -> None:
    claim = json.loads(_recorded()["response"]["body"]["string"])
    told = {**claim, "status": status, "approved_amount": approved, "status_detail": "So."}
    async with claims(in_turn(says(200, told))) as (adapter, _):
        standing = await adapter.look_up_claim("clm_1")
    money = None if granted is None else Money(amount_minor=granted, currency="USD")
    assert standing == ClaimStanding(state=state, granted=money, theirs="So.")


async def test_what_they_have_decided_they_do_not_cancel_and_say_how_it_stands() -> None:
    claim = json.loads(_recorded()["response"]["body"]["string"])
    no = says(422, {"error": {"code": "CLAIM.CANCEL.INVALID"}})
    decided = says(200, {**claim, "status": "approved", "approved_amount": "1.00"})
    async with claims(in_turn(no, decided)) as (adapter, _):
        assert (await adapter.cancel_claim("clm_1")).state == "granted"


async def test_a_parcel_that_is_not_insured_and_another_currency_are_refused() -> None:
    no = says(422, {"error": {"code": "CLAIM.INSURANCE.NOT_FOUND"}})
    async with claims(in_turn(no)) as (adapter, wire):
        assert await adapter.file_claim(ORDER) == ClaimRefused(theirs="CLAIM.INSURANCE.NOT_FOUND")
        euros = ORDER.model_copy(update={"amount": Money(amount_minor=1, currency="EUR")})
        assert isinstance(await adapter.file_claim(euros), ClaimRefused)
    assert len(wire.requests) == 1


async def test_a_status_that_nobody_knows_is_a_defect_and_no_answer() -> None:
    claim = json.loads(_recorded()["response"]["body"]["string"])
    async with claims(in_turn(says(200, {**claim, "status": "new"}))) as (adapter, _):
        with pytest.raises(Misspoken):
            await adapter.look_up_claim("clm_1")
