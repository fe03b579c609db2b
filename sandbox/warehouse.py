"""The warehouse's counter: what should come, where it is put, what is held and sent instead.

Every change is a PUT under the caller's reference: the same body again gives the same id,
another body is refused.
"""

from collections.abc import Callable
from datetime import datetime

from sandbox.face import Face, Operation
from sandbox.keys import fingerprint
from sandbox.lots import Lots
from sandbox.settings import BEARER
from sandbox.stock import Stock
from sandbox.stored_value import complaint
from sandbox.wire import Call, Json, Reply, digest, iso, moment, number, rows, text, whole
from sandbox.workshop import Workshop
from sandbox.world import World

SHIPS_AFTER_DAYS = 1.0

Making = Callable[[str, Json, datetime], Reply]


def warehouse_face(world: World, stock: Stock) -> Face:
    """Put the counter together."""
    counter = Warehouse(world, stock)
    workshop, lots = Workshop(world), Lots(world)
    making: tuple[tuple[str, str, Making], ...] = (
        ("announce", "announcements", counter.announce),
        ("stock_move", "stock-moves", counter.move),
        ("reserve", "reservations", counter.reserve),
        ("order", "orders", counter.order),
        ("repair", "repairs", workshop.repair),
        ("send_back", "send-backs", workshop.send_back),
        ("lot", "lots", lots.take),
    )
    operations = [
        Operation("release", "DELETE", "/reservations/by-id/{ref}", counter.release, _ref)
    ]
    for name, place, make in making:
        path = f"/{place}/{{ref:path}}"
        operations += [
            Operation(name, "PUT", path, counter.once(name, make), _ref, about=_about),
            Operation(
                "get", "GET", path, lots.show if name == "lot" else counter.finder(name), _ref
            ),
        ]
    return Face(
        name="warehouse",
        prefix="/warehouse/v1",
        knows=lambda headers: headers.get("authorization") == f"Bearer {BEARER}",
        complaint=complaint,
        operations=tuple(operations),
    )


