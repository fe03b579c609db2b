"""Parcels on the road: what their carrier has seen of them, and what it will see."""

import re
from datetime import datetime
from typing import Any

from sandbox import carrier_objects as objects
from sandbox.coverage import PICKUP
from sandbox.journeys import Step, steps_of
from sandbox.scripts import Script
from sandbox.wire import Json, digest, iso, since, tokens
from sandbox.world import World

SCANS = frozenset({"in_transit", "out_for_delivery", "available_for_pickup"})
SILENT = frozenset({"pre_transit"})


class Parcels:
    """Every parcel, by its tracking number."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.hear("scan", self._scan_is_due)
        world.hear("announced", self._announced)
        world.hear("script", self._script_chosen)

    def open(self, tracking_number: str, at: datetime, **known: Any) -> Json:
        """Begin to follow a parcel; what is not `known` of it is empty."""
        parcel = {
            "tracking_number": tracking_number,
            "shipment_id": "",
            "reference": "",
            "return_id": "",
            "carrier": "unknown",
            "service": "",
            "cost_cents": 0,
            "country": "",
            "created_at": iso(at),
            "updated_at": iso(at),
            "status": "pre_transit",
            "status_detail": "label_created",
            "details": [],
            "handed_over_at": None,
            "delivered_at": None,
            "void": "",
            "followed": False,  # whether we were asked to, of whoever sold it
            "tells": "easypost",  # by whose webhooks it is told of; nobody's: they only answer
            "script": "",
            "attempts": 0,  # visits that took place, whatever came of them
            "contents": None,
            **known,
        }
        if not parcel["return_id"]:
            parcel["return_id"] = self._return_of(parcel["reference"])
        self.keep(parcel)
        return parcel

    def get(self, tracking_number: str) -> Json | None:
        """Find a parcel."""
        return self._world.books.get("parcel", tracking_number)

    def keep(self, parcel: Json) -> None:
        """Write a parcel down."""
        self._world.books.put(
            "parcel",
            parcel["tracking_number"],
            parcel,
            reference=parcel["reference"],
            family=parcel["return_id"],
        )

    def of_return(self, return_id: str, parcel_id: str = "") -> list[Json]:
        """Find a return's parcels; with `parcel_id` those whose label was asked for with it.

        Where no label names it, its number (`p2`, `2`) is the place among the parcels.
        """
        parcels = self._world.books.by_family("parcel", return_id)
        if not parcel_id:
            return parcels
        named = [parcel for parcel in parcels if parcel_id in tokens(parcel["reference"])]
        place = re.search(r"(\d+)$", parcel_id)
        if named or place is None:
            return named
        return parcels[int(place[1]) - 1 : int(place[1])]

    def scan(
        self,
        tracking_number: str,
        at: datetime,
        *,
        status: str,
        detail: str,
        message: str = "",
        place: Json | None = None,
    ) -> Json:
        """Let the carrier see the parcel; book it and tell it."""
        parcel = self.get(tracking_number) or self.open(tracking_number, at)
        seen = objects.tracking_detail(
            parcel["carrier"],
            status=status,
            detail=detail,
            at=iso(at),
            place=place or {"country": parcel["country"] or None},
            message=message or status.replace("_", " ").capitalize(),
        )
        parcel["details"].append(seen)
        parcel["updated_at"] = max(parcel["updated_at"], iso(at), key=since)
        newest = max(parcel["details"], key=lambda detail: since(detail["datetime"]))
        parcel |= {"status": newest["status"], "status_detail": newest["status_detail"]}
        is_handover = status in SCANS and parcel["handed_over_at"] is None
        if is_handover:
            parcel["handed_over_at"] = iso(at)
        arrives = status == "delivered" and parcel["delivered_at"] is None
        if arrives:
            parcel["delivered_at"] = iso(at)
        self.keep(parcel)
        self._book(parcel, at, status, detail)
        self._report(parcel, at, len(parcel["details"]))
        if is_handover:
            self._world.tell("handed_over", at, parcel)
        if arrives:
            self._world.tell("delivered", at, parcel)
        return parcel

    def script_of(self, parcel: Json, family: str) -> Script | None:
        """Find what the outside does for this parcel."""
        keys = (parcel["tracking_number"], parcel["reference"], parcel["return_id"])
        return self._world.scripts.find(family, *keys)

    def begin(self, parcel: Json, at: datetime) -> None:
        """Let its script run from `at`, if it has one and has not left yet.

        A parcel that is to be fetched waits for a visit.
        """
        script = self.script_of(parcel, "parcel")
        if script is None or parcel["handed_over_at"] is not None or parcel["void"]:
            return
        self._world.schedule.call_off(_key(parcel))
        parcel["script"] = script.full_name
        self.keep(parcel)
        if parcel["service"] != PICKUP:
            for step in steps_of(script):
                self._plan(parcel, at, step.day, step)

    def fetched(self, parcel: Json, at: datetime) -> None:
        """A visit has taken the parcel: its script runs on from the hand-over."""
        script = self.script_of(parcel, "parcel") or Script("parcel", "happy", {})
        first, *others = steps_of(script) or steps_of(Script("parcel", "happy", {}))
        self._world.schedule.call_off(_key(parcel))
        for step in others:
            self._plan(parcel, at, step.day - first.day, step)
        self.scan(
            parcel["tracking_number"],
            at,
            status="in_transit",
            detail="accepted",
            message="Taken at the door",
        )

    def stay(self, parcel: Json) -> None:
        """Nobody hands it over any more: what the script had planned is off."""
        self._world.schedule.call_off(_key(parcel))

    def _plan(self, parcel: Json, at: datetime, days: float, step: Step) -> None:
        body = {
            "tracking_number": parcel["tracking_number"],
            "status": step.status,
            "detail": step.detail,
            "message": step.message,
        }
        self._world.later(at, days, "scan", _key(parcel), body)

    def _scan_is_due(self, at: datetime, body: Json) -> None:
        self.scan(
            body["tracking_number"],
            at,
            status=body["status"],
            detail=body["detail"],
            message=body["message"],
        )

    def _announced(self, at: datetime, announcement: Json) -> None:
        """Learn which return a parcel belongs to; a number of another carrier is followed too."""
        for number in announcement["tracking_numbers"]:
            parcel = self.get(number) or self.open(number, at, return_id=announcement["return_id"])
            if parcel["return_id"] != announcement["return_id"]:
                parcel["return_id"] = announcement["return_id"]
                self.keep(parcel)
            script = self.script_of(parcel, "parcel")
            if script is not None and parcel["script"] != script.full_name:
                self.begin(parcel, at)

    def _script_chosen(self, at: datetime, chosen: Json) -> None:
        """Let a script that was chosen late begin now."""
        if not chosen["script"].startswith("parcel."):
            return
        books, key = self._world.books, chosen["key"]
        single = [parcel] if (parcel := self.get(key)) is not None else []
        for parcel in single or books.by_family("parcel", key) or self._unnamed(key):
            self.begin(parcel, at)

    def _unnamed(self, key: str) -> list[Json]:
        """Find parcels that were bought before anybody here knew of the return `key`."""
        unnamed = self._world.books.by_family("parcel", "")
        found = [parcel for parcel in unnamed if key in tokens(parcel["reference"])]
        for parcel in found:
            parcel["return_id"] = key
            self.keep(parcel)
        return found

    def _return_of(self, reference: str) -> str:
        """Guess the return from a label's reference: one of its parts that somebody named."""
        for token in tokens(reference):
            is_announced = self._world.books.by_family("announcement", token)
            if is_announced or self._world.scripts.is_known(token):
                return token
        return ""

    def _book(self, parcel: Json, at: datetime, status: str, detail: str) -> None:
        if status in SILENT:
            return
        kind = "scan" if status in SCANS else "delivered" if status == "delivered" else "exception"
        self._world.books.book(
            "labels", at, kind=kind, **label_row(parcel), status=status, status_detail=detail
        )

    def _report(self, parcel: Json, at: datetime, nth: int) -> None:
        if not parcel["tells"]:
            return
        event_id = "evt_" + digest("tracker", parcel["tracking_number"], nth)
        result = objects.tracker(parcel)
        event = objects.event("tracker.updated", result, event_id=event_id, at=iso(at))
        about = names_of(parcel)
        self._world.outbox.book("easypost", "tracker.updated", event_id, event, at=at, about=about)


def names_of(parcel: Json) -> tuple[str, ...]:
    """Give the names by which a fault can single out what is told of a parcel."""
    return (parcel["tracking_number"], parcel["return_id"], *tokens(parcel["reference"]))


def label_row(parcel: Json) -> Json:
    """Say in a ledger which label a row is about."""
    return {
        "label_id": parcel["shipment_id"],
        "reference": parcel["reference"],
        "return_id": parcel["return_id"],
        "tracking_number": parcel["tracking_number"],
        "carrier": parcel["carrier"],
        "service": parcel["service"],
        "cost_minor": parcel["cost_cents"],
        "currency": "EUR",
    }


def _key(parcel: Json) -> str:
    return f"parcel:{parcel['tracking_number']}"
