"""Which carrier goes where and for how much. Invented, fixed, and the same for everybody.

Prices are euro cents. What a rating offers depends on the country alone; that nobody comes
to a postcode is found out when it is bought, as with real carriers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EUROPE = frozenset(
    {
        *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR"),
        *("GB", "GR", "HR", "HU", "IE", "IT", "LI", "LT", "LU", "LV", "MT", "NL"),
        *("NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)

LABEL, CODE, PICKUP = "return_label", "return_code", "return_pickup"


@dataclass(frozen=True)
class Carrier:
    """One carrier's network and prices."""

    cents: Mapping[str, int]  # per service, for the first half kilogram within a country
    days: int  # within a country
    europe_only: frozenset[str]  # services that it has in Europe alone
    no_visits: tuple[str, ...]  # beginnings of postcodes, in any country
    prefix: str  # of its tracking numbers


CARRIERS: Mapping[str, Carrier] = {
    "swiftpost": Carrier(
        cents={LABEL: 420, CODE: 390, PICKUP: 580},
        days=2,
        europe_only=frozenset(),
        no_visits=("99",),
        prefix="SP",
    ),
    "paketdirekt": Carrier(
        cents={LABEL: 410, CODE: 380, PICKUP: 640},
        days=2,
        europe_only=frozenset({LABEL, CODE, PICKUP}),
        no_visits=(),
        prefix="PD",
    ),
    "rivercourier": Carrier(
        cents={LABEL: 520, CODE: 480, PICKUP: 590},
        days=3,
        europe_only=frozenset({CODE}),
        no_visits=("98",),
        prefix="RC",
    ),
}

CENTS_PER_HALF_KILOGRAM = 45  # beyond the first
GRAMS_PER_OUNCE = 28.349523125
FACTOR_PERCENT = {"home": 100, "europe": 170, "world": 390}
EXTRA_DAYS = {"home": 0, "europe": 2, "world": 6}


def zone(origin: str, destination: str) -> str:
    """Say how far it is."""
    if origin == destination:
        return "home"
    return "europe" if {origin, destination} <= EUROPE else "world"


def offers(origin: str, destination: str, ounces: float) -> list[tuple[str, str, int, int]]:
    """List what can be had from country to country: carrier, service, cents, days."""
    far = zone(origin, destination)
    steps = max(0, -int(-ounces * GRAMS_PER_OUNCE // 500) - 1)
    return [
        (name, service, _cents(cents, steps, far), carrier.days + EXTRA_DAYS[far])
        for name, carrier in CARRIERS.items()
        for service, cents in carrier.cents.items()
        if service not in carrier.europe_only or origin in EUROPE
    ]


def visits(carrier: str, postcode: str) -> bool:
    """Say whether a carrier comes to this postcode."""
    return not postcode.replace(" ", "").startswith(CARRIERS[carrier].no_visits)


def _cents(cents: int, steps: int, far: str) -> int:
    return (cents + steps * CENTS_PER_HALF_KILOGRAM) * FACTOR_PERCENT[far] // 100
