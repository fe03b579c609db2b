"""A fulfilment company in ShipBob's shape: returns are announced, arrive, and are dealt with.

They know no idempotency key: the same request twice is two returns.
"""

from collections.abc import Mapping

from sandbox.driving import Work
from sandbox.face import Face, Operation
from sandbox.settings import BEARER
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, text, whole
from sandbox.world import World

STATUSES = ("AwaitingArrival", "Arrived", "Processing", "Completed", "Cancelled")


def shipbob_face(shipbob: "ShipBob") -> Face:
    """Put the face together."""
    return Face(
        name="shipbob",
        prefix="/shipbob/2026-07",
        knows=lambda headers: headers.get("authorization") == f"Bearer {BEARER}",
        complaint=_complaint,
        operations=(
            Operation("return", "POST", "/return", shipbob.create, _reference),
            Operation("return_list", "GET", "/return", shipbob.listing, lambda _call: "every"),
            Operation("return_get", "GET", "/return/{ref}", shipbob.show, _ref),
        ),
    )


class ShipBob:
    """Their returns, and what a hand can do with them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books

    def works(self) -> list[Work]:
        """Give what a hand can do."""
        return [("POST", "/shipbob/returns/{ref}/status", self.move)]

    def create(self, call: Call) -> Reply:
        """Expect a return."""
        if "shipbob_channel_id" not in call.headers:
            return Reply(400, _complaint(400, "channel", "shipbob_channel_id is required", ""))
        now = iso(self._world.clock.now())
        key = int(digest("shipbob", str(len(self._books.every("shipbob"))))[:8], 16)
        made: Json = {
            "id": key,
            "reference_id": text(call.body, "reference_id"),
            "fulfillment_center": call.body.get("fulfillment_center") or {},
            "tracking_number": call.body.get("tracking_number"),
            "status": "AwaitingArrival",
            "insert_date": now,
            "status_history": [{"status": "AwaitingArrival", "timestamp": now}],
            "inventory": [
                {
                    "id": whole(line, "id"),
                    "name": f"article {line['id']}",
                    "quantity": whole(line, "quantity"),
                    "action_taken": [],
                }
                for line in call.body.get("inventory") or ()
            ],
        }
        self._books.put("shipbob", str(key), made)
        return Reply(201, made)

    def listing(self, call: Call) -> Reply:
        """List returns, filtered as asked, a page at a time."""
        found = [one for one in self._books.every("shipbob") if _fits(one, call.query)]
        limit, page = int(call.query.get("Limit", "50")), int(call.query.get("Page", "1"))
        return Reply(200, {"items": found[(page - 1) * limit : page * limit]})

    def show(self, call: Call) -> Reply:
        """Give one return."""
        found = self._books.get("shipbob", call.path["ref"])
        return Reply(200, found) if found else Reply(404, _complaint(404, "", "not found", ""))

    def move(self, call: Call) -> Reply:
        """Let a return come to a status; with `inventory`, what was done with what. It is told."""
        known = self._books.get("shipbob", call.path["ref"])
        status = text(call.body, "status")
        if known is None or status not in STATUSES:
            raise Unfit("status", " or ".join(STATUSES))
        now = self._world.clock.now()
        known["status"] = status
        known["status_history"].append({"status": status, "timestamp": iso(now)})
        if status == "Completed":
            known["completed_date"] = iso(now)
        known["inventory"] = call.body.get("inventory") or known["inventory"]
        self._books.put("shipbob", str(known["id"]), known)
        event_id = f"{known['id']}:{len(known['status_history'])}"
        about = (str(known["reference_id"]),)
        self._world.outbox.book("shipbob", "return.updated", event_id, known, at=now, about=about)
        return Reply(200, known)


def _fits(one: Json, query: Mapping[str, str]) -> bool:
    asked = {"Status": one["status"], "ReferenceIds": one["reference_id"]}
    return all(
        value in query[name].split(",") for name, value in asked.items() if query.get(name)
    ) and one["insert_date"] >= query.get("StartDate", "")


def _reference(call: Call) -> str:
    return str(call.body.get("reference_id", ""))


def _ref(call: Call) -> str:
    return call.path["ref"]


def _complaint(status: int, code: str, message: str, field: str) -> Json:
    return {"status": status, "title": message, "detail": field or code, "type": "about:blank"}
