"""The carrier's counter, in EasyPost's dialect: rate, buy, take back, look up."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox import carrier_objects as objects
from sandbox.claims import Claims
from sandbox.coverage import CARRIERS, CODE, PICKUP, offers, visits
from sandbox.face import Face, Operation
from sandbox.label_paper import label_pdf
from sandbox.parcels import Parcels, label_row, names_of
from sandbox.pickups import Pickups
from sandbox.settings import EASYPOST_KEY
from sandbox.wire import Call, Json, Reply, Unfit, digest, digits, iso, mapping, number, since, text
from sandbox.world import World

VOID_AFTER_DAYS = 1.0
OLDEST_VOID = timedelta(days=30)
OUT_OF_AREA = "ADDRESS.OUT_OF_SERVICE_AREA"


class Carrier:
    """Shipments, and the labels bought on them."""

    def __init__(self, world: World, parcels: Parcels) -> None:
        self._world = world
        self._books = world.books
        self._parcels = parcels
        self._files = f"{world.settings.url}/files"
        world.hear("void_answer", self._answer_void)

    def key(self, call: Call) -> str:
        """Name the business of a call on a shipment: its reference, where it has one."""
        shipment = self._find(call.path["ref"])
        return (shipment or {}).get("reference") or call.path["ref"]

    def create(self, call: Call) -> Reply:
        """Rate a shipment. Two of one reference are two: the newest is found by it."""
        said = mapping(call.body, "shipment")
        for field in ("from_address", "to_address", "parcel"):
            mapping(said, field)
        ounces = number(said["parcel"], "weight", 0)
        reference = text(said, "reference", default="")
        nth = len(self._books.by_reference("shipment", reference))
        key = "shp_" + digest("shipment", reference, nth)
        origin, destination = _way(said)
        made = iso(self._world.clock.now())
        found = offers(origin, destination, ounces)
        rates = [objects.rate(offer, key, made) for offer in found]
        shipment = objects.shipment(said, key, made, rates)
        self._books.put("shipment", key, shipment, reference=reference)
        return Reply(201, shipment)

    def buy(self, call: Call) -> Reply:
        """Sell the label of a rate, once for a shipment."""
        shipment = self._find(call.path["ref"])
        if shipment is None:
            return _not_found()
        if shipment["postage_label"] is not None:
            return _no("SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
        wanted = text(mapping(call.body, "rate"), "id")
        rate = next((rate for rate in shipment["rates"] if rate["id"] == wanted), None)
        if rate is None:
            raise Unfit("rate.id", "the id of one of the shipment's rates")
        customer = customer_address(shipment)
        if rate["service"] == PICKUP and not visits(rate["carrier"], customer["zip"] or ""):
            return _no(OUT_OF_AREA, f"{rate['carrier']} does not come to this postcode.")
        return Reply(200, self._sell(shipment, rate, self._world.clock.now()))

    def void(self, call: Call) -> Reply:
        """Take the wish for the label's money back; what comes of it is told a day later."""
        shipment = self._find(call.path["ref"])
        if shipment is None:
            return _not_found()
        parcel = self._parcels.get(shipment["tracking_code"] or "")
        if parcel is None:
            return _no("SHIPMENT.REFUND.UNAVAILABLE", "There is no postage to refund.")
        if shipment["refund_status"] is not None:
            return _no("SHIPMENT.REFUND.EXISTS", "A refund was asked for before.")
        now = self._world.clock.now()
        shipment |= {"refund_status": "submitted", "updated_at": iso(now)}
        parcel["void"] = "requested"
        self._books.change("shipment", shipment["id"], shipment)
        self._parcels.keep(parcel)
        self._books.book("labels", now, kind="void_requested", **label_row(parcel))
        script = self._parcels.script_of(parcel, "void")
        days = number(script.params, "days", VOID_AFTER_DAYS) if script else VOID_AFTER_DAYS
        body = {"shipment_id": shipment["id"], "requested_at": iso(now)}
        self._world.later(now, days, "void_answer", f"void:{shipment['id']}", body)
        handover = self._parcels.script_of(parcel, "parcel")
        if handover is None or not handover.params.get("anyway"):
            self._parcels.stay(parcel)
        return Reply(200, self._shown(shipment))

    def show(self, call: Call) -> Reply:
        shipment = self._find(call.path["ref"])
        return _not_found() if shipment is None else Reply(200, self._shown(shipment))

    def sold(self, call: Call) -> Reply:
        """List purchased shipments of a time, the newest first, a page at a time."""
        since_at, until_at = (
            since(text(call.query, "start_datetime")),
            since(text(call.query, "end_datetime")),
        )
        paid = [one for one in self._books.every("shipment") if one["postage_label"] is not None]
        made = [one for one in paid if since_at <= since(one["created_at"]) <= until_at]
        made.sort(key=lambda one: (since(one["created_at"]), one["id"]), reverse=True)
        before = call.query.get("before_id")
        start = next((at + 1 for at, one in enumerate(made) if one["id"] == before), 0)
        size = int(text(call.query, "page_size", default="20"))
        page = made[start : start + size]
        shown = [self._shown(one) for one in page]
        return Reply(200, {"shipments": shown, "has_more": start + size < len(made)})

    def paper(self, shipment_id: str) -> bytes | None:
        """Give the label of a shipment that is paid, as a PDF."""
        shipment = self._books.get("shipment", shipment_id)
        return label_pdf(shipment) if shipment and shipment["postage_label"] else None

    def track(self, call: Call) -> Reply:
        parcel = self._parcels.get(call.path["ref"])
        return _not_found() if parcel is None else Reply(200, objects.tracker(parcel))

    def follow(self, call: Call) -> Reply:
        """Follow a number from now on, whoever's it is; asked again, it is the same tracker."""
        number = text(mapping(call.body, "tracker"), "tracking_code")
        now = self._world.clock.now()
        parcel = self._parcels.get(number) or self._parcels.open(number, now)
        if not parcel["followed"]:  # the dock's announcement may have named it before
            parcel["followed"] = True
            self._parcels.keep(parcel)
            self._books.book("labels", now, kind="followed", **label_row(parcel))
        return Reply(200, objects.tracker(parcel))

    def trackers(self, call: Call) -> Reply:
        """List the trackers of a number: one, where the parcel is known."""
        parcel = self._parcels.get(_number(call))
        found = [] if parcel is None else [objects.tracker(parcel)]
        return Reply(200, {"trackers": found, "has_more": False})

    def _sell(self, shipment: Json, rate: Json, now: datetime) -> Json:
        carrier, service = rate["carrier"], rate["service"]
        key = shipment["id"]
        tracking_number = CARRIERS[carrier].prefix + digits(12, "tracking", key)
        cents = round(float(rate["rate"]) * 100)
        code = digits(10, "code", key) if service == CODE else None
        shipment |= {
            "postage_label": objects.postage_label(key, iso(now), code=code, files=self._files),
            "selected_rate": rate,
            "tracking_code": tracking_number,
            "updated_at": iso(now),
            "fees": objects.fees(cents),
        }
        self._books.change("shipment", key, shipment)
        parcel = self._parcels.open(
            tracking_number,
            now,
            shipment_id=key,
            reference=shipment["reference"] or "",
            carrier=carrier,
            service=service,
            cost_cents=cents,
            country=customer_address(shipment)["country"] or "",
        )
        self._books.book("labels", now, kind="purchase", **label_row(parcel))
        self._tell(parcel, "tracker.created", objects.tracker(parcel), now)
        self._parcels.begin(parcel, now)
        return self._shown(shipment)

    def _answer_void(self, at: datetime, body: Json) -> None:
        """Decide on a wish to take a label back: not once it is scanned, nor after 30 days."""
        shipment = self._books.get("shipment", body["shipment_id"]) or {}
        parcel = self._parcels.get(shipment["tracking_code"]) or {}
        age = since(body["requested_at"]) - since(parcel["created_at"])
        script = self._parcels.script_of(parcel, "void")
        refused = script is not None and script.name == "rejected"
        granted = parcel["handed_over_at"] is None and age <= OLDEST_VOID and not refused
        status = "refunded" if granted else "rejected"
        parcel["void"] = "voided" if granted else "rejected"
        self._parcels.keep(parcel)
        shipment |= {"refund_status": status, "updated_at": iso(at)}
        self._books.change("shipment", shipment["id"], shipment)
        kind = "voided" if granted else "void_rejected"
        self._books.book("labels", at, kind=kind, **label_row(parcel))
        result = {
            "id": "rfnd_" + digest("refund", shipment["id"]),
            "object": "Refund",
            "created_at": body["requested_at"],
            "updated_at": iso(at),
            "tracking_code": parcel["tracking_number"],
            "confirmation_number": None,
            "status": status,
            "carrier": parcel["carrier"],
            "shipment_id": shipment["id"],
        }
        self._tell(parcel, "refund.successful" if granted else "refund.updated", result, at)

    def _tell(self, parcel: Json, kind: str, result: Json, at: datetime) -> None:
        event_id = "evt_" + digest(kind, parcel["tracking_number"])
        event = objects.event(kind, result, event_id=event_id, at=iso(at))
        about = names_of(parcel)
        self._world.outbox.book("easypost", kind, event_id, event, at=at, about=about)

    def _shown(self, shipment: Json) -> Json:
        """Show a shipment with its tracker as it stands."""
        parcel = self._parcels.get(shipment["tracking_code"] or "")
        if parcel is None:
            return shipment
        tracker = {**objects.tracker(parcel), "fees": []}
        return {**shipment, "tracker": tracker, "status": parcel["status"]}

    def _find(self, ref: str) -> Json | None:
        """Find a shipment by its id, else the newest of that reference."""
        by_id = self._books.get("shipment", ref)
        if by_id is not None:
            return by_id
        of_reference = self._books.by_reference("shipment", ref) if ref else []
        return of_reference[-1] if of_reference else None


