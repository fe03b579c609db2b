import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox

FIXTURES = Path(__file__).parents[3] / "shared" / "data" / "stripe" / "fixtures3.json"

published = pytest.mark.skipif(not FIXTURES.is_file(), reason="no fixtures of Stripe here")


async def rows_of(sandbox: Sandbox, payment: str) -> list[tuple[str, str, int]]:
    rows = [row for row in await sandbox.client.ledger("payments") if row["payment_ref"] == payment]
    return [(row["kind"], row["status"], row["amount_minor"]) for row in rows]


@published
@pytest.mark.parametrize("kind", ["refund", "charge"])
async def test_an_object_has_the_fields_of_the_published_one(
    partners: Partners, shared: Sandbox, kind: str
) -> None:
    await shared.client.capture(f"pi_fields_{kind}", 1000, "EUR")
    refund = (await partners.refund(f"pi_fields_{kind}", 400, f"fields-{kind}")).json()
    charge = (await partners.gateway.get(f"/charges/{refund['charge']}")).json()
    ours = {"refund": refund, "charge": charge}[kind]
    theirs = json.loads(FIXTURES.read_text())["resources"][kind]
    assert ours.keys() == theirs.keys() - {"refunds"}
    assert type(ours["amount"]) is type(theirs["amount"])