class Warehouse:
    """Entries by reference, and the stock behind them."""

    def __init__(self, world: World, stock: Stock) -> None:
        self._world = world
        self._books = world.books
        self._stock = stock
        world.hear("hold_ends", self._hold_ends)
        world.hear("order_ships", self._order_ships)

    def once(self, name: str, make: Making) -> Callable[[Call], Reply]:
        """Give the work that makes an entry, once for a reference."""

        def work(call: Call) -> Reply:
            reference = call.path["ref"]
            asked = fingerprint(call.body)
            known = self._books.by_reference("entry", f"{name}:{reference}")
            if known and known[0]["asked"] != asked:
                return _no(422, "reference_reused", "The reference was used for something else.")
            if known:
                return Reply(200, _shown(known[0]))
            reply = make(reference, call.body, self._world.clock.now())
            if reply.status == 201:
                entry = {"asked": asked, "operation": name, **reply.body}
                self._books.put("entry", entry["id"], entry, reference=f"{name}:{reference}")
            return reply

        return work

    def finder(self, name: str) -> Callable[[Call], Reply]:
        """Give the work that looks an entry up."""

        def work(call: Call) -> Reply:
            found = self._books.by_reference("entry", f"{name}:{call.path['ref']}")
            if not found:
                return _no(404, "not_found", "There is no such reference.")
            return Reply(200, _shown(found[0]))

        return work

    def announce(self, reference: str, said: Json, now: datetime) -> Reply:
        """Note what should come for a return."""
        announcement: Json = {
            "return_id": text(said, "return_id"),
            "warehouse": text(said, "warehouse"),
            "units": [_unit(unit) for unit in rows(said, "units")],
            "tracking_numbers": [str(one) for one in said.get("tracking_numbers") or ()],
            "at": iso(now),
        }
        key = "ann_" + digest("announcement", reference)[:24]
        family = announcement["return_id"]
        self._books.put("announcement", key, announcement, reference=reference, family=family)
        for unit in announcement["units"]:
            self._book("announced", now, reference, announcement["return_id"], **unit)
        self._world.tell("announced", now, announcement)
        return Reply(201, {"id": key, "reference": reference, "status": "announced"})

    def move(self, reference: str, said: Json, now: datetime) -> Reply:
        """Put inspected goods where the decision sends them."""
        sku, quantity = text(said, "sku"), whole(said, "quantity")
        disposition = text(said, "disposition")
        reverses = text(said, "reverses", default="")
        if disposition == "restock" and reverses:
            self._stock.take(sku, quantity)
        elif disposition == "restock":
            self._stock.put_back(sku, quantity)
        self._book(
            "move_reversed" if reverses else "stock_move",
            now,
            reference,
            text(said, "return_id"),
            sku=sku,
            quantity=quantity,
            disposition=disposition,
            grade=text(said, "grade", default=""),
            warehouse=text(said, "warehouse"),
        )
        key = "mov_" + digest("move", reference)[:24]
        return Reply(201, {"id": key, "reference": reference, "status": "moved"})

    def reserve(self, reference: str, said: Json, now: datetime) -> Reply:
        """Hold goods, until a time at most."""
        sku, quantity = text(said, "sku"), whole(said, "quantity")
        until = moment(said, "hold_until")
        if not self._stock.take(sku, quantity):
            return self._out_of_stock(reference, "", sku, quantity, now)
        key = "res_" + digest("reservation", reference)[:24]
        held = {"id": key, "reference": reference, "sku": sku, "quantity": quantity}
        self._books.put("reservation", key, {**held, "status": "held"}, reference=reference)
        self._book("reserved", now, reference, "", sku=sku, quantity=quantity)
        self._world.schedule.add(until, "hold_ends", f"hold:{key}", {"id": key})
        return Reply(201, {**held, "status": "held"})

    def release(self, call: Call) -> Reply:
        """Give held goods back; a second time changes nothing."""
        held = self._books.get("reservation", call.path["ref"])
        if held is None:
            return _no(404, "not_found", "There is no such reservation.")
        self._free(held, self._world.clock.now())
        return Reply(200, held)

    def order(self, reference: str, said: Json, now: datetime) -> Reply:
        """Send new goods: those held, or from what is there."""
        sku, quantity = text(said, "sku"), whole(said, "quantity")
        return_id = text(said, "return_id")
        held = self._books.get("reservation", text(said, "reservation_id", default=""))
        if held is not None and held["status"] == "held":
            self._world.schedule.call_off(f"hold:{held['id']}")
            self._books.change("reservation", held["id"], {**held, "status": "used"})
        elif not self._stock.take(sku, quantity):
            return self._out_of_stock(reference, return_id, sku, quantity, now)
        key = "ord_" + digest("order", reference)[:24]
        goods: Json = {"sku": sku, "quantity": quantity}
        order = {"id": key, "reference": reference, "return_id": return_id, **goods}
        self._books.put("order", key, {**order, "status": "ordered"}, reference=reference)
        self._book("ordered", now, reference, return_id, order_id=key, **goods)
        script = self._world.scripts.find("replacement", return_id)
        if script is not None:
            days = number(script.params, "days", SHIPS_AFTER_DAYS)
            self._world.later(now, days, "order_ships", f"order:{key}", {"id": key})
        return Reply(201, {**order, "status": "ordered"})

    def _hold_ends(self, at: datetime, body: Json) -> None:
        held = self._books.get("reservation", body["id"])
        if held is not None:
            self._free(held, at)

    def _order_ships(self, at: datetime, body: Json) -> None:
        """Tell that the goods have left; a second time tells nothing."""
        order = self._books.get("order", body["id"])
        if order is None or order["status"] != "ordered":
            return
        order["status"] = "shipped"
        self._books.change("order", order["id"], order)
        goods = {"sku": order["sku"], "quantity": order["quantity"]}
        number_ = "SP" + digest("replacement", order["id"])[:12].upper()
        self._book(
            "shipped",
            at,
            order["reference"],
            order["return_id"],
            order_id=order["id"],
            tracking_number=number_,
            **goods,
        )
        data: Json = {
            "message_id": "shipped_" + digest("shipped", order["id"]),
            "occurred_at": iso(at),
            "return_id": order["return_id"],
            "order_id": order["id"],
            "reference": order["reference"],
            "tracking_number": number_,
            **goods,
        }
        event: Json = {"type": "replacement.shipped", "data": data}
        about = (order["return_id"],)
        self._world.outbox.book(
            "warehouse", event["type"], data["message_id"], event, at=at, about=about
        )

    def _free(self, held: Json, at: datetime) -> None:
        if held["status"] != "held":
            return
        held["status"] = "released"
        self._books.change("reservation", held["id"], held)
        self._world.schedule.call_off(f"hold:{held['id']}")
        self._stock.put_back(held["sku"], held["quantity"])
        goods = {"sku": held["sku"], "quantity": held["quantity"]}
        self._book("released", at, held["reference"], "", **goods)

    def _out_of_stock(
        self, reference: str, return_id: str, sku: str, quantity: int, now: datetime
    ) -> Reply:
        self._book("out_of_stock", now, reference, return_id, sku=sku, quantity=quantity)
        return _no(409, "out_of_stock", "There is none.")

    def _book(
        self, kind: str, at: datetime, reference: str, return_id: str, **more: str | int
    ) -> None:
        row = {"kind": kind, "reference": reference, "return_id": return_id}
        self._books.book("warehouse", at, **row, **more)


def _unit(said: Json) -> Json:
    return {
        "line_id": text(said, "line_id"),
        "unit": whole(said, "unit"),
        "sku": text(said, "sku"),
        "serial": text(said, "serial", default=""),
        "quantity": 1,
    }


def _shown(entry: Json) -> Json:
    ours = {"asked", "operation"}
    return {name: value for name, value in entry.items() if name not in ours}


def _about(call: Call) -> tuple[str, ...]:
    return (str(call.body.get("return_id") or call.body.get("lot_id") or ""),)


def _ref(call: Call) -> str:
    return call.path["ref"]


def _no(status: int, code: str, message: str) -> Reply:
    return Reply(status, complaint(status, code, message, ""))
