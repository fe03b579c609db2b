"""Returns of what was bought in `shop`, as far as a test needs them, and who says what."""

from datetime import datetime
from typing import Any

from domain.channels import Contact
from domain.money import Money
from domain.orders.order import OrderSnapshot
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.asking.request import ExchangeFor, RequestedLine, ReturnRequest
from domain.returns.state import Bill, Hold, ReturnState
from domain.words import Grade, Method, PickupException, Reason, Resolution
from tests.domain.returns.scenario import CUSTOMER, MONDAY, STAFF, Scenario
from tests.domain.returns.shop import (
    order,
    policy,
)


def wish(line_id: str = "1", quantity: int = 1, **changes: Any) -> RequestedLine:
    """A unit that no longer pleases, unless changed."""
    return RequestedLine(
        line_id=line_id, quantity=quantity, **{"reason": Reason.CHANGED_MIND, **changes}
    )


def exchange(
    line_id: str = "1", sku: str = "SHIRT-L", *, price: int = 0, tax: int | None = None, **more: Any
) -> RequestedLine:
    """A unit to be swapped for another article; without a price for one that costs the same."""
    fields = {"reason": Reason.TOO_SMALL, "resolution": Resolution.EXCHANGE, **more}
    wanted = ExchangeFor(sku=sku, unit_price_minor=price, tax_minor=tax)
    return wish(line_id, exchange_for=wanted, **fields)


def opening(
    *lines: RequestedLine,
    method: Method = Method.DROP_OFF_LABEL,
    parcels: int = 1,
    snapshot: OrderSnapshot | None = None,
    at: datetime = MONDAY,
    request_id: str = "open-1",
    contact: Contact | None = None,
) -> c.Open:
    """The request for these lines, the order with it."""
    snapshot = snapshot or order()
    request = ReturnRequest(
        order_id=snapshot.order_id,
        order=snapshot,
        requested_at=at,
        lines=lines or (wish(),),
        method=method,
        parcels=parcels,
        contact=contact,
    )
    return c.Open(request_id=request_id, actor=CUSTOMER, request=request)


def begin(**changes: Any) -> Scenario:
    """Nothing has happened yet."""
    return Scenario(policy(**changes))


def opened(*lines: RequestedLine, rules: dict[str, Any] | None = None, **how: Any) -> Scenario:
    """A return of these lines was asked for and judged."""
    return begin(**(rules or {})).when(opening(*lines, **how))


def labelled(*lines: RequestedLine, rules: dict[str, Any] | None = None, **how: Any) -> Scenario:
    """Approved, the label bought, the dock told: the customer's turn."""
    return opened(*lines, rules=rules, **how).settle()


def under_way(*lines: RequestedLine, rules: dict[str, Any] | None = None, **how: Any) -> Scenario:
    """Every parcel was handed over a day later."""
    known = labelled(*lines, rules=rules, **how).later(days=1)
    return known.when(*(scan(known, key) for key in known.state.parcels)).settle()


def arrived(*lines: RequestedLine, rules: dict[str, Any] | None = None, **how: Any) -> Scenario:
    """All of it was counted at the dock, in the first parcel, three days after it was sent."""
    known = under_way(*lines, rules=rules, **how).later(days=3)
    return known.when(receipt(known, counted_all(known.state))).settle()


# ── Who says what ─────────────────────────────────────────────────────────────────────────

_numbers = iter(range(1, 1_000_000))


def _message() -> str:
    return f"m-{next(_numbers)}"


def number_of(state: ReturnState, parcel_id: str = "P1") -> str:
    """The tracking number of a parcel."""
    numbers = state.parcels[parcel_id].tracking_numbers
    return numbers[-1] if numbers else ""


def scan(
    known: Scenario, parcel_id: str = "P1", status: Any = "scanned", **changes: Any
) -> c.ReportTracking:
    """The carrier saw a parcel, now unless said otherwise."""
    fields = {
        "message_id": _message(),
        "occurred_at": known.now,
        "tracking_number": number_of(known.state, parcel_id),
        "status": status,
        "place": "Bonn",
    }
    return c.ReportTracking(**{**fields, **changes})


def visit_failed(
    known: Scenario, code: PickupException, parcel_id: str = "P1", **changes: Any
) -> c.ReportPickup:
    """The carrier came, or did not, and has no parcel."""
    fields = {
        "message_id": _message(),
        "occurred_at": known.now,
        "pickup_ref": known.state.parcels[parcel_id].pickup_ref,
        "status": "failed",
        "code": code,
    }
    return c.ReportPickup(**{**fields, **changes})


def picked_up(known: Scenario, parcel_id: str = "P1") -> c.ReportPickup:
    """The carrier has it."""
    return c.ReportPickup(
        message_id=_message(),
        occurred_at=known.now,
        pickup_ref=known.state.parcels[parcel_id].pickup_ref,
        status="picked_up",
    )


def counted(sku: str = "SHIRT", quantity: int = 1, **changes: Any) -> c.CountedUnits:
    """Some units out of a box."""
    return c.CountedUnits(sku=sku, quantity=quantity, **changes)


