"""Who carries goods back, where they can be handed over, and what that costs: a policy's data.

Prices are the merchant's own contracts, in minor units of one currency; weights are grams, lengths
millimetres. What is not named is not asked about: a service without `postcodes_not` comes
everywhere in its countries, one without a price is tried after those that have one.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from domain.model import Country, Id, Minor, Moment, Short, Value
from domain.money import WHOLE_BASIS_POINTS, Currency
from domain.words import Hazard, Method

TAKE_BACK_DAYS = 25
"""After its purchase, in which an unused label is given back in time. Carriers that set an end set
30 days (USPS, docs.easypost.com/docs/shipments/refund), and what is asked for on the last day is late."""

Region = Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")]  # a country, or * for every other
Hour = Annotated[int, Field(ge=0, le=24)]
Weekday = Annotated[int, Field(ge=1, le=7)]  # ISO 8601: 1 is Monday


class Band(Value):
    """What a parcel of up to this weight costs."""

    up_to_grams: Annotated[int, Field(ge=1, le=10**7)]
    price_minor: Minor  # in the currency of `routing`


class Served(Value):
    """A carrier's service for a method; of those that can, the cheapest landed is tried first."""

    countries: Annotated[tuple[Region, ...], Field(min_length=1)]
    method: Method
    carrier: Id
    service: Short
    account: Id | None = None  # the contract by which it is bought; none: the one for most
    postcodes_not: tuple[Short, ...] = ()  # beginnings of postcodes that it does not serve
    prices: tuple[Band, ...] = ()  # lightest first; the last one is the heaviest it takes
    abroad_bp: Annotated[int, Field(ge=WHOLE_BASIS_POINTS, le=100_000)] = WHOLE_BASIS_POINTS
    days: Annotated[int, Field(ge=0, le=90)] | None = None  # from the hand-over to the dock
    abroad_days: Annotated[int, Field(ge=0, le=90)] = 0  # longer, to another country
    longest_mm: Annotated[int, Field(ge=1, le=10**5)] | None = None
    refuses: tuple[Hazard, ...] = ()
    checks_at_door: bool = False
    take_back_days: Annotated[int, Field(ge=1, le=365)] = TAKE_BACK_DAYS

    @model_validator(mode="after")
    def _grows(self) -> Self:
        weights = [band.up_to_grams for band in self.prices]
        if weights != sorted(set(weights)):
            raise ValueError("prices: expected the lightest band first, each heavier than the last")
        return self

    def serves(self, country: str) -> bool:
        """Whether it carries from there at all."""
        return country in self.countries or "*" in self.countries


class Hub(Value):
    """A warehouse of the merchant's that returns go to."""

    warehouse: Id
    name: Short
    line1: Short
    city: Short
    postcode: Short
    country: Country


class Place(Value):
    """Where goods can be handed over in person: a shop, a counter, a partner's hub.

    What a partner gathers is sent on together: `onward` says to which warehouse, and
    `onward_days` how long that takes at most, the wait for a full load in it.
    """

    place_id: Id
    name: Short
    line1: Short
    city: Short
    postcode: Short
    country: Country
    methods: Annotated[tuple[Method, ...], Field(min_length=1)]
    carriers: tuple[Id, ...] = ()  # whose counter it is; none: anybody's
    onward: Id | None = None
    onward_days: Annotated[int, Field(ge=0, le=90)] = 0


class Slot(Value):
    """A time in which a carrier comes to the door."""

    start: Moment
    end: Moment


class PickupHours(Value):
    """When carriers come, by the customer's own clock."""

    zone: Short  # as the IANA names it, such as Europe/Berlin
    hours: Annotated[tuple[tuple[Hour, Hour], ...], Field(min_length=1)]
    lead_hours: Annotated[int, Field(ge=0, le=336)] = 20  # from the request to the first visit
    days: Annotated[int, Field(ge=1, le=14)] = 3  # that are offered
    closed: tuple[Weekday, ...] = (7,)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"zone: {self.zone} is no time zone") from None
        if any(start >= end for start, end in self.hours):
            raise ValueError("hours: expected each to end after it starts")
        if set(self.closed) == set(range(1, 8)):
            raise ValueError("closed: leaves no day")
        return self

    def slots(self, since: datetime) -> Iterator[Slot]:
        """The next visits that can be booked, the first one first."""
        zone = ZoneInfo(self.zone)
        earliest = since + timedelta(hours=self.lead_hours)
        day, given = earliest.astimezone(zone).date(), 0
        while given < self.days:
            open_slots = [
                slot
                for start, end in self.hours
                if (slot := _slot(day, start, end, zone)).start >= earliest
            ]
            if day.isoweekday() not in self.closed and open_slots:
                given += 1
                yield from open_slots
            day += timedelta(days=1)


def _slot(day: date, start: int, end: int, zone: ZoneInfo) -> Slot:
    """By the wall clock of that day, summer time or not."""

    def at(hour: int) -> datetime:
        then = day + timedelta(days=hour // 24)
        return datetime.combine(then, time(hour % 24), zone).astimezone(UTC)

    return Slot(start=at(start), end=at(end))


class Routing(Value):
    """What counts beside a carrier's price when one is chosen.

    A carrier is judged by its own record of the last 90 days once it has carried `judged_from`
    parcels: each exception is reckoned at `exception_minor`, each late one at `late_minor`.
    """

    currency: Currency = "EUR"  # of the contracts, whatever the customer paid in
    exception_minor: Minor = 0
    late_minor: Minor = 0
    handling_minor: dict[Method, Minor] = Field(default_factory=dict)  # by us, a parcel
    judged_from: Annotated[int, Field(ge=1, le=100_000)] = 20


Needs = Literal["nothing", "printer", "phone", "tracking_number"]

NEEDS: dict[Method, Needs] = {
    Method.CARRIER_PICKUP: "printer",
    Method.DROP_OFF_LABEL: "printer",
    Method.DROP_OFF_CODE: "phone",
    Method.IN_STORE: "nothing",
    Method.LOCAL_HUB: "nothing",
    Method.OWN_CARRIER: "tracking_number",
    Method.KEEP_ITEM: "nothing",
}
"""What the customer has to have at hand."""
