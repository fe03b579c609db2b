"""The dock: counts what arrives, looks at it, and reports both. Scripted, or by hand."""

from collections.abc import Iterable
from datetime import datetime

from sandbox.boxes import Box, counted, pack
from sandbox.parcels import Parcels
from sandbox.reports import Reports
from sandbox.scripts import Script
from sandbox.wire import Json, digest, iso, number
from sandbox.world import World

NEXT_DAY = 1.0
IN_STORE_DAYS = 2.0
WAREHOUSE = "main"
GONE = frozenset({"requested", "voided"})  # labels that nobody uses any more


class Dock:
    """Receipts and inspections that happen by themselves."""

    def __init__(self, world: World, parcels: Parcels, reports: Reports) -> None:
        self._world = world
        self._books = world.books
        self._parcels = parcels
        self._reports = reports
        world.hear("handed_over", self._box_is_closed)
        world.hear("delivered", self._arrives)
        world.hear("announced", self._announced)
        world.hear("script", self._script_chosen)
        world.hear("parcel_opened", self._open)
        world.hear("brought_to_shop", self._brought)
        world.hear("receipt", self._count)
        world.hear("inspection", self._inspect)
        world.hear("counted_by_hand", self._counted_by_hand)

    def _box_is_closed(self, at: datetime, parcel: Json) -> None:
        """The parcel leaves: what is in it does not change any more."""
        boxes = self._boxes(parcel)
        if boxes is None:
            return
        parcel["contents"] = boxes
        self._parcels.keep(parcel)
        for box in boxes:
            for line in counted(box):
                self._book(at, parcel, line)

    def _arrives(self, at: datetime, parcel: Json) -> None:
        script = self._receipt_script(parcel)
        if script is None:
            return
        body = {"tracking_number": parcel["tracking_number"]}
        after = number(script.params, "after_days", NEXT_DAY)
        self._world.later(at, after, "parcel_opened", self._key(parcel), body)

    def _open(self, at: datetime, body: Json) -> None:
        """Count what is in a parcel, a box a day.

        That follows from its announcement, which may come as late as this; a parcel that
        was never announced is driven by hand.
        """
        parcel = self._parcels.get(body["tracking_number"]) or {}
        if parcel["contents"] is None:
            self._box_is_closed(at, parcel)
        number_, return_id = parcel["tracking_number"], parcel["return_id"]
        self._count_each(at, return_id, number_, parcel["contents"] or [], self._key(parcel))

    def _count_each(
        self, at: datetime, return_id: str, tracking_number: str, boxes: list[Box], key: str
    ) -> None:
        """Count the first box now, and each other one a day later."""
        for place, box in enumerate(boxes):
            body = {
                "return_id": return_id,
                "tracking_number": tracking_number,
                "box": box,
                "place": place,
            }
            if place:
                self._world.later(at, place, "receipt", key, body)
            else:
                self._count(at, body)

    def _announced(self, at: datetime, announcement: Json) -> None:
        """Goods that are brought to a shop need no parcel."""
        return_id = announcement["return_id"]
        script = self._world.scripts.find("parcel", return_id)
        if script is None or script.name != "in_store":
            return
        key = f"store:{return_id}"
        self._world.schedule.call_off(key)
        days = number(script.params, "day", IN_STORE_DAYS)
        self._world.later(at, days, "brought_to_shop", key, {"return_id": return_id})

    def _brought(self, at: datetime, body: Json) -> None:
        """Count what somebody brought over the counter."""
        return_id = body["return_id"]
        announcement = self.announcement(return_id)
        units = announcement["units"] if announcement is not None else []
        script = self._receipt_script({"return_id": return_id}) or Script("receipt", "exact", {})
        boxes = pack(units, script, 1)[0]
        self._count_each(at, return_id, "", boxes, f"store:{return_id}")

    def _script_chosen(self, at: datetime, chosen: Json) -> None:
        if chosen["script"] == "parcel.in_store":
            for announcement in self._books.by_family("announcement", chosen["key"]):
                self._announced(at, announcement)

    def _count(self, at: datetime, body: Json) -> None:
        """Report a box as it was counted."""
        return_id, tracking_number = body["return_id"], body["tracking_number"]
        script = self._receipt_script(body) or Script("receipt", "exact", {})
        message_id = "rcpt_" + digest("receipt", return_id, tracking_number, body["place"])
        shown_number, names = tracking_number, bool(return_id)
        if script.name == "unannounced":
            shown_number = "UNKNOWN" + digest("unannounced", tracking_number)[:10].upper()
            names = names and not script.params.get("anonymous")
        units = [
            line
            | ({"condition": script.params["condition"]} if "condition" in script.params else {})
            for line in counted(body["box"])
        ]
        receipt: Json = {
            "message_id": message_id,
            "occurred_at": iso(at),
            "warehouse": self._warehouse(return_id),
            "parcel": {"tracking_number": shown_number} if shown_number else {},
            "units": units,
        }
        if names:
            receipt["returns"] = [return_id]
        self._reports.receipt(receipt, at, return_id=return_id)
        self._plan_inspection(at, return_id, body["box"], message_id, by_itself=True)

    def _counted_by_hand(self, at: datetime, receipt: Json) -> None:
        """A receipt was driven: where an inspection is scripted, it follows."""
        for return_id in self._returns_of(receipt):
            box = self._units_meant(return_id, receipt["units"])
            message_id = receipt["message_id"]
            self._plan_inspection(at, return_id, box, message_id, by_itself=False)

    def _plan_inspection(
        self, at: datetime, return_id: str, box: Box, receipt_id: str, *, by_itself: bool
    ) -> None:
        script = self._world.scripts.find("inspection", return_id)
        if script is None and by_itself:
            script = Script("inspection", "like_new", {})
        seen = [unit for unit in box if unit["unit"] is not None]
        if script is None or not seen or not return_id:
            return
        after = number(script.params, "after_days", NEXT_DAY)
        body = {"return_id": return_id, "units": seen, "receipt_id": receipt_id}
        self._world.later(at, after, "inspection", f"inspection:{receipt_id}", body)

    def _inspect(self, at: datetime, body: Json) -> None:
        """Report what an inspector saw of each unit."""
        return_id = body["return_id"]
        found = self._world.scripts.find("inspection", return_id)
        script = found or Script("inspection", "like_new", {})
        inspection = {
            "message_id": "insp_" + digest("inspection", return_id, body["receipt_id"]),
            "occurred_at": iso(at),
            "warehouse": self._warehouse(return_id),
            "return_id": return_id,
            "inspector": script.params.get("inspector", "inspector-1"),
            "units": [_seen(unit, script) for unit in body["units"]],
        }
        self._reports.inspection(inspection, at)

    def _boxes(self, parcel: Json) -> list[Box] | None:
        """Say what is in a parcel of an announced return."""
        announcement = self.announcement(parcel["return_id"])
        if announcement is None:
            return None
        numbers = self._numbers(parcel, announcement)
        script = self._receipt_script(parcel) or Script("receipt", "exact", {})
        packed = pack(announcement["units"], script, len(numbers))
        return packed[numbers.index(parcel["tracking_number"])]

    def _numbers(self, parcel: Json, announcement: Json) -> list[str]:
        """Give the return's parcels in order: as announced, then as they were bought."""
        known = self._parcels.of_return(parcel["return_id"])
        gone = {one["tracking_number"] for one in known if one["void"] in GONE}
        bought = [one["tracking_number"] for one in known]
        ordered = dict.fromkeys([*announcement["tracking_numbers"], *bought])
        own = parcel["tracking_number"]
        return [number for number in ordered if number not in gone or number == own]

    def announcement(self, return_id: str) -> Json | None:
        """Find what was announced for a return, latest."""
        found = self._books.by_family("announcement", return_id) if return_id else []
        return found[-1] if found else None

    def _receipt_script(self, parcel: Json) -> Script | None:
        """Find how it will be counted: exactly, where only the way is scripted."""
        keys = (parcel.get("tracking_number", ""), parcel["return_id"])
        script = self._world.scripts.find("receipt", *keys)
        if script is not None:
            return script
        families = ("parcel", "pickup")
        is_scripted = any(self._world.scripts.find(family, *keys) for family in families)
        return Script("receipt", "exact", {}) if is_scripted else None

    def _returns_of(self, receipt: Json) -> Iterable[str]:
        if receipt.get("returns"):
            return [str(one) for one in receipt["returns"]]
        parcel = self._parcels.get(str((receipt.get("parcel") or {}).get("tracking_number", "")))
        return [parcel["return_id"]] if parcel is not None and parcel["return_id"] else []

    def _units_meant(self, return_id: str, lines: Iterable[Json]) -> Box:
        """Find the announced units that counted lines are about."""
        announcement = self.announcement(return_id)
        left = list(announcement["units"]) if announcement is not None else []
        meant: Box = []
        for line in lines:
            fits = [unit for unit in left if _is_of(unit, line)][: line.get("quantity", 0)]
            meant += fits
            left = [unit for unit in left if unit not in fits]
        return meant

    def _warehouse(self, return_id: str) -> str:
        announcement = self.announcement(return_id)
        return announcement["warehouse"] if announcement is not None else WAREHOUSE

    def _book(self, at: datetime, parcel: Json, line: Json) -> None:
        number_, return_id = parcel["tracking_number"], parcel["return_id"]
        row = {"kind": "boxed", "reference": number_, "return_id": return_id}
        self._books.book("warehouse", at, **row, tracking_number=number_, **line)

    @staticmethod
    def _key(parcel: Json) -> str:
        return f"receipt:{parcel['tracking_number']}"


def _seen(unit: Json, script: Script) -> Json:
    """Say what is seen of a unit: the script's grade, or what it says of this very unit."""
    units = script.params.get("units") or {}
    own = units.get(f"{unit['line_id']}:{unit['unit']}", {})
    seen = {
        "line_id": unit["line_id"],
        "unit": unit["unit"],
        "grade": script.name,
        "note": "",
        "photos": [],
        **({"serial": unit["serial"]} if unit["serial"] else {}),
    }
    common = {
        name: script.params[name]
        for name in ("found_reason", "note", "suggested_disposition", "serial", "lot", "checks")
        if name in script.params
    }
    return seen | common | ({"grade": own} if isinstance(own, str) else own)


def _is_of(unit: Json, line: Json) -> bool:
    if line.get("line_id"):
        return bool(unit["line_id"] == line["line_id"])
    return bool(unit["sku"] == line["sku"])
