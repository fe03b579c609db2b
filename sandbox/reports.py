"""Receipts and inspections as the warehouse reports them: booked once, told, told again."""

from datetime import datetime

from sandbox.keys import fingerprint
from sandbox.wire import Json, Unfit
from sandbox.world import World

COUNTED = ("sku", "line_id", "serial", "quantity", "condition")


class Reports:
    """Every report, by its message id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books

    def receipt(self, receipt: Json, at: datetime, *, return_id: str) -> bool:
        """Report what was counted; say whether it is news.

        Raises:
            Unfit: The message id stands for another report.
        """
        if not self._is_new("receipt.reported", receipt, at):
            return False
        number = (receipt.get("parcel") or {}).get("tracking_number", "")
        for line in receipt["units"]:
            self._books.book(
                "warehouse",
                at,
                kind="counted",
                reference=receipt["message_id"],
                return_id=return_id,
                tracking_number=number,
                **{name: line[name] for name in COUNTED if name in line},
            )
        return True

    def inspection(self, inspection: Json, at: datetime) -> bool:
        """Report what was seen of units; say whether it is news.

        Raises:
            Unfit: The message id stands for another report.
        """
        if not self._is_new("inspection.reported", inspection, at):
            return False
        for unit in inspection["units"]:
            self._books.book(
                "warehouse",
                at,
                kind="inspected",
                reference=inspection["message_id"],
                return_id=inspection["return_id"],
                sku=self._sku(inspection["return_id"], unit),
                quantity=1,
                line_id=unit.get("line_id", ""),
                unit=unit.get("unit"),
                grade=unit.get("grade", ""),
            )
        return True

    def _is_new(self, kind: str, report: Json, at: datetime) -> bool:
        message_id, asked = report["message_id"], fingerprint(report)
        known = self._books.get("report", message_id)
        if known is not None and known["fingerprint"] != asked:
            raise Unfit("message_id", "a new one for another report")
        if known is not None:
            self._world.outbox.tell_again("warehouse", message_id)
            return False
        self._books.put("report", message_id, {"type": kind, "fingerprint": asked})
        event = {"type": kind, "data": report}
        about = (str(report.get("return_id", "")), *map(str, report.get("returns") or ()))
        self._world.outbox.book("warehouse", kind, message_id, event, at=at, about=about)
        return True

    def _sku(self, return_id: str, unit: Json) -> str:
        for announcement in self._books.by_family("announcement", return_id):
            for known in announcement["units"]:
                if known["line_id"] == unit.get("line_id"):
                    return str(known["sku"])
        return ""
