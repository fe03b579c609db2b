"""What is played: orders and requests from files, what the world does, and how it must end."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from domain.misfits import in_words
from domain.model import Id, Minor, Value
from domain.orders.order import OrderSnapshot
from domain.returns.asking.request import ReturnRequest

HERE = Path(__file__).parent
ORDERS, REQUESTS = HERE / "orders.json", HERE / "requests.json"

USUAL_SCRIPT = "parcel.happy"
"""What happens to a parcel of which nobody said anything else."""


USUAL = {"journey": "return", "title": "a return on a good day"}

USUAL_ACTS: list[dict[str, Any]] = [
    {"do": "approve", "body": {}, "when": {"action": "review", "after_days": 1}},
    {"do": "approve", "body": {"units": ["$subject"]}, "when": {"action": "decide"}},
    {
        "do": "match_unit",
        "body": {"stray_id": "$subject", "disposition": "quarantine"},
        "when": {"action": "match_unit"},
    },
    {
        "do": "override",
        "body": {"settles": "$subject", "because": "looked at"},
        "when": {"action": "settle_concern"},
    },
    {
        "do": "choose_payout",
        "body": {"instruction_id": "$subject", "destination": "store_credit"},
        "when": {"action": "choose_payout"},
    },
]
"""What a merchant does about a return of which nobody said how it goes: says yes."""

for _act in USUAL_ACTS:
    _act["each"] = True


class Unusable(ValueError):
    """A file that cannot be played; the text names the file, the entry and the field."""


class When(Value):
    """The moment of an act: as soon as all of it holds, and `after_days` more have gone by."""

    day: Annotated[float, Field(ge=0)] | None = None  # of the demo's calendar
    headline: str = ""
    action: str = ""  # of a step on the agenda
    subject: str = ""  # how that step's subject begins
    event: str = ""  # type of an event of the return
    after_days: Annotated[float, Field(ge=0)] = 0


class Act(Value):
    """What somebody does, once unless for `each` step anew: ask the return something, or let the outside do something.

    In `body`, "$subject" is the subject of the step that `when` found, and "$in:3d" a time
    three days from then. Acts that stand `together` are done at the same instant.
    """

    when: When = When()
    do: str = ""  # an update, or one of `demo.deeds.DEEDS`
    actor: Literal["customer", "staff"] = "staff"
    who: str = "demo-staff"  # of the staff
    body: dict[str, Any] = Field(default_factory=dict)
    together: tuple["Act", ...] = ()
    each: bool = False

    @model_validator(mode="after")
    def _does_something(self) -> "Act":
        if bool(self.do) == bool(self.together):
            raise ValueError("do: give either a deed, or several together")
        return self


class Expect(Value):
    """How a return must end. What is not named is not looked at."""

    headline: str = ""
    paid_minor: Minor | None = None
    paid_together_minor: Minor | None = None  # by all returns of the journey
    payouts: int | None = None  # that reached the customer
    tenders: dict[str, Minor] = Field(default_factory=dict)
    method: str = ""
    events: dict[str, int] = Field(default_factory=dict)  # how often, exactly


class Journey(Value):
    """One return, from its request to its end."""

    journey: Id
    title: str
    request: ReturnRequest
    tenant: str = ""  # whose order is meant, where several merchants have one of that number
    day: Annotated[float, Field(ge=0)] = 0  # of the play's calendar, on which it is asked for
    scripts: tuple[dict[str, Any], ...] = ({"script": USUAL_SCRIPT},)
    faults: tuple[dict[str, Any], ...] = ()
    stock: tuple[dict[str, Any], ...] = ()
    acts: tuple[Act, ...] = ()
    one_wins: bool = False  # of the journey's returns exactly one may be opened
    expect: Expect = Expect()

    @property
    def return_id(self) -> str:
        """The return's id; every request has one once it was read."""
        return self.request.return_id or ""


_ORDERS = TypeAdapter(tuple[OrderSnapshot, ...])
_JOURNEYS = TypeAdapter(tuple[Journey, ...])


def read_orders(path: Path) -> tuple[OrderSnapshot, ...]:
    """Read orders: a JSON array, or an object a line.

    Raises:
        Unusable: The file cannot be read, or an order in it makes no sense.
    """
    orders: tuple[OrderSnapshot, ...] = _parsed(_ORDERS, path, _entries(path))
    ids = [(order.tenant, order.order_id) for order in orders]
    twice = {order_id for tenant, order_id in ids if ids.count((tenant, order_id)) > 1}
    if twice:
        raise Unusable(f"{path}: order_id: {', '.join(sorted(twice))} is given twice")
    return orders


