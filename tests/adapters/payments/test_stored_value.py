"""Gift cards and store credit, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from activities.failures import AnswerLost, Misspoken
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.http import open_client
from adapters.payments.stored_value import StoredValueGateway
from domain.money import Money
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

AMOUNT = Money(amount_minor=1085, currency="EUR")
ORDER = PayoutOrder(
    instruction_id="payout:R-1:1", payment_ref="gc_1", amount=AMOUNT, reference="R-1"
)
CREDIT: dict[str, Any] = {
    "id": "cr_1", "account": "gc_1", "amount_minor": 1085, "currency": "EUR", "code": "ABCD",
    "status": "issued",
}  # fmt: skip
ISSUED = PayoutAnswer(state="succeeded", payout_ref="cr_1", code="ABCD", amount=AMOUNT)


@asynccontextmanager
async def stored_value(handler: Handler) -> AsyncIterator[tuple[StoredValueGateway, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield StoredValueGateway(client, base_url=wire.url, api_key="sandbox"), wire


async def test_issued_value_is_paid_out_at_once() -> None:
    async with stored_value(in_turn(says(201, CREDIT))) as (gateway, wire):
        assert await gateway.pay_out(ORDER) == ISSUED
    assert wire.requests[0].headers["idempotency-key"] == ORDER.instruction_id


async def test_issued_value_is_found_by_its_instruction() -> None:
    async with stored_value(in_turn(says(200, {"data": [CREDIT]}))) as (gateway, wire):
        assert await gateway.find_payout(ORDER) == ISSUED
    assert wire.requests[0].target == "/credits?idempotency_key=payout%3AR-1%3A1"


@pytest.mark.parametrize("said", [says(200, {"data": []}), says(404, {"code": "not_found"})])
async def test_value_that_was_never_issued_is_not_found(said: list[bytes]) -> None:
    async with stored_value(in_turn(said)) as (gateway, _):
        assert await gateway.find_payout(ORDER) is None


async def test_more_than_was_taken_from_the_card_is_refused() -> None:
    said = says(422, {"code": "amount_too_large"})
    async with stored_value(in_turn(said)) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(
            state="failed", reason="exceeds_captured"
        )


async def test_the_same_instruction_under_way_is_looked_up_first() -> None:
    async with stored_value(in_turn(says(409, {"code": "in_progress"}))) as (gateway, _):
        with pytest.raises(AnswerLost):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize(
    "said",
    [
        says(422, {"code": "key_reused"}),
        says(400),
        says(201, {**CREDIT, "status": "void"}),
        says(201, {**CREDIT, "currency": "euro"}),
        says(201, {"id": "cr_1"}),
    ],
)
async def test_what_we_do_not_understand_is_a_defect(said: list[bytes]) -> None:
    async with stored_value(in_turn(said)) as (gateway, _):
        with pytest.raises(Misspoken):
            await gateway.pay_out(ORDER)
