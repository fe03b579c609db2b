"""By when a claim must be filed: by carrier, and by the law of the country of import.

Tables, so that whoever knows better can read them; each row names its source, and says
whether we have read it there. This is not legal advice. The most specific row counts, and
where none knows the counterparty the cautious last one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.policy.floors import EU
from domain.recoveries.words import RecoveryCause
from domain.words import Fault

LOST, DAMAGED = RecoveryCause.LOST, RecoveryCause.DAMAGED
ANY = ("*",)


class CarrierLimit(NamedTuple):
    """How long a carrier takes claims, in days after it was given the parcel."""

    names: tuple[str, ...]  # of the carrier, or of whoever files for us
    cause: RecoveryCause
    not_before_days: int
    within_days: int
    answer_days: int
    source: str
    read: bool = True


class DutyLimit(NamedTuple):
    """How long customs give duties back, in days after the goods were declared.

    The laws count from the acceptance of the declaration, or from the notification of the debt,
    which is not before it (Regulation 952/2013, art. 102); that of the US from the import.
    `faults` says for whose fault it is; none: for every one.
    """

    countries: tuple[str, ...]
    within_days: int
    answer_days: int
    source: str
    faults: tuple[Fault, ...] = ()
    read: bool = True


# fmt: off
CARRIER_LIMITS: tuple[CarrierLimit, ...] = (
    CarrierLimit(("easypost",), LOST, 30, 60, 30,
        "EasyPost Insurance, help article 28342512901133: lost, 30 to 60 days after the ship date"),
    CarrierLimit(("easypost",), DAMAGED, 0, 30, 30,
        "EasyPost Insurance, help article 28342512901133: damaged, 30 days after the ship date"),
    CarrierLimit(("USPS", "usps"), LOST, 15, 60, 30,
        "USPS, file a claim: insured mail, lost, 15 to 60 days after mailing", read=False),
    CarrierLimit(("USPS", "usps"), DAMAGED, 0, 60, 30,
        "USPS, file a claim: damaged, 60 days after mailing", read=False),
    CarrierLimit(("UPS", "ups", "FedEx", "fedex"), LOST, 1, 60, 30,
        "UPS and FedEx: 60 days after shipment, as told by resellers", read=False),
    CarrierLimit(("UPS", "ups", "FedEx", "fedex"), DAMAGED, 0, 60, 30,
        "UPS and FedEx: 60 days after shipment, as told by resellers", read=False),
    CarrierLimit(ANY, LOST, 0, 30, 30, "no rule known: 30 days, the shortest of those known", read=False),
    CarrierLimit(ANY, DAMAGED, 0, 30, 30, "no rule known: 30 days, the shortest of those known", read=False),
)
DUTY_LIMITS: tuple[DutyLimit, ...] = (
    DutyLimit(EU, 365, 120,
        "EU: Regulation 952/2013, art. 118 and 121(1)(b), goods defective or not as agreed: 1 year",
        (Fault.MERCHANT, Fault.CARRIER)),
    DutyLimit(EU, 90, 120,
        "EU: Delegated Regulation 2015/2446, art. 148(3), bought at a distance and returned: 90 days, "
        "as Tulli and the Agencia Tributaria tell it"),
    DutyLimit(("GB",), 365, 30,
        "UK: HMRC, C&E1179, rejected imports: 1 year after notification of the debt",
        (Fault.MERCHANT, Fault.CARRIER)),
    DutyLimit(("GB",), 90, 30,
        "UK: HMRC, C&E1179, when to apply: 90 days for withdrawal of an import declaration, as for "
        "mail order goods (refunds and waivers on customs debt), read in a copy", read=False),
    DutyLimit(("US",), 5 * 365, 120,
        "US: 19 USC 1313(r)(1), 19 CFR 190.51(e)(1): 5 years after importation"),
    DutyLimit(("CH", "LI"), 3 * 365, 60,
        "CH: Zollgesetz art. 11, foreign goods returned: 3 years; asked for with the export declaration"),
    DutyLimit(("CN",), 30, 60,
        "CN: GACC notice 2020 No. 45, e-commerce retail imports: within 30 days of release",
        read=False),
    DutyLimit(ANY, 90, 120, "no rule known: 90 days", read=False),
)
# fmt: on


class Limit(NamedTuple):
    """A limit as it binds one claim."""

    counted_from: datetime
    not_before: datetime
    file_by: datetime
    answer_days: int
    source: str


def carrier_limit(names: Iterable[str], cause: RecoveryCause, handed_over: datetime) -> Limit:
    """Find the limit of a claim for a parcel.

    Args:
        names: Whoever it is filed with, the one who decides on it first.
        cause: What happened to the parcel.
        handed_over: When the carrier was given it.
    """
    rows = [row for row in CARRIER_LIMITS if row.cause is cause]
    found = (row for name in (*names, "*") for row in rows if name in row.names)
    row = next(found)
    return Limit(
        handed_over,
        handed_over + timedelta(days=row.not_before_days),
        handed_over + timedelta(days=row.within_days),
        row.answer_days,
        _source(row.source, read=row.read),
    )


def duty_limit(country: str, faults: Iterable[Fault], declared: datetime) -> Limit:
    """Find the limit for duties: the shortest of those that the units' reasons lead to.

    Args:
        country: Where the goods were imported.
        faults: Whose fault the return is, unit by unit.
        declared: When they were declared there; where nobody knows, the earliest that it can be.
    """
    rows = [_duty_row(country, fault) for fault in faults] or [_duty_row(country, Fault.UNKNOWN)]
    row = min(rows, key=lambda row: row.within_days)
    return Limit(
        declared,
        declared,
        declared + timedelta(days=row.within_days),
        row.answer_days,
        _source(row.source, read=row.read),
    )


def _duty_row(country: str, fault: Fault) -> DutyLimit:
    found = (
        row
        for wanted in (country, "*")
        for row in DUTY_LIMITS
        if wanted in row.countries and (not row.faults or fault in row.faults)
    )
    return next(found)


def _source(source: str, *, read: bool) -> str:
    return source if read else f"{source} (not verified)"
