"""A return at ShipBob as it stands, put into our words."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from adapters.webhooks import VERIFIERS
from adapters.webhooks.event import Forged, Unreadable
from adapters.webhooks.facts import facts_of
from adapters.webhooks.shipbob_facts import return_facts
from tests.api.signed import packed

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SECRET = "whsec_" + b64encode(b"shipbob-secret").decode()


def done(action: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"action": action, "quantity_processed": quantity, **more}


def told(*actions: dict[str, Any], status: str = "Completed", **changes: Any) -> dict[str, Any]:
    return {
        "id": 7527,
        "reference_id": "R-1",
        "status": status,
        "completed_date": "2026-03-09T10:00:00Z",
        "insert_date": "2026-03-01T10:00:00Z",
        "fulfillment_center": {"id": 22, "name": "Cicero"},
        "tracking_number": "T1",
        "inventory": [{"id": 2691, "sku": "SHIRT", "quantity": 2, "action_taken": list(actions)}],
        **changes,
    }


def signed(body: Any, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    raw = packed(body)
    stamp = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp()))}
    proof = {"webhook-signature": Webhook(secret).sign("msg_1", NOW, raw.decode())}
    return raw, {**stamp, **proof, "x-webhook-topic": "return.completed"}


def test_what_the_webhook_tells_is_what_asking_tells() -> None:
    raw, headers = signed(told(done("Restock", 2)))
    event = VERIFIERS["shipbob"](raw, headers, [SECRET], NOW)
    assert facts_of(event) == return_facts(told(done("Restock", 2)))


def test_the_topic_is_not_signed_and_not_believed() -> None:
    raw, headers = signed(told(done("Restock"), status="Processing"))
    event = VERIFIERS["shipbob"](raw, headers, [SECRET], NOW)
    assert (event.kind, facts_of(event)) == ("return.Processing", ())


def test_a_changed_body_or_another_secret_is_forged() -> None:
    raw, headers = signed(told(done("Restock")))
    for changed, secret in ((raw.replace(b"R-1", b"R-2"), SECRET), (raw, SECRET[:-4] + "AAA=")):
        with pytest.raises(Forged):
            VERIFIERS["shipbob"](changed, headers, [secret], NOW)


def test_what_was_done_with_a_piece_says_that_it_came_and_how_it_was_found() -> None:
    receipt, inspection = return_facts(
        told(done("Restock"), done("Dispose", action_reason="torn", image_url="https://x/1.jpg"))
    )
    assert receipt.body["units"] == [{"sku": "SHIRT", "quantity": 2}]
    assert (receipt.body["returns"], receipt.body["warehouse"]) == (["R-1"], "shipbob-22")
    found = [(each["grade"], each["note"]) for each in inspection.body["units"]]
    assert found == [("like_new", ""), ("unsalvageable", "torn https://x/1.jpg")]


def test_more_or_fewer_than_were_announced_are_counted_as_they_are() -> None:
    [receipt, *_] = return_facts(told(done("Restock", 5)))
    assert receipt.body["units"] == [{"sku": "SHIRT", "quantity": 5}]
    [nothing] = return_facts(told())
    assert nothing.body["units"] == []


def test_an_action_that_nobody_knows_leaves_the_piece_to_be_inspected() -> None:
    facts = return_facts(told(done("Kitting")))
    assert [fact.signal for fact in facts] == ["report_receipt"]


def test_an_arrival_is_a_delivery_and_what_is_under_way_says_nothing() -> None:
    [arrival] = return_facts(told(status="Arrived", arrived_date="2026-03-08T09:00:00Z"))
    assert (arrival.signal, arrival.body["status"]) == ("report_tracking", "delivered")
    assert return_facts(told(status="AwaitingArrival")) == ()


def test_a_return_told_otherwise_is_another_report_of_the_same_series() -> None:
    first, second = (return_facts(told(done("Restock", n)))[0] for n in (1, 2))
    assert first.series == second.series == "shipbob:7527"
    assert first.body["message_id"] != second.body["message_id"]
    assert return_facts(told(done("Restock", 1)))[0] == first


def test_what_is_no_return_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        return_facts({"status": "Completed"})
