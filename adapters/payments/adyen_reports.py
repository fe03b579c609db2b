"""Adyen's books: the accounting report, a file of the day before, by its own credentials.

There is no list to ask for. A day on which nothing was booked has no file; the present day's
is made after midnight, so that what moved since is not there yet. Columns: docs.adyen.com/
reporting/invoice-reconciliation/payment-accounting-report.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx2

from activities.failures import Misspoken
from activities.ports import Booked
from adapters.http import DEFAULT_DEADLINE, PartnerHttp, path_of
from domain.money import Money

A_DAY = timedelta(days=1)

# By their record type: what kind of movement it is, and how it stands then. The later a row
# stands in this table, the more it counts.
KINDS: Mapping[str, tuple[Literal["payout", "chargeback"], str]] = {
    "SentForRefund": ("payout", "pending"),
    "Refunded": ("payout", "succeeded"),
    "RefundedExternally": ("payout", "succeeded"),
    "RefundFailed": ("payout", "failed"),
    "RefundedReversed": ("payout", "failed"),
    "Chargeback": ("chargeback", "open"),
    "SecondChargeback": ("chargeback", "open"),
    "ChargebackReversed": ("chargeback", "won"),
}
WEIGHT = {kind: place for place, kind in enumerate(KINDS)}

# Hours from UTC of the short names that they write and the time zone data does not have.
SHORT_NAMES: Mapping[str, int] = {
    "CEST": 2, "BST": 1, "EDT": -4, "CDT": -5, "CST": -6, "MDT": -6, "PDT": -7, "PST": -8,
    "BRT": -3, "SGT": 8, "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip

Row = Mapping[str, str]


class AdyenReports:
    """Keeps `activities.ports.Bookkeeper`."""

    late = 2 * A_DAY

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        base_url: str,
        api_key: str,
        account: str,
        deadline: timedelta = DEFAULT_DEADLINE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Connect to the downloads at `base_url`; the key is `report user:password`."""
        name, _, password = api_key.partition(":")
        self._http = PartnerHttp(
            client,
            partner="adyen reports",
            base_url=base_url,
            auth=(name, password),
            deadline=deadline,
        )
        self._account = account
        self._now = now

    async def booked(self, since: datetime, until: datetime) -> Sequence[Booked]:
        """List what was first booked in between, with how it stands by the last file there is."""
        rows: list[Row] = []
        day = since.astimezone(UTC) - A_DAY  # theirs may be a day of another time zone
        while day < max(until, self._now()) + A_DAY:
            rows += await self._file(day)
            day += A_DAY
        return [one for one in _movements(rows) if since <= one.at < until]

    async def _file(self, day: datetime) -> Iterable[Row]:
        name = f"payments_accounting_report_{day:%Y_%m_%d}.csv"
        path = path_of("/MerchantAccount/{account}/{name}", account=self._account, name=name)
        text = await self._http.download(path)
        return [] if text is None else csv.DictReader(io.StringIO(text))


def _movements(rows: Iterable[Row]) -> Iterator[Booked]:
    """Put the rows of one movement together: when it began, and what counts most of it."""
    by_ref: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        known = KINDS.get(row.get("Record Type", ""))
        if known is not None:
            ref = row.get("Modification Psp Reference") or row.get("Psp Reference", "")
            by_ref.setdefault((known[0], ref), []).append(row)
    for (_, ref), found in by_ref.items():
        last = max(found, key=lambda row: WEIGHT[row["Record Type"]])
        kind, state = KINDS[last["Record Type"]]
        ours = last.get("Modification Merchant Reference", "") if kind == "payout" else ""
        yield Booked(
            kind=kind,
            ref=ref,
            instruction_id=ours,
            payment_ref=last.get("Psp Reference", ""),
            amount=_amount(last),
            state=state,
            at=min(_at(row) for row in found),
        )


def _amount(row: Row) -> Money:
    """Read a decimal amount, whatever its sign; it is written with the decimals they count."""
    text, currency = row.get("Main Amount", ""), row.get("Main Currency", "")
    try:
        plain = f"{abs(Decimal(text)).normalize():f}"
        return Money.parse(plain, currency)
    except (InvalidOperation, ValueError):
        raise Misspoken("adyen reports: an amount or a currency that is none") from None


def _at(row: Row) -> datetime:
    """Read when a row was booked, in the zone that it names."""
    zone = row.get("Booking Date TimeZone", "UTC")
    try:
        hours = SHORT_NAMES.get(zone)
        where = ZoneInfo(zone) if hours is None else timezone(timedelta(hours=hours))
        local = datetime.fromisoformat(row["Booking Date"]).replace(tzinfo=where)
        return local.astimezone(UTC)
    except (KeyError, ValueError, ZoneInfoNotFoundError):
        raise Misspoken("adyen reports: a time or a time zone that is none") from None
