"""The ways a parcel can go, as a table: what a carrier sees of it, and on which day."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.scripts import Script
from sandbox.wire import Json, Unfit, number


@dataclass(frozen=True)
class Step:
    """One scan, `day` days after the label was bought."""

    day: float
    status: str
    detail: str
    message: str


HANDED_OVER = ("in_transit", "accepted", "Handed over by the customer")
ON_THE_WAY = ("in_transit", "departed_facility", "On the way")
AT_HUB = ("in_transit", "arrived_at_hub", "Arrived at a hub")
IN_CUSTOMS = ("in_transit", "held_by_customs", "Held by customs")
CLEARED = ("in_transit", "released_by_customs", "Released by customs")
LOST = ("failure", "lost", "The parcel cannot be found")
FOUND = ("in_transit", "found", "The parcel was found")
SENT_BACK = ("return_to_sender", "return", "On its way back to the sender")
DELIVERED = ("delivered", "arrived_at_destination", "Delivered")

Scan = tuple[str, str, str]

JOURNEYS: Mapping[str, tuple[tuple[float, Scan], ...]] = {
    "happy": ((1, HANDED_OVER), (2, ON_THE_WAY), (3, DELIVERED)),
    "hub": ((1, HANDED_OVER), (2, AT_HUB), (4, ON_THE_WAY), (5, DELIVERED)),
    "customs": (
        (1, HANDED_OVER),
        (2, ON_THE_WAY),
        (3, IN_CUSTOMS),
        (6, CLEARED),
        (7, DELIVERED),
    ),
    "lost": ((1, HANDED_OVER), (2, ON_THE_WAY), (10, LOST)),
    "lost_and_found": (
        (1, HANDED_OVER),
        (2, ON_THE_WAY),
        (10, LOST),
        (14, FOUND),
        (15, DELIVERED),
    ),
    "late_handover": ((20, HANDED_OVER), (21, ON_THE_WAY), (22, DELIVERED)),
    "returned": ((1, HANDED_OVER), (2, ON_THE_WAY), (5, SENT_BACK)),
    "never": (),
    "in_store": (),
}


def steps_of(script: Script) -> list[Step]:
    """Give a script's scans: `day` moves the first, `days` names the first few; what follows
    keeps its distance.

    Raises:
        Unfit: `days` is no list of numbers.
    """
    journey = JOURNEYS[script.name]
    if not journey:
        return []
    days = [day for day, _ in journey]
    if "day" in script.params:
        moved_by = number(script.params, "day", 0) - days[0]
        days = [day + moved_by for day in days]
    wanted = _days(script.params)[: len(days)]
    moved_by = wanted[-1] - days[len(wanted) - 1] if wanted else 0
    days = [*wanted, *(day + moved_by for day in days[len(wanted) :])]
    return [Step(day, *scan) for day, (_, scan) in zip(days, journey, strict=True)]


def check_journey(script: Script) -> None:
    """Find out when a script is chosen, not when it runs, that a parameter makes no sense.

    Raises:
        Unfit: It makes none.
    """
    if script.family == "parcel":
        steps_of(script)


def _days(params: Json) -> list[float]:
    days = params.get("days", [])
    if not isinstance(days, list) or not all(isinstance(day, int | float) for day in days):
        raise Unfit("days", "a list of numbers, one for each scan")
    return days