def read_journeys(path: Path) -> tuple[Journey, ...]:
    """Read journeys, or plain return requests, which are then played on a good day.

    Raises:
        Unusable: The file cannot be read, or an entry in it makes no sense.
    """
    entries = [_as_journey(entry, place) for place, entry in enumerate(_entries(path), start=1)]
    journeys: tuple[Journey, ...] = _parsed(_JOURNEYS, path, entries)
    ids = [journey.return_id for journey in journeys]
    twice = {return_id for return_id in ids if ids.count(return_id) > 1}
    if twice:
        raise Unusable(f"{path}: return_id: {', '.join(sorted(twice))} is given twice")
    return journeys


def _as_journey(entry: Any, place: int) -> Any:
    """Give a plain request its journey, and a request without an id one that stays the same."""
    if not isinstance(entry, dict):
        return entry
    if "request" not in entry and "order_id" in entry:
        tenant = entry.get("tenant", "")
        request = {key: value for key, value in entry.items() if key != "tenant"}
        entry = {**USUAL, "tenant": tenant, "request": request, "acts": USUAL_ACTS}
    request = entry.get("request")
    if isinstance(request, dict) and not request.get("return_id"):
        made = f"R-{request.get('order_id', '')}-{place}"
        entry = {**entry, "request": {**request, "return_id": made}}
    return entry


def _entries(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Unusable(f"{path}: cannot be read ({type(unreadable).__name__})") from unreadable
    try:
        if not text.lstrip().startswith("["):
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        entries: list[Any] = json.loads(text)
    except ValueError as broken:
        raise Unusable(f"{path}: expected a JSON array, or an object a line ({broken})") from broken
    return entries


def _parsed(adapter: TypeAdapter[Any], path: Path, entries: Sequence[Any]) -> Any:
    try:
        return adapter.validate_json(json.dumps(entries))
    except ValidationError as misfit:
        raise Unusable(f"{path}: {in_words(misfit)}") from misfit


def with_orders(
    journeys: Iterable[Journey], orders: Iterable[OrderSnapshot]
) -> tuple[Journey, ...]:
    """Give each request its order, where it does not bring one itself.

    Raises:
        Unusable: A request is for an order that is nowhere, or that several merchants have.
    """
    known: dict[str, list[OrderSnapshot]] = defaultdict(list)
    for order in orders:
        known[order.order_id].append(order)
    return tuple(_with_order(journey, known[journey.request.order_id]) for journey in journeys)


def _with_order(journey: Journey, alike: Sequence[OrderSnapshot]) -> Journey:
    request = journey.request
    if request.order is not None:
        return journey
    meant = [order for order in alike if journey.tenant in {"", order.tenant}]
    which = f"request {journey.return_id}: order_id:"
    if not meant:
        of = f" of {journey.tenant}" if journey.tenant else ""
        raise Unusable(f"{which} there is no order {request.order_id}{of}")
    if len(meant) > 1:
        merchants = ", ".join(sorted(order.tenant for order in meant))
        raise Unusable(
            f"{which} {merchants} each have an order {request.order_id}: say tenant as well"
        )
    complete = request.model_copy(update={"order": meant[0]})
    return journey.model_copy(update={"request": complete})


def moved_to(journeys: Sequence[Journey], today: datetime) -> tuple[Journey, ...]:
    """Move the calendar of each order, so that the last request about it is made today.

    Windows and deliveries keep their distances; whole days, so that hours keep theirs.
    """
    last: dict[tuple[str, str], datetime] = {}
    for journey in journeys:
        order, at = _order_of(journey.request), journey.request.requested_at
        last[order] = max(at, last.get(order, at))
    return tuple(
        journey.model_copy(update={"request": _moved_to(journey.request, last, today)})
        for journey in journeys
    )


def _order_of(request: ReturnRequest) -> tuple[str, str]:
    """Whose order it is, and its number: two merchants may have one of the same number."""
    return (request.order.tenant if request.order else "", request.order_id)


def _moved_to(
    request: ReturnRequest, last: Mapping[tuple[str, str], datetime], today: datetime
) -> ReturnRequest:
    by = timedelta(days=(today - last[_order_of(request)]) // timedelta(days=1))
    return ReturnRequest.model_validate_json(_moved(request, by))


def _moved(request: ReturnRequest, by: timedelta) -> str:
    return json.dumps(shifted(request.model_dump(mode="json"), by))


_TIMES = frozenset({"requested_at", "placed_at", "captured_at", "declared_at", "delivered_at"})


def shifted(value: Any, by: timedelta) -> Any:
    """The same, with every time in it moved."""
    if isinstance(value, Mapping):
        return {
            name: (datetime.fromisoformat(inner) + by).isoformat()
            if name in _TIMES and isinstance(inner, str)
            else shifted(inner, by)
            for name, inner in value.items()
        }
    return [shifted(inner, by) for inner in value] if isinstance(value, list) else value
