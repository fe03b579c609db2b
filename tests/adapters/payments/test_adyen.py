"""Adyen's receipts and refusals, in our words."""

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from activities.failures import AnswerLost, Misspoken
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.http import open_client
from adapters.payments.adyen import KEY_LIFETIME, AdyenGateway
from adapters.payments.adyen_words import ERRORS, EVENTS, from_adyen, reason_of, to_adyen
from adapters.payments.told import Said, standing
from domain.money import Money
from tests.adapters.wire import Handler, Wire, in_turn, says, serving

AMOUNT = Money(amount_minor=1085, currency="EUR")
ORDER = PayoutOrder(instruction_id="payout-1", payment_ref="PSP-1", amount=AMOUNT, reference="R-1")
RECEIVED: dict[str, Any] = {
    "merchantAccount": "SHOP", "paymentPspReference": "PSP-1", "pspReference": "REF-1",
    "reference": "payout-1", "status": "received",
    "amount": {"value": 1085, "currency": "EUR"},
}  # fmt: skip


class TheySaid:
    """Keeps `adapters.payments.told.Told`: what a test says that they said."""

    def __init__(self, *said: Said) -> None:
        self._said = said

    async def of_payout(
        self, provider: str, instruction_id: str, payout_ref: str
    ) -> Sequence[Said]:
        return [
            one
            for one in self._said
            if one.instruction_id == instruction_id or one.payout_ref == payout_ref
        ]


def said(state: Any, reason: str = "") -> Said:
    return Said(
        instruction_id="payout-1", payout_ref="REF-1", state=state, reason=reason, amount=AMOUNT
    )


@asynccontextmanager
async def adyen(handler: Handler, *heard: Said) -> AsyncIterator[tuple[AdyenGateway, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield (
            AdyenGateway(
                client, base_url=wire.url, api_key="AQE", account="SHOP", told=TheySaid(*heard)
            ),
            wire,
        )


async def test_a_refund_carries_the_instruction_as_key_and_as_reference() -> None:
    async with adyen(in_turn(says(201, RECEIVED))) as (gateway, wire):
        answer = await gateway.pay_out(ORDER)
    assert answer == PayoutAnswer(state="submitted", payout_ref="REF-1", amount=AMOUNT)
    [sent] = wire.requests
    assert sent.path == "/payments/PSP-1/refunds"
    assert (sent.headers["idempotency-key"], sent.headers["x-api-key"]) == ("payout-1", "AQE")
    assert json.loads(sent.body) == {
        "merchantAccount": "SHOP",
        "amount": {"value": 1085, "currency": "EUR"},
        "reference": "payout-1",
        "merchantRefundReason": "RETURN",
    }


async def test_what_they_have_not_spoken_of_is_not_found() -> None:
    async with adyen(in_turn()) as (gateway, wire):
        assert await gateway.find_payout(ORDER) is None
    assert wire.requests == []


async def test_a_refund_stands_as_they_told_it() -> None:
    heard = [said("succeeded"), said("failed", "declined_by_bank")]
    async with adyen(in_turn(), *heard) as (gateway, _):
        assert await gateway.find_payout(ORDER) == PayoutAnswer(
            state="failed", payout_ref="REF-1", reason="declined_by_bank", amount=AMOUNT
        )


async def test_what_they_told_under_their_own_reference_alone_is_found() -> None:
    heard = said("succeeded").model_copy(update={"instruction_id": "the shop's order"})
    async with adyen(in_turn(), heard) as (gateway, _):
        assert await gateway.find_payout(ORDER) is None
        known = ORDER.model_copy(update={"payout_ref": "REF-1"})
        assert (await gateway.find_payout(known) or ORDER) != ORDER


def test_how_it_stands_does_not_depend_on_the_order_in_which_they_told_it() -> None:
    told = [said("pending"), said("succeeded"), said("failed"), said("succeeded")]
    ends = {getattr(standing(way), "state", "") for way in itertools.permutations(told)}
    assert ends == {"failed"}


async def test_what_may_be_older_than_its_key_is_sent_by_nobody() -> None:
    old = ORDER.model_copy(update={"maybe_sent_for": KEY_LIFETIME})
    async with adyen(in_turn()) as (gateway, wire):
        assert await gateway.pay_out(old) == PayoutAnswer(
            state="failed", reason="may_have_been_sent"
        )
    assert wire.requests == []


async def test_within_its_life_the_same_key_is_sent_again() -> None:
    young = ORDER.model_copy(update={"maybe_sent_for": timedelta(days=6)})
    async with adyen(in_turn(says(201, RECEIVED))) as (gateway, _):
        assert (await gateway.pay_out(young)).state == "submitted"


@pytest.mark.parametrize("code", ERRORS)
async def test_each_code_of_a_no_is_a_failed_payout_with_our_word(code: str) -> None:
    no = says(422, {"status": 422, "errorCode": code, "message": "Ann", "errorType": "validation"})
    async with adyen(in_turn(no)) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason=ERRORS[code])


async def test_a_code_without_a_name_is_a_no_that_a_person_looks_at() -> None:
    async with adyen(in_turn(says(422, {"errorCode": "999", "message": "Ann"}))) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason="unknown")


