"""What warehouses tell by our own doors reaches its returns as a webhook would."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC
from typing import Any

import httpx2

from adapters.postgres.inbox import Inbox
from adapters.postgres.tidings import SHEET, Told
from adapters.sheets.receipts import ReadRow, read_rows
from adapters.sheets.table import read_table
from api.polling import poll_shipbob
from api.resolving import EARLY
from projections.runner import catch_up
from tests.adapters.epcis_documents import document, received, wrong
from tests.api.scene import Scene
from tests.api.serving import NOW
from tests.api.test_resolving import A_SECOND

SHIRT_GTIN = "04012345111118"
SHIRT = "urn:epc:id:sgtin:4012345.011111.S1"


def receipt(*units: dict[str, Any], message_id: str = "rec-1", **more: Any) -> dict[str, Any]:
    told = {"message_id": message_id, "occurred_at": NOW.isoformat(), "warehouse": "hub-de"}
    return {**told, "units": list(units), **more}


def of(sku: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, **more}


async def post(scene: Scene, body: dict[str, Any], door: str = "receipts") -> httpx2.Response:
    return await scene.http.post(f"/v1/warehouse/{door}", json=body)


async def test_a_receipt_is_told_to_the_return_it_names(scene: Scene) -> None:
    await scene.label()
    answer = await post(scene, receipt(of("SHIRT"), returns=["R-1"]))
    assert (answer.status_code, answer.json()["state"]) == (202, "received")
    assert await scene.relay() == 1
    [(signal, body)] = await scene.heard(1)
    assert (signal, body["units"]) == ("report_receipt", [of("SHIRT")])
    again = await post(scene, receipt(of("SHIRT"), returns=["R-1"]))
    assert (again.status_code, again.json()["state"]) == (202, "known")
    other = await post(scene, receipt(of("SOCKS"), returns=["R-1"]))
    assert (other.status_code, other.json()["code"]) == (409, "message_id_reused")


async def test_a_box_that_names_only_its_order_is_shared_by_the_orders_returns(
    scene: Scene,
) -> None:
    await scene.story.open("R-1", order_id="W-1", skus={"SHIRT": 1, "SOCKS": 1})
    await catch_up(scene.pool)
    await post(scene, receipt(of("SHIRT"), orders=["W-1"]))
    assert await scene.relay() == 1
    assert len(await scene.heard(1)) == 1


async def test_a_correction_is_told_to_whoever_heard_what_it_corrects(scene: Scene) -> None:
    """The box was another return's: the first one has to know as well."""
    for return_id in ("R-1", "R-2"):
        await scene.label(return_id, f"T-{return_id}")
    await scene.story.receive("R-1", "T-R-1", {"SHIRT": 1}, message_id="rec-1")
    await catch_up(scene.pool)
    parcel = {"tracking_number": "T-R-2"}
    right = receipt(of("SHIRT"), message_id="rec-2", corrects="rec-1", parcel=parcel)
    await post(scene, right)
    assert await scene.relay() == 2
    told = {key: (await scene.heard(1, key))[0][1]["units"] for key in ("R-1", "R-2")}
    assert sum(len(units) for units in told.values()) == 1


async def test_a_retraction_finds_its_return_by_what_it_takes_back(scene: Scene) -> None:
    await scene.label()
    await scene.story.receive("R-1", "T1", {"SHIRT": 1}, message_id="rec-1")
    await catch_up(scene.pool)
    await post(scene, receipt(message_id="rec-2", retracts="rec-1"))
    assert await scene.relay() == 1
    [(_, body)] = await scene.heard(1)
    assert body["retracts"] == "rec-1"


async def test_a_report_that_does_not_fit_is_refused_by_field_and_leaves_no_trace(
    scene: Scene,
) -> None:
    answer = await post(scene, receipt({"sku": "SHIRT", "quantity": 0}))
    assert answer.status_code == 400
    assert answer.json()["path"] == "units.0.quantity"
    unknown = await post(scene, receipt(of("SHIRT"), colour="red"))
    assert unknown.json()["detail"] == "colour: is no field that is known here"
    assert await scene.states() == []


async def test_an_inspection_is_told_to_its_return(scene: Scene) -> None:
    await scene.label()
    seen = {"sku": "SHIRT", "grade": "like_new"}
    body = receipt(seen, message_id="ins-1", return_id="R-1", inspector="i-1")
    assert (await post(scene, body, "inspections")).status_code == 202
    assert await scene.relay() == 1
    assert (await scene.heard(1))[0][0] == "report_inspection"


