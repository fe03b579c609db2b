"""Stripe's answers, with the key set of its published fixtures, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from traceback import format_exception
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from stripe import StripeError, StripeObject, api_version

from activities.failures import AnswerLost, Misspoken
from activities.ports import PayoutAnswer, PayoutOrder
from adapters.http import open_client
from adapters.payments.stripe import REASONS, StripeGateway
from adapters.payments.stripe_amounts import from_stripe, money_of, to_stripe
from adapters.payments.stripe_client import API_VERSION, StripeApi
from adapters.payments.unsayable import Unsayable
from domain.money import Money
from tests.adapters.recordings import recorded_json
from tests.adapters.wire import Answer, Handler, Request, Wire, in_turn, says, serving

ORDER = PayoutOrder(
    instruction_id="payout:R-1:1",
    payment_ref="pi_1",
    amount=Money(amount_minor=1085, currency="EUR"),
    reference="R-1",
)


@asynccontextmanager
async def stripe(handler: Handler) -> AsyncIterator[tuple[StripeGateway, Wire]]:
    async with serving(handler) as wire, open_client() as client:
        yield StripeGateway(client, base_url=wire.url, api_key="sk_test"), wire


def refund(**stated: Any) -> dict[str, Any]:
    return {
        "id": "re_1", "object": "refund", "amount": 1085, "currency": "eur",
        "status": "succeeded", "metadata": {"instruction_id": ORDER.instruction_id}, **stated,
    }  # fmt: skip


def error(code: str | None, kind: str = "invalid_request_error", status: int = 400) -> Answer:
    return says(status, {"error": {"type": kind, "code": code, "message": "Ann's card"}})


async def test_the_published_refund_is_read() -> None:
    published = recorded_json("stripe/fixtures3.json")["resources"]["refund"]
    async with stripe(in_turn(says(200, published))) as (gateway, _):
        answer = await gateway.pay_out(ORDER)
    assert answer == PayoutAnswer(
        state="succeeded",
        payout_ref="re_1Pgc72B7WZ01zgkWqPvrRrPE",
        amount=Money(amount_minor=100, currency="USD"),
    )


async def test_a_refund_carries_the_instruction_as_key_and_as_metadata() -> None:
    async with stripe(in_turn(says(200, refund()))) as (gateway, wire):
        await gateway.pay_out(ORDER)
    [sent] = wire.requests
    assert sent.headers["idempotency-key"] == ORDER.instruction_id
    assert parse_qs(sent.body.decode()) == {
        "payment_intent": ["pi_1"],
        "amount": ["1085"],
        "metadata[instruction_id]": [ORDER.instruction_id],
        "metadata[return_id]": ["R-1"],
        "expand[0]": ["balance_transaction"],
        "expand[1]": ["charge.balance_transaction"],
    }


async def test_their_client_asks_in_a_pinned_version_once_and_tells_nothing_of_this_machine() -> (
    None
):
    async with stripe(in_turn(says(500, {}), says(500, {}))) as (gateway, wire):
        with pytest.raises(AnswerLost):
            await gateway.pay_out(ORDER)
    [sent] = wire.requests  # nothing is tried again behind our back
    assert sent.headers["stripe-version"] == API_VERSION
    assert sent.headers["authorization"] == "Bearer sk_test"
    assert sent.headers["user-agent"] == "backhaul"
    assert not [name for name in sent.headers if name.startswith("x-stripe-client")]


def test_the_pinned_version_is_the_one_that_their_client_was_made_for() -> None:
    assert api_version == API_VERSION


async def test_what_their_client_would_not_send_is_a_defect_that_names_no_prose() -> None:
    async def refuse() -> StripeObject:
        raise StripeError("Ann's card")

    with pytest.raises(Misspoken) as caught:
        await StripeApi.answer("POST /refunds", refuse())
    assert "Ann" not in "".join(format_exception(caught.value))


async def test_a_charge_is_refunded_as_a_charge() -> None:
    order = ORDER.model_copy(update={"payment_ref": "ch_1"})
    async with stripe(in_turn(says(200, refund()))) as (gateway, wire):
        await gateway.pay_out(order)
    assert parse_qs(wire.requests[0].body.decode())["charge"] == ["ch_1"]


@pytest.mark.parametrize(
    ("stated", "state", "reason"),
    [
        ({"status": "pending"}, "pending", ""),
        ({"status": "requires_action"}, "requires_action", ""),
        ({"status": "canceled"}, "cancelled", ""),
        ({"status": "failed"}, "failed", "unknown"),
        (
            {"status": "failed", "failure_reason": "expired_or_canceled_card"},
            "failed",
            "card_closed",
        ),
        ({"status": "failed", "failure_reason": "something_new"}, "failed", "unknown"),
        ({"status": None}, "pending", ""),
    ],
)
async def test_the_state_of_a_refund_is_told_in_our_words(
    stated: dict[str, Any], state: str, reason: str
) -> None:
    async with stripe(in_turn(says(200, refund(**stated)))) as (gateway, _):
        answer = await gateway.fetch_payout("re_1")
    assert (answer.state, answer.reason) == (state, reason)


@pytest.mark.parametrize("code", REASONS)
async def test_each_code_of_a_no_is_a_failed_payout_with_our_word(code: str) -> None:
    async with stripe(in_turn(error(code))) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason=REASONS[code])


async def test_a_code_without_a_name_is_a_no_that_a_person_looks_at() -> None:
    async with stripe(in_turn(error("of_tomorrow"))) as (gateway, _):
        assert await gateway.pay_out(ORDER) == PayoutAnswer(state="failed", reason="unknown")


@pytest.mark.parametrize("why", REASONS)
async def test_each_reason_of_a_bounce_has_our_word(why: str) -> None:
    bounced = refund(status="failed", failure_reason=why)
    async with stripe(in_turn(says(200, bounced))) as (gateway, _):
        assert (await gateway.fetch_payout("re_1")).reason == REASONS[why]


@pytest.mark.parametrize(
    "said",
    [
        error(None, "idempotency_error"),
        error("parameter_missing"),
        error(None),
    ],
)
async def test_what_they_cannot_read_is_a_defect_of_ours(said: Answer) -> None:
    async with stripe(in_turn(said)) as (gateway, _):
        with pytest.raises(Misspoken) as caught:
            await gateway.pay_out(ORDER)
    assert "Ann" not in str(caught.value)


async def test_the_same_instruction_under_way_is_looked_up_before_it_is_sent_again() -> None:
    said = error("idempotency_key_in_use", "idempotency_error", 409)
    async with stripe(in_turn(said)) as (gateway, _):
        with pytest.raises(AnswerLost):
            await gateway.pay_out(ORDER)


async def test_a_status_that_they_do_not_document_is_a_defect() -> None:
    async with stripe(in_turn(says(200, refund(status="vanished")))) as (gateway, _):
        with pytest.raises(Misspoken, match="vanished"):
            await gateway.fetch_payout("re_1")


def paged(refunds: list[dict[str, Any]], size: int) -> Handler:
    def handle(request: Request) -> Answer:
        query = parse_qs(urlsplit(request.target).query)
        after = query.get("starting_after", [""])[0]
        start = next((n + 1 for n, one in enumerate(refunds) if one["id"] == after), 0)
        page = refunds[start : start + size]
        more = start + size < len(refunds)
        return says(200, {"object": "list", "data": page, "has_more": more})

    return handle


async def test_an_instruction_is_found_on_the_last_page() -> None:
    others = [refund(id=f"re_{n}", metadata={"instruction_id": f"x{n}"}) for n in range(2, 7)]
    async with stripe(paged([*others, refund()], size=2)) as (gateway, wire):
        found = await gateway.find_payout(ORDER)
    assert found is not None
    assert found.payout_ref == "re_1"
    assert len(wire.requests) == 3


@pytest.mark.parametrize("refunds", [[], [refund(metadata={})], [refund(metadata=None)]])
async def test_an_instruction_that_they_do_not_have_is_not_found(
    refunds: list[dict[str, Any]],
) -> None:
    async with stripe(paged(refunds, size=2)) as (gateway, _):
        assert await gateway.find_payout(ORDER) is None


async def test_of_a_payment_that_they_do_not_know_nothing_is_found() -> None:
    async with stripe(in_turn(error("resource_missing"))) as (gateway, _):
        assert await gateway.find_payout(ORDER) is None


async def test_pages_without_end_are_a_defect() -> None:
    endless = says(200, {"data": [refund(metadata={})], "has_more": True})
    async with stripe(lambda _request: endless) as (gateway, _):
        with pytest.raises(Misspoken, match="pages"):
            await gateway.find_payout(ORDER)


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [("EUR", 1085, 1085), ("JPY", 1085, 1085), ("KWD", 1085, 1085), ("ISK", 1085, 108_500),
     ("UGX", 5, 500), ("MGA", 108_500, 1085)],
)  # fmt: skip
def test_an_amount_is_said_in_their_unit_and_read_back(
    currency: str, ours: int, theirs: int
) -> None:
    money = Money(amount_minor=ours, currency=currency)
    assert to_stripe(money) == theirs
    assert from_stripe(theirs, currency.lower()) == money


def test_no_part_of_a_unit_is_rounded_away() -> None:
    with pytest.raises(Unsayable):
        to_stripe(Money(amount_minor=150, currency="MGA"))
    with pytest.raises(Misspoken):
        from_stripe(150, "isk")


async def test_what_cannot_be_said_in_their_unit_is_a_persons_to_pay_otherwise() -> None:
    order = ORDER.model_copy(update={"amount": Money(amount_minor=150, currency="MGA")})
    async with stripe(in_turn()) as (gateway, wire):
        assert await gateway.pay_out(order) == PayoutAnswer(
            state="failed", reason="unsayable_amount"
        )
    assert wire.requests == []


@pytest.mark.parametrize(
    "stated",
    [{}, {"amount": "5", "currency": "eur"}, {"amount": True, "currency": "eur"},
     {"amount": 5, "currency": "???"}],
)  # fmt: skip
def test_an_amount_that_is_none_is_a_defect(stated: dict[str, object]) -> None:
    with pytest.raises(Misspoken):
        money_of(stated)
