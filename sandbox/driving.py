"""Direct events: what a test or a demo makes the outside do at once."""

from collections.abc import Callable, Mapping

from sandbox.gateway_objects import to_gateway
from sandbox.parcels import Parcels
from sandbox.payments import STATUSES, Payments
from sandbox.pickups import Pickups, shown
from sandbox.reports import Reports
from sandbox.stock import Stock
from sandbox.wire import Call, Json, Reply, Unfit, digest, iso, mapping, moment, rows, text, whole
from sandbox.world import World

# Short names for what a carrier can see: its status and status_detail.
SEEN: Mapping[str, tuple[str, str]] = {
    "handed_over": ("in_transit", "accepted"),
    "scanned": ("in_transit", "departed_facility"),
    "at_hub": ("in_transit", "arrived_at_hub"),
    "customs_hold": ("in_transit", "held_by_customs"),
    "delayed": ("in_transit", "delayed"),
    "lost": ("failure", "lost"),
    "found": ("in_transit", "found"),
    "returned_to_customer": ("return_to_sender", "return"),
}
STATUSES_OF_PARCELS = frozenset(
    {
        *("pre_transit", "in_transit", "out_for_delivery", "available_for_pickup"),
        *("delivered", "return_to_sender", "failure", "unknown", "cancelled", "error"),
    }
)

Work = tuple[str, str, Callable[[Call], Reply]]