def counted_all(state: ReturnState) -> list[c.CountedUnits]:
    """Every unit that may come back, one by one."""
    return [counted(unit.asked.sku, line_id=unit.asked.line_id) for unit in state.live_units]


def receipt(
    known: Scenario, units: list[c.CountedUnits], parcel_id: str = "P1", **changes: Any
) -> c.ReportReceipt:
    """The dock counted a box."""
    number = number_of(known.state, parcel_id) if parcel_id in known.state.parcels else ""
    fields = {
        "message_id": _message(),
        "occurred_at": known.now,
        "warehouse": "hub-de",
        "parcel": c.ReceivedParcel(tracking_number=number),
        "units": tuple(units),
    }
    return c.ReportReceipt(**{**fields, **changes})


def seen(unit: str = "1/1", grade: Grade = Grade.LIKE_NEW, **changes: Any) -> c.InspectedUnit:
    """What the inspector saw of one unit."""
    line_id, _, number = unit.rpartition("/")
    return c.InspectedUnit(line_id=line_id, unit=int(number), grade=grade, **changes)


def inspection(known: Scenario, *units: c.InspectedUnit, **changes: Any) -> c.ReportInspection:
    """An inspector looked; at everything and found it like new, unless said otherwise."""
    fields = {
        "message_id": _message(),
        "occurred_at": known.now,
        "warehouse": "hub-de",
        "return_id": known.return_id,
        "inspector": "i-1",
        "units": units or tuple(seen(unit.id) for unit in known.state.live_units),
    }
    return c.ReportInspection(**{**fields, **changes})


def taken_back(known: Scenario, told: c.ReportInspection) -> c.ReportInspection:
    """That inspection was of another unit, or never was."""
    fields = told.model_dump(include={"warehouse", "return_id", "inspector"})
    return c.ReportInspection(
        message_id=_message(), occurred_at=known.now, retracts=told.message_id, **fields
    )


def hint(instruction_id: str) -> c.ReportPayout:
    """Somebody says that a payout has moved."""
    return c.ReportPayout(message_id=_message(), occurred_at=MONDAY, instruction_id=instruction_id)


def in_advance(line_id: str = "1", **more: Any) -> RequestedLine:
    """A unit whose like, or another article, is to be sent before it is handed over."""
    return wish(line_id, resolution=Resolution.ADVANCE_EXCHANGE, **more)


def hold_of(known: Scenario) -> Hold:
    """The newest hold."""
    return list(known.state.holds.values())[-1]


def bill_of(known: Scenario) -> Bill:
    """The newest bill."""
    return list(known.state.bills.values())[-1]


def paid_bill(known: Scenario, bill: Bill | None = None, **changes: Any) -> n.NoteBill:
    """The provider says, when it is asked, that the customer has paid."""
    bill = bill or bill_of(known)
    fields = {
        "instruction_id": bill.instruction_id,
        "state": "paid",
        "bill_ref": bill.bill_ref,
        "payment_ref": f"pi_{bill.instruction_id[:8]}",
        "amount": Money(amount_minor=bill.amount_minor, currency=known.state.currency),
    }
    return n.NoteBill(**{**fields, **changes})


def chargeback(
    status: Any = "opened", *, payment_ref: str = "pi_card", amount_minor: int = 5_000
) -> c.ReportChargeback:
    """The customer's bank speaks."""
    return c.ReportChargeback(
        message_id=_message(),
        occurred_at=MONDAY,
        payment_ref=payment_ref,
        amount=Money(amount_minor=amount_minor, currency="EUR"),
        status=status,
    )


def ask(kind: type[c.Ask], *, by: c.Who = CUSTOMER, **fields: Any) -> Any:
    """Somebody asks for something."""
    return kind(request_id=_message(), actor=by, **fields)


def by_staff(kind: type[c.Ask], **fields: Any) -> Any:
    """A person of the merchant's asks for something."""
    return ask(kind, by=STAFF, **fields)


def staff(number: int) -> c.Who:
    """One of the merchant's people; s-1 is whoever does everything else."""
    return c.Who(kind="staff", id=f"s-{number}")


def inspected(*wishes: Any, **how: Any) -> Scenario:
    """All of it came and was found like new."""
    known = arrived(*wishes, **how)
    return known.when(inspection(known))


def the(known: Scenario, state: str) -> str:
    """The only payout in that state."""
    found = [key for key, payout in known.state.payouts.items() if payout.state == state]
    assert len(found) == 1, [payout.state for payout in known.state.payouts.values()]
    return found[0]


def repaired(
    known: Scenario, unit: str, status: Any = "repaired", **changes: Any
) -> c.ReportRepair:
    """The workshop has ended with a unit."""
    repair = known.state.units[unit].repair
    ref = repair.repair_ref if repair is not None else "none"
    fields = {"message_id": _message(), "occurred_at": known.now, "repair_ref": ref}
    return c.ReportRepair(**{**fields, "status": status, **changes})
