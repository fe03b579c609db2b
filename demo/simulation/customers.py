"""Who sends what back, why and how: journeys made from a seed, one for each return."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.journeys import Journey, shifted
from demo.simulation import ways
from demo.simulation.orders import TENANT
from demo.simulation.staff import STANDING
from demo.simulation.ways import Spec, Way, Wish, act
from domain.money import percentage
from domain.orders.order import OrderSnapshot
from domain.words import Fault, Reason

Free = dict[str, int]
"""How many units of each line are still with the customer."""

HOURS_A_DAY = 24
ASKED_AT_H = (0, 6, 12)  # of a day of the play, which begins in the morning

METHODS: Mapping[str, Sequence[str]] = {
    "DE": ("drop_off_code", "drop_off_label", "carrier_pickup", "in_store", "drop_off_code"),
    "FR": ("drop_off_code", "drop_off_label", "carrier_pickup"),
    "GB": ("drop_off_code", "drop_off_label", "carrier_pickup"),
    "PL": ("drop_off_code", "drop_off_label", "carrier_pickup"),
    "CN": ("drop_off_code", "drop_off_label", "carrier_pickup"),
}
ELSEWHERE = ("drop_off_label", "carrier_pickup")

GRADES = ("like_new", "new_sealed", "minor_wear", "used", "damaged")
GRADE_WEIGHTS = (60, 14, 14, 8, 4)


def journeys(
    seed: int, orders: Sequence[OrderSnapshot], returns: int, days: int
) -> Iterator[Journey]:
    """Make so many returns over so many days, the same ones for the same seed and orders.

    An order is asked about once; where there are more returns than orders, again later, as
    long as units are still with the customer.
    """
    made = 0
    free = [{line.line_id: line.quantity for line in order.lines} for order in orders]
    nth = 0
    while made < returns and any(any(left.values()) for left in free):
        nth += 1
        for place, order in enumerate(orders):
            if made == returns or not any(free[place].values()):
                continue
            random = Random(f"return-{seed}-{order.order_id}-{nth}")
            yield _journey(random, order, free[place], nth, days)
            made += 1


def asked_at(began: datetime, journey: Journey) -> Journey:
    """Lay a journey into the calendar of a play that begins then."""
    request = journey.request
    by = began + timedelta(days=journey.day) - request.requested_at
    moved = shifted(request.model_dump(mode="json"), by)
    return Journey.model_validate_json(
        json.dumps({**journey.model_dump(mode="json"), "request": moved})
    )


def _journey(random: Random, order: OrderSnapshot, free: Free, nth: int, days: int) -> Journey:
    return_id = f"{order.order_id}-{nth}"
    wanted = _wanted(random, free)
    first = next(line for line in order.lines if line.line_id == next(iter(wanted)))
    wish = Wish(random, return_id, order, first, wanted[first.line_id])
    way = _way(wish)
    reason = random.choice(
        way.reasons or ways.USUAL_REASONS.get(first.category, ways.OTHER_REASONS)
    )
    method = way.method or random.choice(METHODS.get(order.ship_to, ELSEWHERE))
    if way.name == "two parcels":
        wanted = {first.line_id: wish.quantity}
    for line_id, quantity in wanted.items():
        free[line_id] -= quantity
    day = random.randrange(days) + random.choice(ASKED_AT_H) / HOURS_A_DAY
    delivered = max(one.delivered_at for one in order.deliveries)
    after = timedelta(days=random.choice([1, 2, 3, 5, 6, 9, 13, 20] if nth == 1 else [10, 20]))
    request: dict[str, Any] = {
        "return_id": return_id,
        "order_id": order.order_id,
        "order": order.model_dump(mode="json"),
        "requested_at": (delivered + after).isoformat(),
        "lines": [_line(way, wish, str(reason), line_id, n) for line_id, n in wanted.items()],
        "method": method,
        "parcels": 2 if way.name == "two parcels" else 1,
    }
    told = {
        "journey": return_id,
        "title": way.name,
        "day": day,
        "request": request,
        "scripts": _scripts(wish, way, method),
        "acts": _acts(wish, way),
    }
    return Journey.model_validate_json(json.dumps(told))


def _wanted(random: Random, free: Free) -> dict[str, int]:
    lines = [line_id for line_id, left in free.items() if left]
    count = random.choices([1, 2, len(lines)], [75, 15, 10])[0]
    chosen = random.sample(lines, min(count, len(lines)))
    return {line_id: random.randint(1, free[line_id]) for line_id in chosen}


def _way(wish: Wish) -> Way:
    """Draw a way that fits what comes back and how it was paid."""
    providers = {tender.provider for tender in wish.order.tenders}
    fitting = [
        way
        for way in ways.WAYS
        if wish.quantity >= way.least and (not way.paid_by or providers == {way.paid_by})
    ]
    return wish.random.choices(fitting, [way.weight for way in fitting])[0]


def _line(way: Way, wish: Wish, reason: str, line_id: str, quantity: int) -> Spec:
    line: Spec = {"line_id": line_id, "quantity": quantity, "reason": reason}
    if Reason(reason).fault is not Fault.CUSTOMER:
        line["note"] = "It is not as it should be."
    if line_id != wish.line.line_id:
        return line  # the way is that of the first line; the others bring money
    line["resolution"] = way.resolution
    if way.exchange:
        part, whole = way.exchange
        sku = f"{wish.line.sku}-NEW"
        price = wish.line.unit_price_minor * part // whole
        line["exchange_for"] = (
            {"sku": sku} if part == whole else {"sku": sku, "unit_price_minor": price}
        )
    return line


def _scripts(wish: Wish, way: Way, method: str) -> list[Spec]:
    usual = "parcel.in_store" if method == "in_store" else "parcel.happy"
    found = [dict(script) for script in way.scripts] or [{"script": usual}]
    families = {str(script["script"]).partition(".")[0] for script in found}
    if "parcel" in families and method == "in_store" and found[0]["script"] == "parcel.happy":
        found[0]["script"] = usual
    if way.name == "two parcels":
        label = f"{TENANT}:{wish.return_id}:label:P2:1"
        split = [wish.quantity - 1, 1]
        found.append({"script": "receipt.two_boxes", "split": split})
        found.append({"script": "parcel.happy", "key": label, "days": [4, 5, 7]})
    if "inspection" not in families:
        grade = wish.random.choices(GRADES, GRADE_WEIGHTS)[0]
        found.append({"script": f"inspection.{grade}"})
    found += [{"script": "replacement.ships"}, {"script": "send_back.ships"}]
    return found


def _acts(wish: Wish, way: Way) -> list[Spec]:
    first = f"{wish.line.line_id}/1"
    own = [{**one, "body": _named(one["body"], first)} for one in way.acts]
    tender = wish.order.tenders[0]
    if way.name.startswith("a chargeback"):
        about: dict[str, Any] = {"payment_ref": tender.payment_ref}
        won = "won" if way.name.endswith("won") else "lost"
        own += [
            act("chargeback", when={"event": "ReturnApproved", "after_days": 2},
                **about, amount_minor=tender.captured_minor),
            act("close_chargeback", when={"event": "ReturnApproved", "after_days": 6},
                **about, status=won),
        ]  # fmt: skip
    if way.name == "goodwill of staff besides":
        amount = percentage(wish.line.unit_price_minor, 500)
        other = [line for line in wish.order.lines if line.line_id != wish.line.line_id]
        line = other[0] if other else wish.line
        own.append(
            act("refund_by_staff", when={"event": "ReturnCompleted", "after_days": 1},
                part=f"unit:{line.line_id}:{line.quantity}", amount_minor=max(1, amount),
                tender_id=tender.tender_id, payment_ref=tender.payment_ref,
                because="For the trouble.")
        )  # fmt: skip
    return [*own, *STANDING]


def _named(body: Spec, first: str) -> Spec:
    return {name: first if value == "$first" else value for name, value in body.items()}
