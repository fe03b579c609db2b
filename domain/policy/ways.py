"""Every way back, side by side: what it costs the customer, how long it takes, where to go.

A way that cannot be had is told with the reason; none of the domain's methods is passed over.
"""

from domain.policy.case import Case
from domain.policy.policy import Policy
from domain.policy.quote import MethodPrice, NearestPlace, NotOffered
from domain.policy.routing import Routes
from domain.policy.serving import NEEDS, Place, Slot
from domain.policy.terms import label_fee, methods_for
from domain.refusal import Refused
from domain.returns.asking.request import ReturnRequest
from domain.words import Method

_FARTHEST = 10**9
"""Further than any two postcodes of one country are."""


def ways(
    case: Case, *, pays: bool, keep_item: bool
) -> tuple[tuple[MethodPrice, ...], tuple[NotOffered, ...]]:
    """Those that can be had, in the policy's order, and those that cannot, and why.

    Args:
        case: The request on what it is judged on, its routes among it.
        pays: Whether the way back is the customer's to pay.
        keep_item: Whether the goods may stay where they are.
    """
    offered: list[MethodPrice] = []
    missing: list[NotOffered] = []
    listed = methods_for(case.policy, case.order.ship_to)
    for method in (*listed, *(known for known in Method if known not in listed)):
        no = not_offered(case, method, keep_item=keep_item)
        if no is None:
            offered.append(_way(case, method, pays=pays))
        else:
            missing.append(no)
    return tuple(offered), tuple(missing)


def not_offered(case: Case, method: Method, *, keep_item: bool) -> NotOffered | None:
    """Why a method cannot be had for this return; none where it can."""
    country = case.order.ship_to
    if method is Method.KEEP_ITEM:
        if keep_item:
            return None
        return _no(method, "worth_its_way", "no rule of the policy says that the goods may be kept")
    if method not in methods_for(case.policy, country):
        return _no(method, "not_in_this_country", f"it is not offered in {country}")
    if method.needs_label and not case.routes.of(method):
        return _no_carrier(case.routes, method, country)
    keeps_places = any(method in place.methods for place in case.policy.places)
    if keeps_places and not method.needs_label and nearest(case, method) is None:
        return _no(method, "no_place_near", f"there is no place for it in {country}")
    return None


def is_offered(case: Case, method: Method) -> bool:
    """Whether goods can come back this way."""
    return not_offered(case, method, keep_item=False) is None


def _no_carrier(routes: Routes, method: Method, country: str) -> NotOffered:
    no = next((one for one in routes.turned_down if one.method is method), None)
    if no is None:
        return _no(method, "no_carrier", f"no carrier serves it in {country}")
    return _no(method, no.code, no.because)


def _no(method: Method, code: str, because: str) -> NotOffered:
    return NotOffered(method=method, code=code, because=because)


def _way(case: Case, method: Method, *, pays: bool) -> MethodPrice:
    policy, order = case.policy, case.order
    first = next(iter(case.routes.of(method)), None)
    carrier = first.carrier if first else ""
    place = nearest(case, method, carrier)
    days = first.days if first else None
    if place is not None and place.onward:
        days = place.onward_days
    return MethodPrice(
        method=method,
        label_fee_minor=label_fee(policy, method, order.currency) if pays else 0,
        carrier=carrier,
        days=0 if method is Method.KEEP_ITEM else days,
        place=_shown(place) if place else None,
        onward=(place.onward or "") if place else "",
        slots=slots_for(case) if method is Method.CARRIER_PICKUP else (),
        checks_at_door=case.routes.check_at_door and method is Method.CARRIER_PICKUP,
        needs=NEEDS[method],
    )


def slots_for(case: Case) -> tuple[Slot, ...]:
    """The visits that can be booked, counted from the request."""
    return _slots(case.policy, case.order.ship_to, case.request)


def slot_asked_for(policy: Policy, country: str, request: ReturnRequest) -> Slot | Refused | None:
    """The slot that a request names by its start; none where it names none."""
    wanted = request.pickup_from
    if wanted is None:
        return None
    if request.method is not Method.CARRIER_PICKUP:
        return Refused(code="invalid", because="pickup_from: only carrier_pickup has a time")
    slots = _slots(policy, country, request)
    slot = next((known for known in slots if known.start == wanted), None)
    if slot is None:
        offered = ", ".join(known.start.isoformat() for known in slots) or "none"
        because = f"pickup_from: no visit begins then; offered are {offered}"
        return Refused(code="slot_not_offered", because=because)
    return slot


def _slots(policy: Policy, country: str, request: ReturnRequest) -> tuple[Slot, ...]:
    hours = policy.pickup_hours.get(country) or policy.pickup_hours.get("*")
    return tuple(hours.slots(request.requested_at)) if hours else ()


def nearest(case: Case, method: Method, carrier: str = "") -> Place | None:
    """The place whose postcode is closest to the customer's, as postcodes go; none in the country.

    Postcodes share their beginning where they are neighbours; of those that share as much, the
    one with the closest number.
    """
    home = _plain(case.outlook.postcode)
    near = [
        place
        for place in case.policy.places
        if method in place.methods
        and place.country == case.order.ship_to
        and (not place.carriers or not carrier or carrier in place.carriers)
    ]
    return min(near, key=lambda place: (*_distance(home, _plain(place.postcode)), place.place_id),
               default=None)  # fmt: skip


def _distance(home: str, there: str) -> tuple[int, int]:
    shared = 0
    for ours, theirs in zip(home, there, strict=False):
        if ours != theirs:
            break
        shared += 1
    numbers = [
        int(digits) for code in (home, there) if (digits := "".join(filter(str.isdecimal, code)))
    ]
    apart = abs(numbers[0] - numbers[1]) if len(numbers) == len((home, there)) else _FARTHEST
    return -shared, apart


def _plain(postcode: str) -> str:
    return postcode.replace(" ", "").replace("-", "").upper()


def _shown(place: Place) -> NearestPlace:
    return NearestPlace(
        place_id=place.place_id,
        name=place.name,
        line1=place.line1,
        city=place.city,
        postcode=place.postcode,
    )
