"""Whoever takes goods that leave a hub together: vendors, buyers, charities, recyclers, workshops.

Each says yes at once, and does its part some days later by itself: credits, proves, grades; the
other warehouse counts what was delivered. The scripts `lot.short`, `lot.refused`, `lot.missing`,
`lot.extra`, `lot.scrapped` and `lot.silent` change how.
"""

import hashlib
from datetime import datetime

from sandbox.scripts import Script
from sandbox.stored_value import complaint
from sandbox.wire import Call, Json, Reply, digest, iso, mapping, number, rows, text, whole
from sandbox.world import World

ANSWERED_AFTER_DAYS = 6.0
COUNTED_AFTER_DAYS = 1.0
PRICE_PERCENT = {"vendor_return": 100, "liquidation": 10}
PAPER = {"donation": "RCPT", "recycling": "CERT", "disposal": "CERT"}
WORKSHOPS = frozenset({"refurbishment", "repair"})
SHORT_PERCENT = 60


class Lots:
    """Every lot that was taken, and what became of it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books = world.books
        world.hear("lot_answered", self._answer)
        world.hear("lot_counted", self._count)
        world.hear("delivered", self._delivered)

    def take(self, reference: str, said: Json, now: datetime) -> Reply:
        """Take a lot, or not; what it is worth to us is said with that."""
        lot_id, kind = text(said, "lot_id"), text(said, "kind")
        script = self._script(lot_id)
        if script is not None and script.name == "refused":
            return Reply(409, complaint(409, "not_possible", "We do not take these.", ""))
        units = [_unit(unit) for unit in rows(said, "units")]
        key = "lot_" + digest("lot", reference)[:24]
        worth = sum(unit["value_minor"] for unit in units)
        currency = units[0]["currency"] if units else ""
        price = worth * PRICE_PERCENT.get(kind, 0) // 100
        lot: Json = {
            "id": key,
            "reference": reference,
            "lot_id": lot_id,
            "kind": kind,
            "units": units,
            "price_minor": price,
            "currency": currency,
            "payments": [],
            "paper": None,
            "count": None,
            "graded": [],
            "tracking_number": text(said, "tracking_number", default=""),
        }
        self._books.put("lot", key, lot, reference=lot["tracking_number"], family=reference)
        for unit in units:
            self._book("lot_taken", now, lot, key=unit["key"], sku=unit["sku"])
        is_sent = kind == "consolidation"  # it is counted when it is here
        if not is_sent and (script is None or script.name != "silent"):
            days = number(script.params if script else {}, "days", ANSWERED_AFTER_DAYS)
            self._world.later(now, days, "lot_answered", f"lot:{key}", {"id": key})
        return Reply(201, {"id": key, "reference": reference, **_price(lot)})

    def show(self, call: Call) -> Reply:
        """Tell all that is known of a lot."""
        found = self._books.by_family("lot", call.path["ref"])
        if not found:
            return Reply(404, complaint(404, "not_found", "There is no such lot.", ""))
        lot = found[-1]
        told = {name: lot[name] for name in ("id", "payments", "paper", "count", "graded")}
        return Reply(200, {**told, **_price(lot)})

    def _answer(self, at: datetime, body: Json) -> None:
        """Do what they do with such goods."""
        lot = self._books.get("lot", body["id"])
        if lot is None:
            return
        script = self._script(lot["lot_id"])
        if lot["kind"] in PRICE_PERCENT:
            self._pay(at, lot, script)
        elif lot["kind"] in PAPER:
            self._prove(at, lot)
        elif lot["kind"] in WORKSHOPS:
            self._grade(at, lot, script)
        self._books.change("lot", lot["id"], lot)

    def _pay(self, at: datetime, lot: Json, script: Script | None) -> None:
        """Credit all, or so many per cent of it; and the rest later, where the script says so."""
        is_short = script is not None and script.name == "short" and not lot["payments"]
        percent = number(script.params, "percent", SHORT_PERCENT) if script and is_short else 100
        paid = sum(one["amount_minor"] for one in lot["payments"])
        amount = (
            lot["price_minor"] - paid if not is_short else round(lot["price_minor"] * percent / 100)
        )
        reference = f"cn_{lot['id'][4:12]}_{len(lot['payments']) + 1}"
        lot["payments"].append({"reference": reference, "amount_minor": amount})
        self._book("lot_credited", at, lot, payment=reference, amount_minor=amount)
        if is_short and script is not None and "rest_after" in script.params:
            days = number(script.params, "rest_after", ANSWERED_AFTER_DAYS)
            self._world.later(at, days, "lot_answered", f"lot:{lot['id']}", {"id": lot["id"]})

    def _prove(self, at: datetime, lot: Json) -> None:
        paper = f"{PAPER[lot['kind']]}-{lot['id'][4:12]}"
        content = f"{paper} {lot['lot_id']} {len(lot['units'])}"
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        lot["paper"] = {"number": paper, "sha256": sha256, "issued_at": iso(at)}
        self._book("lot_certified", at, lot, number=paper, sha256=sha256)

    def _grade(self, at: datetime, lot: Json, script: Script | None) -> None:
        """All work again; with `lot.scrapped` the first is beyond repair."""
        scrapped = script is not None and script.name == "scrapped"
        for place, unit in enumerate(lot["units"]):
            is_scrap = scrapped and place == 0
            graded = {
                "key": unit["key"],
                "grade": "unsalvageable" if is_scrap else "like_new",
                "goes": "recycle" if is_scrap else "restock",
            }
            lot["graded"].append(graded)
            self._book("lot_graded", at, lot, **graded)

    def _delivered(self, at: datetime, parcel: Json) -> None:
        """A shipment came that is a lot: it is counted the next day."""
        for lot in self._books.by_reference("lot", parcel["tracking_number"]):
            if lot["kind"] == "consolidation":
                body = {"id": lot["id"]}
                key = f"lot:{lot['id']}"
                self._world.later(at, COUNTED_AFTER_DAYS, "lot_counted", key, body)

    def _count(self, at: datetime, body: Json) -> None:
        """Count what is there; by script one less, or something more."""
        lot = self._books.get("lot", body["id"])
        if lot is None or lot["count"] is not None:
            return
        script = self._script(lot["lot_id"])
        name = script.name if script is not None else ""
        units = lot["units"][1:] if name == "missing" else lot["units"]
        lines = [{"sku": unit["sku"], "quantity": 1, "key": unit["key"]} for unit in units]
        if name == "extra":
            lines.append({"sku": "NOT-OURS", "quantity": 1, "key": ""})
        report_id = "lotcount_" + digest("lot_counted", lot["id"])[:16]
        lot["count"] = {"report_id": report_id, "lines": lines}
        for line in lines:
            self._book("lot_counted", at, lot, key=line["key"], sku=line["sku"], quantity=1)
        self._books.change("lot", lot["id"], lot)

    def _script(self, lot_id: str) -> Script | None:
        return self._world.scripts.find("lot", lot_id)

    def _book(self, kind: str, at: datetime, lot: Json, **more: str | int) -> None:
        row = {
            "kind": kind,
            "reference": lot["reference"],
            "return_id": "",
            "lot_id": lot["lot_id"],
        }
        self._books.book("warehouse", at, **row, **more)


def _unit(said: Json) -> Json:
    value = mapping(said, "value")
    return {
        "key": text(said, "key"),
        "sku": text(said, "sku"),
        "value_minor": whole(value, "amount_minor", least=0),
        "currency": text(value, "currency"),
    }


def _price(lot: Json) -> Json:
    return {"price_minor": lot["price_minor"], "currency": lot["currency"]}
