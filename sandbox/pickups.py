"""Visits to the customer's door: rated, booked, and what came of them."""

from datetime import datetime, timedelta

from sandbox import carrier_objects as objects
from sandbox.coverage import visits
from sandbox.face import Operation
from sandbox.parcels import Parcels, label_row, names_of
from sandbox.scripts import Script
from sandbox.wire import Call, Json, Reply, Unfit, digest, digits, iso, mapping, moment, since, text
from sandbox.world import World

SERVICE = "doorstep"
OPEN = frozenset({"unknown", "scheduled"})

# The outcome of each attempt at a parcel, booked anew each time; after the last: taken.
ATTEMPTS = {
    "ok": (),
    "fails": ("customer_unreachable",),
    "fails_twice": ("customer_unreachable", "not_attempted"),
    "item_mismatch": ("item_mismatch",),
}


class Pickups:
    """Every visit. Attempts are counted per parcel, over all its visits."""

    def __init__(self, world: World, parcels: Parcels) -> None:
        self._world = world
        self._books = world.books
        self._parcels = parcels
        world.hear("visit", self._visit_is_due)

    def operations(self) -> tuple[Operation, ...]:
        """Give the operations for the carrier's counter."""
        return (
            Operation("pickup_create", "POST", "/pickups", self.create, _reference),
            Operation("pickup_buy", "POST", "/pickups/{ref:path}/buy", self.buy, self.key),
            Operation("pickup_cancel", "POST", "/pickups/{ref:path}/cancel", self.cancel, self.key),
            Operation("pickup_get", "GET", "/pickups/{ref:path}", self.show, self.key),
        )

    def key(self, call: Call) -> str:
        """Name the business of a call on a visit: its reference, where it has one."""
        pickup = self.find(call.path["ref"])
        return (pickup or {}).get("reference") or call.path["ref"]

    def create(self, call: Call) -> Reply:
        """Rate a visit for a parcel whose label is bought."""
        said = mapping(call.body, "pickup")
        shipment = self._books.get("shipment", text(mapping(said, "shipment"), "id"))
        if shipment is None or shipment["tracking_code"] is None:
            raise Unfit("pickup.shipment.id", "a shipment whose label is bought")
        address = mapping(said, "address")
        carrier = shipment["selected_rate"]["carrier"]
        if not visits(carrier, str(address.get("zip") or "")):
            return _no("ADDRESS.OUT_OF_SERVICE_AREA", f"{carrier} does not come to this postcode.")
        start, end = moment(said, "min_datetime"), moment(said, "max_datetime")
        if end < start:
            raise Unfit("pickup.max_datetime", "a time that is not before min_datetime")
        return Reply(200, self._rated(said, shipment, start, end))

    def buy(self, call: Call) -> Reply:
        """Book the visit; asked again it stays the one visit."""
        pickup = self.find(call.path["ref"])
        if pickup is None:
            return _not_found()
        rate = pickup["pickup_rates"][0]
        if (call.body.get("carrier"), call.body.get("service")) != (rate["carrier"], SERVICE):
            raise Unfit("carrier, service", "those of one of the pickup_rates")
        if pickup["status"] == "unknown":
            self._schedule(pickup, self._world.clock.now())
        elif pickup["status"] != "scheduled":
            return _no("PICKUP.FAILURE", "The visit is over.")
        return Reply(200, shown(pickup))

    def cancel(self, call: Call) -> Reply:
        """Call the visit off, if it has not taken place."""
        pickup = self.find(call.path["ref"])
        if pickup is None:
            return _not_found()
        if pickup["status"] not in OPEN:
            return _no("PICKUP.CANCEL.FAILURE", "The visit is over.")
        now = self._world.clock.now()
        was_booked = pickup["status"] == "scheduled"
        self._world.schedule.call_off(_key(pickup))
        self._keep(pickup, now, status="canceled")
        if was_booked:
            self._book(pickup, now, "pickup_cancelled")
            self._tell(pickup, now)
        return Reply(200, shown(pickup))

    def show(self, call: Call) -> Reply:
        pickup = self.find(call.path["ref"])
        return _not_found() if pickup is None else Reply(200, shown(pickup))

    def find(self, ref: str) -> Json | None:
        """Find a visit by its id, else the newest of that reference."""
        by_id = self._books.get("pickup", ref)
        if by_id is not None:
            return by_id
        of_reference = self._books.by_reference("pickup", ref) if ref else []
        return of_reference[-1] if of_reference else None

    def end(
        self, pickup: Json, at: datetime, *, exception: str, rebooked_for: datetime | None = None
    ) -> None:
        """Let the visit come to its end: without an `exception` the parcel is taken.

        A visit that the carrier itself books anew stays booked, for another day.
        """
        self._world.schedule.call_off(_key(pickup))
        parcel = self._parcel(pickup)
        parcel["attempts"] += 1
        self._parcels.keep(parcel)
        pickup["attempt"] = parcel["attempts"]
        if not exception:
            self._keep(pickup, at, status="picked_up")
            self._book(pickup, at, "picked_up")
            self._tell(pickup, at)
            self._parcels.fetched(parcel, at)
            return
        self._keep(pickup, at, status="failed", exception_code=exception)
        self._book(pickup, at, "pickup_failed", exception_code=exception)
        self._tell(pickup, at, rebooked_for=rebooked_for)
        if rebooked_for is not None:
            length = since(pickup["max_datetime"]) - since(pickup["min_datetime"])
            pickup["min_datetime"] = iso(rebooked_for)
            self._keep(pickup, at, status="scheduled", max_datetime=iso(rebooked_for + length))

    def _rated(self, said: Json, shipment: Json, start: datetime, end: datetime) -> Json:
        reference = text(said, "reference", default="")
        nth = len(self._books.by_reference("pickup", reference))
        key = "pickup_" + digest("pickup", reference or shipment["id"], nth)
        made = iso(self._world.clock.now())
        carrier = shipment["selected_rate"]["carrier"]
        pickup = objects.pickup(said, key, made, carrier=carrier, service=SERVICE)
        pickup |= {
            "reference": reference or None,
            "min_datetime": iso(start),
            "max_datetime": iso(end),
            "tracking_code": shipment["tracking_code"],
            "exception_code": None,
            "attempt": None,
        }
        family = shipment["tracking_code"]
        self._books.put("pickup", key, pickup, reference=reference, family=family)
        return shown(pickup)

    def _schedule(self, pickup: Json, now: datetime) -> None:
        confirmation = "V" + digits(8, "confirmation", pickup["id"])
        self._keep(pickup, now, status="scheduled", confirmation=confirmation)
        self._book(pickup, now, "pickup_booked")
        self._tell(pickup, now)
        parcel = self._parcel(pickup)
        script = self._script(parcel)
        if script is None:
            return
        codes = script.params.get("codes", ATTEMPTS[script.name])
        attempt = parcel["attempts"]
        exception = codes[attempt] if attempt < len(codes) else ""
        start, end = since(pickup["min_datetime"]), since(pickup["max_datetime"])
        due_at = end if exception else start + (end - start) / 2
        body = {"pickup_id": pickup["id"], "exception": exception}
        due_at = max(due_at, now + timedelta(seconds=1))
        self._world.schedule.add(due_at, "visit", _key(pickup), body)

    def _script(self, parcel: Json) -> Script | None:
        """Find what comes of visits: where only the way is scripted, the visit goes well."""
        script = self._parcels.script_of(parcel, "pickup")
        if script is not None:
            return script
        way = self._parcels.script_of(parcel, "parcel")
        return Script("pickup", "ok", {}) if way is not None and way.name != "never" else None

    def _visit_is_due(self, at: datetime, body: Json) -> None:
        pickup = self.find(body["pickup_id"])
        if pickup is not None and pickup["status"] == "scheduled":
            self.end(pickup, at, exception=body["exception"])

    def _parcel(self, pickup: Json) -> Json:
        return self._parcels.get(pickup["tracking_code"]) or {}

    def _keep(self, pickup: Json, at: datetime, **learned: str) -> None:
        pickup |= {**learned, "updated_at": iso(at)}
        self._books.change("pickup", pickup["id"], pickup)

    def _book(self, pickup: Json, at: datetime, kind: str, **more: str) -> None:
        row = label_row(self._parcel(pickup)) | {"cost_minor": 0}
        visit = {"pickup_id": pickup["id"], "pickup_reference": pickup["reference"]}
        self._books.book("labels", at, kind=kind, **row, **visit, attempt=pickup["attempt"], **more)

    def _tell(self, pickup: Json, at: datetime, *, rebooked_for: datetime | None = None) -> None:
        event_id = "evt_" + digest("pickup", pickup["id"], pickup["status"], pickup["attempt"])
        result = {**shown(pickup), "datetime": iso(at), "tracking_code": pickup["tracking_code"]}
        result |= {name: pickup[name] for name in ("exception_code", "attempt")}
        if rebooked_for is not None:
            result["rebooked_for"] = iso(rebooked_for)
        event = objects.event("pickup.updated", result, event_id=event_id, at=iso(at))
        about = names_of(self._parcel(pickup))
        self._world.outbox.book("easypost", "pickup.updated", event_id, event, at=at, about=about)


def shown(pickup: Json) -> Json:
    """Show a visit with the fields that the recordings have, and no others."""
    ours = {"tracking_code", "exception_code", "attempt"}
    return {name: value for name, value in pickup.items() if name not in ours}


def _reference(call: Call) -> str:
    return text(mapping(call.body, "pickup"), "reference", default="-")


def _key(pickup: Json) -> str:
    return f"visit:{pickup['id']}"


def _no(code: str, message: str) -> Reply:
    return Reply(422, objects.complaint(422, code, message, ""))


def _not_found() -> Reply:
    said = objects.complaint(404, "not_found", "The requested resource could not be found.", "")
    return Reply(404, said)