@published
async def test_dispute_and_event_have_the_fields_of_the_published_ones(
    own: Sandbox, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.chargeback("pi_1", 1000)
    event = (await receiver.until(1))[0].body
    theirs = json.loads(FIXTURES.read_text())["resources"]
    assert event.keys() == theirs["event"].keys()
    dispute = event["data"]["object"]
    assert dispute.keys() == theirs["dispute"].keys()
    assert dispute["evidence"].keys() == theirs["dispute"]["evidence"].keys()


async def test_the_same_key_and_question_gives_the_same_refund(
    partners: Partners, shared: Sandbox
) -> None:
    await shared.client.capture("pi_same", 1000, "EUR")
    first = await partners.refund("pi_same", 400, "same-1")
    again = await partners.refund("pi_same", 400, "same-1")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert await rows_of(shared, "pi_same") == [
        ("capture", "succeeded", 1000),
        ("refund", "succeeded", 400),
    ]


async def test_the_same_key_for_another_amount_is_an_idempotency_error(
    partners: Partners, shared: Sandbox
) -> None:
    await shared.client.capture("pi_other", 1000, "EUR")
    await partners.refund("pi_other", 400, "other-1")
    answer = await partners.refund("pi_other", 401, "other-1")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")


async def test_two_keys_for_equal_amounts_are_two_refunds(
    partners: Partners, shared: Sandbox
) -> None:
    await shared.client.capture("pi_equal", 1000, "EUR")
    first, second = [(await partners.refund("pi_equal", 300, key)).json() for key in ("e1", "e2")]
    assert first["id"] != second["id"]


async def test_a_key_is_forgotten_after_a_day(own: Sandbox, outside: Partners) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    first = await outside.refund("pi_1", 400, "key")
    await own.client.advance(timedelta(hours=25))
    second = await outside.refund("pi_1", 400, "key")
    assert second.json()["id"] != first.json()["id"]


async def test_no_more_is_refunded_than_was_captured(partners: Partners, shared: Sandbox) -> None:
    await shared.client.capture("pi_cap", 1000, "EUR")
    await partners.refund("pi_cap", 700, "cap-1")
    too_much = await partners.refund("pi_cap", 301, "cap-2")
    assert (too_much.status_code, too_much.json()["error"]["code"]) == (400, "amount_too_large")
    assert (await partners.refund("pi_cap", 300, "cap-3")).status_code == 200
    nothing_left = await partners.refund("pi_cap", 1, "cap-4")
    assert nothing_left.json()["error"]["code"] == "charge_already_refunded"


async def test_a_payment_nobody_made_is_missing(partners: Partners) -> None:
    answer = await partners.refund("pi_nobody", 1, "nobody-1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_missing")


async def test_refunds_are_listed_newest_first_page_by_page(
    partners: Partners, shared: Sandbox
) -> None:
    await shared.client.capture("pi_list", 1000, "EUR")
    made = [(await partners.refund("pi_list", 100, f"list-{n}")).json()["id"] for n in range(3)]
    query = {"payment_intent": "pi_list", "limit": "2"}
    page = (await partners.gateway.get("/refunds", params=query)).json()
    assert [refund["id"] for refund in page["data"]] == [made[2], made[1]]
    assert page["has_more"] is True
    query["starting_after"] = made[1]
    rest = (await partners.gateway.get("/refunds", params=query)).json()
    assert ([refund["id"] for refund in rest["data"]], rest["has_more"]) == ([made[0]], False)


async def test_a_pending_refund_settles_two_days_later(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("pi_1", "refund.pending")
    refund = (await outside.refund("pi_1", 400, "key")).json()
    assert refund["status"] == "pending"
    await own.client.advance(timedelta(days=2))
    shown = (await outside.gateway.get(f"/refunds/{refund['id']}")).json()
    assert shown["status"] == "succeeded"
    assert receiver.kinds() == ["refund.created", "refund.updated"]
    assert (await rows_of(own, "pi_1"))[1:] == [
        ("refund", "pending", 400),
        ("refund_settled", "succeeded", 400),
    ]


async def test_a_refund_can_bounce_on_the_ninth_day_and_frees_the_money(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("R-7", "refund.fails_later")
    await outside.refund("pi_1", 1000, "key", return_id="R-7")
    await own.client.advance(timedelta(days=9))
    told = receiver.deliveries[-1].body
    assert told["type"] == "refund.failed"
    assert told["data"]["object"]["failure_reason"] == "lost_or_stolen_card"
    assert (await rows_of(own, "pi_1"))[-1] == ("refund_failed", "failed", 1000)
    await own.client.script("R-7", "refund.instant")
    assert (await outside.refund("pi_1", 1000, "key-2", return_id="R-7")).status_code == 200
    assert await own.client.audit() == []


@pytest.mark.parametrize(
    ("script", "at_first", "in_the_end"),
    [
        ("refund.pending_fails", "pending", "failed"),
        ("refund.requires_action", "requires_action", "requires_action"),
        ("refund.low_balance", "pending", "succeeded"),
        ("refund.instant", "succeeded", "succeeded"),
    ],
)
async def test_a_refund_goes_as_its_script_says(
    own: Sandbox, outside: Partners, script: str, at_first: str, in_the_end: str
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("*", script)
    refund = (await outside.refund("pi_1", 400, "key")).json()
    assert refund["status"] == at_first
    await own.client.advance(timedelta(days=30))
    shown = (await outside.gateway.get(f"/refunds/{refund['id']}")).json()
    assert shown["status"] == in_the_end


async def test_a_disputed_payment_is_charged_back_instead_of_refunded(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("pi_1", "refund.disputed")
    answer = await outside.refund("pi_1", 400, "key")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "charge_disputed")
    assert [one.kind for one in await receiver.until(1)] == ["charge.dispute.created"]
    assert (await rows_of(own, "pi_1"))[-1] == ("chargeback", "needs_response", 1000)


async def test_a_dispute_that_is_won_makes_the_payment_refundable_again(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    dispute = await own.client.chargeback("pi_1", 1000)
    assert (await outside.refund("pi_1", 400, "key-1")).status_code == 400
    await own.client.close_chargeback(dispute, "won")
    assert (await outside.refund("pi_1", 400, "key-2")).status_code == 200
    assert receiver.kinds()[:2] == ["charge.dispute.created", "charge.dispute.closed"]


async def test_a_pending_refund_can_be_called_off(own: Sandbox, outside: Partners) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.script("pi_1", "refund.pending")
    refund = (await outside.refund("pi_1", 400, "key")).json()
    cancelled = await outside.gateway.post(f"/refunds/{refund['id']}/cancel")
    assert cancelled.json()["status"] == "canceled"
    await own.client.advance(timedelta(days=5))
    shown = (await outside.gateway.get(f"/refunds/{refund['id']}")).json()
    assert shown["status"] == "canceled"


async def test_the_gateways_own_unit_is_booked_in_isos(partners: Partners, shared: Sandbox) -> None:
    await shared.client.capture("pi_isk", 5000, "ISK")
    refund = (await partners.refund("pi_isk", 120_000, "isk-1")).json()
    assert (refund["amount"], refund["currency"]) == (120_000, "isk")
    assert (await rows_of(shared, "pi_isk"))[-1] == ("refund", "succeeded", 1200)


@pytest.mark.parametrize(("currency", "amount"), [("UGX", 1_005), ("ISK", 150)])
async def test_a_part_of_an_amount_that_the_gateway_does_not_take_is_refused(
    partners: Partners, shared: Sandbox, currency: str, amount: int
) -> None:
    await shared.client.capture(f"pi_part_{currency}", 5000, currency)
    refused = await partners.refund(f"pi_part_{currency}", amount, f"part-{currency}")
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "amount")


async def test_a_gift_card_gets_back_no_more_than_it_gave(
    partners: Partners, shared: Sandbox
) -> None:
    await shared.client.capture("gc_1", 1000, "EUR")
    assert (await partners.credit("gc_1", 800, "gift-1")).status_code == 201
    refused = await partners.credit("gc_1", 201, "gift-2")
    assert refused.json()["code"] == "exceeds_captured"
    assert (await partners.credit("gc_nobody", 1, "gift-3")).json()["code"] == "unknown_account"


async def test_store_credit_is_issued_once_for_a_key(partners: Partners, shared: Sandbox) -> None:
    first = await partners.credit("customer-7", 800, "credit-1")
    again = await partners.credit("customer-7", 800, "credit-1")
    assert first.json() == again.json()
    assert first.json()["code"]
    found = await partners.value.get("/credits", params={"idempotency_key": "credit-1"})
    assert found.json()["data"] == [first.json()]
    reused = await partners.credit("customer-7", 900, "credit-1")
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    rows = await rows_of(shared, "customer-7")
    assert rows == [("credit", "succeeded", 800)]
