"""What happens at the gateway without us: made by hand, not told, or listed wrongly."""

from tests.sandbox.partners import Partners
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import Sandbox


async def listed(outside: Partners) -> list[tuple[str, int, str, str]]:
    page = (await outside.gateway.get("/refunds", params={"limit": "100"})).json()
    return [(one["id"], one["amount"], one["currency"], one["status"]) for one in page["data"]]


async def test_a_refund_by_hand_has_no_key_and_is_told_as_any_other(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    refund = await own.client.refund_by_hand("pi_1", 400)
    assert await listed(outside) == [(refund, 400, "eur", "succeeded")]
    [row] = [row for row in await own.client.ledger("payments") if row["kind"] == "refund"]
    assert (row["refund_id"], row["idempotency_key"], row["metadata"]) == (refund, "", {})
    assert [delivery.path for delivery in await receiver.until(1)] == ["/hooks/stripe/main"]


async def test_what_is_quiet_stands_in_the_books_and_nobody_is_told(
    own: Sandbox, outside: Partners
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    refund = await own.client.refund_by_hand("pi_1", 400, quiet=True)
    await own.client.refund_outcome(refund, "failed", quiet=True)
    dispute = await own.client.chargeback("pi_1", 600, quiet=True)
    await own.client.close_chargeback(dispute, "lost", quiet=True)
    assert await own.client.webhooks() == []
    assert await listed(outside) == [(refund, 400, "eur", "failed")]
    kinds = [row["kind"] for row in await own.client.ledger("payments")]
    assert kinds == ["capture", "refund", "refund_failed", "chargeback", "chargeback_closed"]


async def test_the_next_that_happens_is_told_again(
    own: Sandbox, outside: Partners, receiver: Receiver
) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    await own.client.refund_by_hand("pi_1", 400, quiet=True)
    await outside.refund("pi_1", 100, "key")
    assert len(await receiver.until(1)) == 1


async def test_a_list_can_be_wrong(own: Sandbox, outside: Partners) -> None:
    await own.client.capture("pi_1", 1000, "EUR")
    refund = await own.client.refund_by_hand("pi_1", 400)
    await own.client.misbook(refund, amount_minor=500, currency="USD")
    assert await listed(outside) == [(refund, 500, "USD".lower(), "succeeded")]
    await own.client.misbook(refund, unlisted=True)
    assert await listed(outside) == []
    ledger = await own.client.ledger("payments")
    assert [row["amount_minor"] for row in ledger] == [1000, 400]  # the truth is not touched
