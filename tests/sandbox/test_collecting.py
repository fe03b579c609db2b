import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox

FIXTURES = Path(__file__).parents[3] / "shared" / "data" / "stripe" / "fixtures3.json"

published = pytest.mark.skipif(not FIXTURES.is_file(), reason="no fixtures of Stripe here")


@published
@pytest.mark.parametrize("kind", ["checkout.session", "payment_intent"])
async def test_what_collects_money_has_the_fields_of_the_published_one(
    partners: Partners, shared: Sandbox, kind: str
) -> None:
    await shared.client.capture(f"pi_collects_{kind}", 1000, "EUR")
    paid = (await partners.gateway.get(f"/payment_intents/pi_collects_{kind}")).json()
    ours = paid if kind == "payment_intent" else (await partners.bill(f"bill-{kind}")).json()
    theirs = json.loads(FIXTURES.read_text())["resources"][kind]
    assert ours.keys() == theirs.keys()
    assert all(isinstance(ours[name], type(theirs[name])) for name in ("id", "created", "metadata"))


async def test_a_page_can_be_paid_for_a_day_and_then_no_more(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    session = (await outside.bill("bill-1")).json()
    await own.client.advance(timedelta(hours=25))
    shown = (await outside.gateway.get(f"/checkout/sessions/{session['id']}")).json()
    assert (shown["status"], shown["url"]) == ("expired", None)
    assert receiver.kinds() == ["checkout.session.expired"]


async def test_a_customer_pays_a_bill_as_their_script_says(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.script("R-1", "bill.paid", days=0.5)
    session = (await outside.bill("bill-1")).json()
    await own.client.advance(timedelta(hours=13))
    shown = (await outside.gateway.get(f"/checkout/sessions/{session['id']}")).json()
    assert (shown["status"], shown["payment_status"]) == ("complete", "paid")
    assert receiver.kinds() == ["checkout.session.completed"]
    assert (await outside.refund(shown["payment_intent"], 900, "back")).status_code == 200
    assert await own.client.audit() == []


async def test_a_customer_who_pays_late_pays_the_page_that_is_open_then(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.script("R-1", "bill.paid", days=1.5)
    await outside.bill("bill-1")
    await own.client.advance(timedelta(hours=25))
    second = (await outside.bill("bill-1", key="bill-1:again")).json()
    await own.client.advance(timedelta(hours=12))
    shown = (await outside.gateway.get(f"/checkout/sessions/{second['id']}")).json()
    assert shown["status"] == "complete"


async def test_a_hold_that_nobody_takes_ends_after_a_week(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    held = (await outside.hold("pi_1", 800, "hold-1")).json()
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 800)
    await own.client.advance(timedelta(days=7))
    shown = (await outside.gateway.get(f"/payment_intents/{held['id']}")).json()
    assert (shown["status"], shown["cancellation_reason"]) == ("canceled", "automatic")
    assert receiver.kinds() == [
        "payment_intent.amount_capturable_updated", "payment_intent.canceled",
    ]  # fmt: skip


async def test_the_audit_sees_two_bills_paid_for_one_instruction(
    own: Sandbox, outside: Partners
) -> None:
    for key in ("one", "two"):
        session = (await outside.bill("bill-1", key=key)).json()
        await own.client.pay_bill(session["id"])
    assert [one["violation"] for one in await own.client.audit()] == ["bill_paid_twice"]


async def test_the_audit_sees_two_holds_for_one_instruction(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await outside.hold("pi_1", 800, "hold-1")
    await own.client.advance(timedelta(hours=25))
    await outside.hold("pi_1", 800, "hold-1")
    assert [one["violation"] for one in await own.client.audit()] == ["held_twice"]
