"""Work on goods that are in the house: repaired, or shipped back to whose they are."""

from datetime import datetime

from sandbox.stored_value import complaint
from sandbox.wire import Json, Reply, digest, iso, number, text
from sandbox.world import World

REPAIRED_AFTER_DAYS = 3.0
SENT_BACK_AFTER_DAYS = 1.0


class Workshop:
    """Repairs and send-backs, each ended by itself after some days.

    The scripts `repair.fails`, `repair.refused` and `send_back.refused` change how.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books
        world.hear("repair_ends", self._repair_ends)
        world.hear("goods_leave", self._goods_leave)

    def repair(self, reference: str, said: Json, now: datetime) -> Reply:
        """Take a unit to the workshop."""
        return_id = text(said, "return_id")
        script = self._world.scripts.find("repair", return_id)
        if script is not None and script.name == "refused":
            return Reply(409, complaint(409, "not_possible", "There are no parts for it.", ""))
        key = "rep_" + digest("repair", reference)[:24]
        outcome = "failed" if script is not None and script.name == "fails" else "repaired"
        days = number(script.params if script else {}, "days", REPAIRED_AFTER_DAYS)
        order = {"id": key, "reference": reference, "return_id": return_id, "outcome": outcome}
        self._books.put("repair", key, {**order, "status": "ordered"}, reference=reference)
        self._book("repair", now, reference, return_id, sku=text(said, "sku"))
        self._world.later(now, days, "repair_ends", f"repair:{key}", {"id": key})
        return Reply(201, {"id": key, "reference": reference, "status": "ordered"})

    def send_back(self, reference: str, said: Json, now: datetime) -> Reply:
        """Note that something is to be shipped to the customer."""
        return_id = text(said, "return_id")
        script = self._world.scripts.find("send_back", return_id)
        if script is not None and script.name == "refused":
            return Reply(409, complaint(409, "not_possible", "No carrier takes it there.", ""))
        key = "bck_" + digest("send_back", reference)[:24]
        days = number(script.params if script else {}, "days", SENT_BACK_AFTER_DAYS)
        order = {"id": key, "reference": reference, "return_id": return_id}
        self._books.put("send_back", key, {**order, "status": "ordered"}, reference=reference)
        self._book("send_back", now, reference, return_id, sku=text(said, "sku"))
        self._world.later(now, days, "goods_leave", f"send_back:{key}", {"id": key})
        return Reply(201, {"id": key, "reference": reference, "status": "ordered"})

    def _repair_ends(self, at: datetime, body: Json) -> None:
        order = self._ended("repair", body["id"])
        if order is not None:
            note = "" if order["outcome"] == "repaired" else "the frame is bent"
            self._tell("repair.ended", at, order, status=order["outcome"], note=note)

    def _goods_leave(self, at: datetime, body: Json) -> None:
        order = self._ended("send_back", body["id"])
        if order is not None:
            number_ = "SP" + digest("sent_back", order["id"])[:12].upper()
            self._book(
                "sent_back", at, order["reference"], order["return_id"], tracking_number=number_
            )
            self._tell("goods.sent_back", at, order, tracking_number=number_)

    def _ended(self, kind: str, key: str) -> Json | None:
        order = self._books.get(kind, key)
        if order is None or order["status"] != "ordered":
            return None
        order["status"] = "ended"
        self._books.change(kind, key, order)
        return order

    def _tell(self, kind: str, at: datetime, order: Json, **more: str) -> None:
        data: Json = {
            "message_id": f"{kind.partition('.')[0]}_" + digest(kind, order["id"]),
            "occurred_at": iso(at),
            "return_id": order["return_id"],
            "order_id": order["id"],
            "reference": order["reference"],
            **more,
        }
        event: Json = {"type": kind, "data": data}
        about = (order["return_id"],)
        self._world.outbox.book("warehouse", kind, data["message_id"], event, at=at, about=about)

    def _book(self, kind: str, at: datetime, reference: str, return_id: str, **more: str) -> None:
        row = {"kind": kind, "reference": reference, "return_id": return_id}
        self._books.book("warehouse", at, **row, **more)