@pytest.mark.parametrize(
    "said_", [says(422, {"errorCode": 12}), says(422, {}), says(400, {"errorCode": "702"})]
)
async def test_what_they_cannot_read_is_a_defect_of_ours(said_: list[bytes]) -> None:
    async with adyen(in_turn(said_)) as (gateway, _):
        with pytest.raises(Misspoken):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize("said_", [says(409, {}), says(422, {"errorCode": "704"})])
async def test_the_same_instruction_under_way_is_not_known_yet(said_: list[bytes]) -> None:
    async with adyen(in_turn(said_)) as (gateway, _):
        with pytest.raises(AnswerLost):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize(
    "stated", [{"status": "done"}, {"amount": {"value": 1, "currency": "EUR"}}, {"amount": {}}]
)
async def test_a_receipt_for_something_else_is_a_defect(stated: dict[str, Any]) -> None:
    async with adyen(in_turn(says(201, {**RECEIVED, **stated}))) as (gateway, _):
        with pytest.raises(Misspoken):
            await gateway.pay_out(ORDER)


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [("EUR", 1085, 1085), ("JPY", 1085, 1085), ("KWD", 1085, 1085), ("ISK", 1085, 108_500),
     ("CLP", 5, 500), ("IDR", 108_500, 1085), ("CVE", 100, 1)],
)  # fmt: skip
def test_an_amount_is_said_in_their_unit_and_read_back(
    currency: str, ours: int, theirs: int
) -> None:
    money = Money(amount_minor=ours, currency=currency)
    assert to_adyen(money) == {"value": theirs, "currency": currency}
    assert from_adyen(theirs, currency) == money


async def test_a_part_that_they_do_not_take_is_a_persons_to_pay_otherwise() -> None:
    order = ORDER.model_copy(update={"amount": Money(amount_minor=150, currency="IDR")})
    async with adyen(in_turn()) as (gateway, wire):
        assert await gateway.pay_out(order) == PayoutAnswer(
            state="failed", reason="unsayable_amount"
        )
    assert wire.requests == []


def test_no_part_of_a_unit_is_rounded_away() -> None:
    with pytest.raises(Misspoken):
        to_adyen(Money(amount_minor=150, currency="IDR"))
    with pytest.raises(Misspoken):
        from_adyen(150, "ISK")


@pytest.mark.parametrize(
    "stated", [(None, "EUR"), ("5", "EUR"), (True, "EUR"), (5, None), (5, "???")]
)
def test_an_amount_that_is_none_is_a_defect(stated: tuple[object, object]) -> None:
    with pytest.raises(Misspoken):
        from_adyen(*stated)


def test_a_reason_without_a_name_is_unknown_and_every_failing_event_has_one() -> None:
    assert reason_of("REFUND", "Something of tomorrow") == "unknown"
    failing = [event for (event, _), state in EVENTS.items() if state == "failed"]
    assert all(reason_of(event, "") for event in failing)