def easypost_face(counter: Carrier, pickups: Pickups, claims: Claims) -> Face:
    """Put the counter together."""
    return Face(
        name="carrier",
        prefix="/easypost/v2",
        knows=_knows,
        complaint=objects.complaint,
        operations=(
            Operation("create", "POST", "/shipments", counter.create, _reference),
            Operation("buy", "POST", "/shipments/{ref:path}/buy", counter.buy, counter.key),
            Operation("refund", "POST", "/shipments/{ref:path}/refund", counter.void, counter.key),
            Operation("list", "GET", "/shipments", counter.sold, _all),
            Operation("get", "GET", "/shipments/{ref:path}", counter.show, counter.key),
            Operation("tracker", "GET", "/trackers/{ref:path}", counter.track, _ref),
            Operation("follow", "POST", "/trackers", counter.follow, _followed),
            Operation("tracker_list", "GET", "/trackers", counter.trackers, _number),
            *pickups.operations(),
            *claims.operations(),
        ),
    )


def customer_address(shipment: Json) -> Json:
    """Say who sends: a return is asked for with the addresses of the way out."""
    return dict(shipment["to_address" if shipment["is_return"] else "from_address"])


def _way(said: Json) -> tuple[str, str]:
    """Give the countries where the parcel starts and ends.

    Raises:
        Unfit: A country is missing.
    """
    out, back = (
        text(mapping(said, name), "country").upper() for name in ("from_address", "to_address")
    )
    return (back, out) if said.get("is_return") else (out, back)


def _reference(call: Call) -> str:
    return text(mapping(call.body, "shipment"), "reference", default="-")


def _followed(call: Call) -> str:
    return text(mapping(call.body, "tracker"), "tracking_code")


def _all(_call: Call) -> str:
    return "-"


def _number(call: Call) -> str:
    return text(call.query, "tracking_code")


def _ref(call: Call) -> str:
    return call.path["ref"]


def _knows(headers: Mapping[str, str]) -> bool:
    given = headers.get("authorization", "")
    expected = base64.b64encode(f"{EASYPOST_KEY}:".encode()).decode()
    return given == f"Basic {expected}"


def _no(code: str, message: str) -> Reply:
    return Reply(422, objects.complaint(422, code, message, ""))


def _not_found() -> Reply:
    said = objects.complaint(404, "not_found", "The requested resource could not be found.", "")
    return Reply(404, said)
