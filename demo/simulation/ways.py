"""The ways a return can go: what is asked, what the outside then does, and who does what about it."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from domain.orders.order import OrderLine, OrderSnapshot

Spec = dict[str, Any]


class Wish(NamedTuple):
    """What a way may look at."""

    random: Random
    return_id: str
    order: OrderSnapshot
    line: OrderLine  # the first that comes back
    quantity: int  # of it


class Way(NamedTuple):
    """How one return goes; what is empty goes as usual."""

    name: str
    weight: int
    reasons: Sequence[str] = ()
    resolution: str = "refund_original"
    method: str = ""
    scripts: Sequence[Spec] = ()
    acts: Sequence[Spec] = ()
    least: int = 1  # units of the first line
    paid_by: str = ""  # the one provider that must have taken all of it
    exchange: tuple[int, int] | None = None  # the price of what is wanted, as a fraction


def act(do: str, *, who: str = "staff", when: Spec, each: bool = False, **body: Any) -> Spec:
    """Write an act down."""
    return {"do": do, "actor": who, "when": when, "each": each, "body": body}


CANCEL = act("cancel", who="customer", when={"headline": "label_ready", "after_days": 2},
             because="It fits after all.")  # fmt: skip
DISPUTE = act("dispute", who="customer", when={"event": "DecisionMade", "after_days": 1},
              unit="$first", because="It came to me like that.")  # fmt: skip
RESCHEDULE = act("reschedule_pickup", who="customer", when={"action": "reschedule_pickup"},
                 each=True, not_before="$in:2d")  # fmt: skip

FAULTY = ("defective", "quality_below_expectation", "not_as_described", "wrong_item")
OF_TASTE = (
    *("changed_mind", "too_small", "too_large", "fit_other", "color", "style"),
    *("ordered_by_mistake", "better_price", "unwanted_gift"),
)


def _parcel(name: str, **said: Any) -> Spec:
    return {"script": f"parcel.{name}", **said}


def _refund(name: str, **said: Any) -> Spec:
    return {"script": f"refund.{name}", **said}


WAYS: tuple[Way, ...] = (
    Way("a plain return", 220),
    Way("over a hub", 40, scripts=[_parcel("hub")]),
    Way("held by customs", 25, scripts=[_parcel("customs")]),
    Way("faulty", 90, reasons=FAULTY),
    Way("a visit that fails", 40, method="carrier_pickup", acts=[RESCHEDULE],
        scripts=[_parcel("happy"), {"script": "pickup.fails"}]),
    Way("two visits that fail", 20, method="carrier_pickup", acts=[RESCHEDULE],
        scripts=[_parcel("happy"), {"script": "pickup.fails_twice"}]),
    Way("two parcels", 130, method="drop_off_label", least=2),
    Way("store credit", 45, resolution="store_credit"),
    Way("an even exchange", 45, resolution="exchange", exchange=(1, 1)),
    Way("a cheaper exchange", 20, resolution="exchange", exchange=(4, 5)),
    Way("a dearer exchange", 25, resolution="exchange", exchange=(6, 5),
        scripts=[_parcel("happy"), {"script": "bill.paid", "days": 1.5}]),
    Way("a dearer exchange, never paid", 10, resolution="exchange", exchange=(6, 5)),
    Way("a replacement", 25, reasons=FAULTY, resolution="replacement"),
    Way("an advance exchange", 45, resolution="advance_exchange", paid_by="stripe"),
    Way("a part of the price", 20, reasons=("not_as_described", "missing_parts"),
        resolution="partial_refund"),
    Way("a coupon", 15, reasons=("not_as_described", "arrived_late"), resolution="coupon"),
    Way("a repair", 25, reasons=("defective",), resolution="repair",
        scripts=[_parcel("happy"), {"script": "repair.works"}]),
    Way("called off", 50, method="drop_off_label", scripts=[_parcel("never")], acts=[CANCEL]),
    Way("never handed over", 35, method="drop_off_label", scripts=[_parcel("never")]),
    Way("lost on the way", 20, scripts=[_parcel("lost")]),
    Way("lost and found", 20, scripts=[_parcel("lost_and_found")]),
    Way("one unit too many", 20, scripts=[_parcel("happy"), {"script": "receipt.one_more"}]),
    Way("another article in the box", 15,
        scripts=[_parcel("happy"), {"script": "receipt.wrong_item"}]),
    Way("one unit short", 160, least=2,
        scripts=[_parcel("happy"), {"script": "receipt.short"}]),
    Way("worn, and disputed", 25, acts=[DISPUTE],
        scripts=[_parcel("happy"), {"script": "inspection.damaged"}]),
    Way("worth nothing any more", 25,
        scripts=[_parcel("happy"), {"script": "inspection.unsalvageable"}]),
    Way("a bank that takes its time", 45, scripts=[_parcel("happy"), _refund("pending")]),
    Way("a refund that fails after days", 30,
        scripts=[_parcel("happy"), _refund("pending_fails", times=1)]),
    Way("a refund that bounces", 80, paid_by="stripe",
        scripts=[_parcel("happy"), _refund("fails_later", times=1)]),
    Way("a closed account", 15,
        scripts=[_parcel("happy"), _refund("refused", code="expired_or_canceled_card", times=1)]),
    Way("a chargeback, won", 110, paid_by="stripe"),
    Way("a chargeback, lost", 90, paid_by="stripe"),
    Way("goodwill of staff besides", 60, paid_by="stripe"),
)  # fmt: skip

USUAL_REASONS: Mapping[str, Sequence[str]] = {
    "clothing": OF_TASTE,
    "shoes": OF_TASTE,
}
OTHER_REASONS = ("changed_mind", "ordered_by_mistake", "better_price", "defective", "color")