async def test_a_captured_receipt_reaches_its_return_and_its_error_declaration_retracts_it(
    scene: Scene,
) -> None:
    await scene.story.open("R-1", skus={SHIRT_GTIN: 1})
    await catch_up(scene.pool)
    event = received(SHIRT, rma="R-1")
    for body in (document(event, received(SHIRT, bizStep="shipping")), document(wrong(event))):
        answer = await scene.http.post("/v1/epcis/capture", json=body)
        assert answer.status_code == 202, answer.text
        assert answer.json()["events"][0]["state"] == "received"
    assert await scene.relay() == 2
    (_, told), (_, taken_back) = await scene.heard(2)
    assert told["units"][0]["sku"] == SHIRT_GTIN
    assert taken_back["retracts"] == told["message_id"]
    reasons = [reason for _, state, reason in await scene.states() if state == "ignored"]
    assert reasons == ["ObjectEvent, shipping: says nothing of what came back"]


async def test_a_captured_inspection_goes_to_the_return_of_each_piece(scene: Scene) -> None:
    for return_id, sku in (("R-1", SHIRT_GTIN), ("R-2", "04012345222227")):
        await scene.story.open(return_id, order_id=f"W-{return_id}", skus={sku: 1})
    await catch_up(scene.pool)
    looked = received(SHIRT, "urn:epc:id:sgtin:4012345.022222.S2", rma="R-1")
    looked["bizTransactionList"].append({"type": "rma", "bizTransaction": "urn:rma:R-2"})
    looked |= {"bizStep": "inspecting", "disposition": "damaged"}
    answer = await scene.http.post("/v1/epcis/capture", json=document(looked))
    assert answer.status_code == 202, answer.text
    assert await scene.relay() == 2
    for return_id, serial in (("R-1", "S1"), ("R-2", "S2")):
        [(_, body)] = await scene.heard(1, return_id)
        assert (body["return_id"], body["units"][0]["serial"]) == (return_id, serial)
        assert "returns" not in body


async def test_captured_goods_that_no_return_knows_are_let_by(scene: Scene) -> None:
    supply = received(SHIRT, disposition="in_progress")
    await scene.http.post("/v1/epcis/capture", json=document(supply))
    await scene.relay()
    assert await scene.relay(ahead=EARLY + A_SECOND) == 0
    [(_, state, _)] = await scene.states()
    assert state == "ignored"


async def test_a_row_of_a_table_is_told_as_what_was_counted_and_what_was_seen(
    scene: Scene,
) -> None:
    await scene.label()
    table = read_table(
        b"received_at,return_id,sku,quantity,grade\n2026-03-09,R-1,SHIRT,1,used\n", {}
    )
    [row] = read_rows(table, "hub-de", UTC)
    assert isinstance(row, ReadRow)
    facts = [asdict(fact) for fact in row.facts]
    told = Told(SHEET, scene.tenant, row.event_id, "receipt.row", row.occurred_at, facts)
    await Inbox(scene.pool).keep(told.incoming)
    assert await scene.relay() == 2
    heard = dict(await scene.heard(2))
    assert heard["report_receipt"]["units"][0]["sku"] == "SHIRT"
    assert heard["report_inspection"]["return_id"] == "R-1"


async def test_a_document_with_one_unfit_event_is_refused_whole(scene: Scene) -> None:
    unfit = received(SHIRT, rma="R-1", action="CREATE")
    body = document(received(SHIRT, rma="R-1"), unfit)
    answer = await scene.http.post("/v1/epcis/capture", json=body)
    assert answer.status_code == 400
    assert answer.json()["path"] == "body.epcisBody.eventList.1.action"
    assert await scene.states() == []


async def test_a_return_told_again_otherwise_corrects_what_was_told_of_it(scene: Scene) -> None:
    """By webhook and by asking, at ShipBob: whichever comes, the last word counts once."""
    await scene.label()

    async def stands(quantity: int) -> AsyncIterator[dict[str, Any]]:
        done = [{"action": "Kept", "quantity_processed": quantity}]
        yield {
            "id": 7,
            "status": "Completed",
            "reference_id": "R-1",
            "completed_date": NOW.isoformat(),
            "inventory": [{"id": 1, "sku": "SHIRT", "quantity": 1, "action_taken": done}],
        }

    inbox = Inbox(scene.pool)
    assert await poll_shipbob(inbox, stands(2), NOW) == {"new": 1}
    assert await poll_shipbob(inbox, stands(2), NOW) == {"known": 1}
    assert await scene.relay() == 1
    assert await poll_shipbob(inbox, stands(1), NOW) == {"new": 1}
    assert await scene.relay() == 1
    (_, first), (_, second) = await scene.heard(2)
    assert second["corrects"] == first["message_id"]
    assert second["units"] == [of("SHIRT", 1)]