class Driving:
    """Each event is booked and told by the partner that it belongs to."""

    def __init__(
        self,
        world: World,
        *,
        parcels: Parcels,
        pickups: Pickups,
        payments: Payments,
        reports: Reports,
        stock: Stock,
    ) -> None:
        self._world = world
        self._parcels = parcels
        self._pickups = pickups
        self._payments = payments
        self._reports = reports
        self._stock = stock

    def works(self) -> list[Work]:
        """Give what can be asked for."""
        return [
            ("POST", "/carrier/events", self.scan),
            ("POST", "/carrier/pickups/{ref:path}/outcome", self.visit),
            ("POST", "/payments/captures", self.capture),
            ("POST", "/payments/refunds", self.refund_by_hand),
            ("POST", "/payments/chargebacks", self.chargeback),
            ("POST", "/payments/chargebacks/{ref}/close", self.close_chargeback),
            ("POST", "/payments/{ref:path}/outcome", self.payment),
            ("POST", "/payments/{ref:path}/misbooked", self.misbook),
            ("POST", "/warehouse/receipts", self.receipt),
            ("POST", "/warehouse/inspections", self.inspection),
            ("POST", "/warehouse/stock", self.count_stock),
            ("POST", "/warehouse/orders/{ref:path}/shipped", self.ship),
            ("GET", "/carrier/parcels", self.list_parcels),
        ]

    def scan(self, call: Call) -> Reply:
        """Let a carrier see a parcel, named by its number or by its return and its place there."""
        said = call.body
        at = moment(said, "at", default=self._world.clock.now())
        asked = text(said, "status")
        status, detail = SEEN.get(asked, (asked, text(said, "status_detail", default=asked)))
        if status not in STATUSES_OF_PARCELS:
            raise Unfit("status", " or ".join(sorted({*SEEN, *STATUSES_OF_PARCELS})))
        place = said.get("place")
        parcel = self._parcels.scan(
            self._number(said),
            at,
            status=status,
            detail=detail,
            message=text(said, "message", default=""),
            place={"city": place} if isinstance(place, str) else place,
        )
        return Reply(200, _parcel(parcel))

    def visit(self, call: Call) -> Reply:
        """Let a visit succeed or fail; a driver who has not heard that it is off comes as well."""
        pickup = self._pickups.find(call.path["ref"])
        if pickup is None:
            return _unknown("pickup")
        status = text(call.body, "status")
        if status not in {"picked_up", "failed"}:
            raise Unfit("status", "picked_up or failed")
        unheard = pickup["status"] == "canceled" and status == "picked_up"
        if pickup["status"] != "scheduled" and not unheard:
            raise Unfit("pickup", f"one that is scheduled, not {pickup['status']}")
        exception = text(call.body, "exception_code") if status == "failed" else ""
        now = self._world.clock.now()
        again = moment(call.body, "rebooked_for") if "rebooked_for" in call.body else None
        at = moment(call.body, "at", default=now)
        self._pickups.end(pickup, at, exception=exception, rebooked_for=again)
        return Reply(200, shown(pickup))

    def capture(self, call: Call) -> Reply:
        """Load a payment that was taken before."""
        amount, currency = whole(call.body, "amount_minor"), text(call.body, "currency")
        payment = self._payments.capture(
            text(call.body, "payment_ref"),
            amount,
            currency,
            saved=call.body.get("saved", True) is True,
            provider=text(call.body, "provider", default="stripe"),
            settles=mapping(call.body, "settles", optional=True) or None,
        )
        return Reply(200, payment)

    def refund_by_hand(self, call: Call) -> Reply:
        """Let somebody of the merchant's refund in the dashboard: under no key of ours.

        With an `instruction_id` it is ours all the same: carried out a second time.
        """
        payment = self._payments.get(text(call.body, "payment_ref"))
        if payment is None:
            return _unknown("payment")
        instruction = text(call.body, "instruction_id", default="")
        with self._payments.quietly(call.body.get("quiet")):
            refund = self._payments.pay_back(
                payment,
                to_gateway(whole(call.body, "amount_minor"), payment["currency"]),
                key="",
                status="succeeded",
                why="",
                metadata={"instruction_id": instruction} if instruction else {},
                reason="requested_by_customer",
            )
        return Reply(200, {"id": refund["id"], "status": refund["status"]})

    def payment(self, call: Call) -> Reply:
        """Let a refund move, also from succeeded to failed."""
        refund = self._payments.refund(call.path["ref"])
        if refund is None:
            return _unknown("refund")
        status = text(call.body, "status")
        if status not in STATUSES:
            raise Unfit("status", " or ".join(sorted(STATUSES)))
        at = moment(call.body, "at", default=self._world.clock.now())
        why = text(call.body, "failure_reason", default="")
        self._world.schedule.call_off(f"refund:{refund['id']}")
        with self._payments.quietly(call.body.get("quiet")):
            self._payments.move(refund, status, why, at)
        return Reply(200, {"id": refund["id"], "status": refund["status"]})

    def misbook(self, call: Call) -> Reply:
        """Let their list be wrong: another amount or currency, or no line at all."""
        refund = self._payments.refund(call.path["ref"])
        if refund is None:
            return _unknown("refund")
        currency = text(call.body, "currency", default=refund["currency"])
        wrong: Json = {"currency": currency}
        if "amount_minor" in call.body:
            wrong["amount"] = to_gateway(whole(call.body, "amount_minor"), currency)
        if call.body.get("unlisted") is True:
            wrong["unlisted"] = True
        self._payments.misbook(refund, **wrong)
        return Reply(200, {"id": refund["id"]})

    def chargeback(self, call: Call) -> Reply:
        """Let a cardholder's bank take money back."""
        payment = self._payments.get(text(call.body, "payment_ref"))
        if payment is None:
            return _unknown("payment")
        amount = whole(call.body, "amount_minor")
        reason = text(call.body, "reason", default="product_not_received")
        at = moment(call.body, "at", default=self._world.clock.now())
        with self._payments.quietly(call.body.get("quiet")):
            dispute = self._payments.dispute(payment, amount, reason, at)
        return Reply(200, {"id": dispute["id"], "status": dispute["status"]})

    def close_chargeback(self, call: Call) -> Reply:
        """Let the bank decide a dispute."""
        dispute = self._world.books.get("dispute", call.path["ref"])
        if dispute is None:
            return _unknown("dispute")
        status = text(call.body, "status")
        if status not in {"won", "lost"}:
            raise Unfit("status", "won or lost")
        at = moment(call.body, "at", default=self._world.clock.now())
        with self._payments.quietly(call.body.get("quiet")):
            self._payments.close_dispute(dispute, status, at)
        return Reply(200, {"id": dispute["id"], "status": status})

    def receipt(self, call: Call) -> Reply:
        """Let the dock report a receipt; ids and times that are missing are made up."""
        rows(call.body, "units")
        mapping(call.body, "parcel", optional=True)
        receipt = self._report(call.body, "rcpt_")
        at = moment(receipt, "occurred_at")
        number = (receipt.get("parcel") or {}).get("tracking_number", "")
        parcel = self._parcels.get(number) or {"return_id": ""}
        named = receipt.get("returns") or [parcel["return_id"]]
        if self._reports.receipt(receipt, at, return_id=str(named[0])):
            self._world.tell("counted_by_hand", at, receipt)
        return Reply(200, receipt)

    def inspection(self, call: Call) -> Reply:
        """Let the dock report an inspection; ids and times that are missing are made up."""
        rows(call.body, "units")
        text(call.body, "return_id")
        inspection = {"inspector": "inspector-1", **self._report(call.body, "insp_")}
        self._reports.inspection(inspection, moment(inspection, "occurred_at"))
        return Reply(200, inspection)

    def count_stock(self, call: Call) -> Reply:
        """Say how many of a SKU there are."""
        sku, quantity = text(call.body, "sku"), whole(call.body, "quantity", least=0)
        self._stock.count(sku, quantity)
        return Reply(200, {"sku": sku, "quantity": quantity})

    def ship(self, call: Call) -> Reply:
        """Let the goods of a replacement order leave."""
        found = self._world.books.by_reference("order", call.path["ref"])
        if not found:
            return _unknown("order")
        self._world.tell("order_ships", self._world.clock.now(), {"id": found[0]["id"]})
        return Reply(200, {"id": found[0]["id"], "status": "shipped"})

    def list_parcels(self, call: Call) -> Reply:
        """Show a return's parcels as the carrier knows them."""
        found = self._parcels.of_return(text(call.query, "return_id"))
        return Reply(200, {"parcels": [_parcel(parcel) for parcel in found]})

    def _number(self, said: Json) -> str:
        if said.get("tracking_number"):
            return text(said, "tracking_number")
        return_id, parcel_id = text(said, "return_id"), text(said, "parcel_id", default="")
        found = self._parcels.of_return(return_id, parcel_id)
        if not found:
            raise Unfit("return_id, parcel_id", "a parcel whose label was bought and announced")
        return str(found[-1]["tracking_number"])

    def _report(self, said: Json, prefix: str) -> Json:
        announced = self._world.books.by_family("announcement", str(said.get("return_id") or ""))
        now = iso(self._world.clock.now())
        made_up = {
            "message_id": prefix + digest("by hand", now, said),
            "occurred_at": now,
            "warehouse": announced[-1]["warehouse"] if announced else "main",
        }
        return {**made_up, **said}


def _parcel(parcel: Json) -> Json:
    fields = (
        *("tracking_number", "return_id", "reference", "carrier", "service"),
        *("status", "status_detail", "handed_over_at", "delivered_at", "void"),
    )
    return {field: parcel[field] for field in fields}


def _unknown(what: str) -> Reply:
    return Reply(404, {"code": "not_found", "field": what, "message": f"no such {what} here"})
