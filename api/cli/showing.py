"""A return in lines for a person at a terminal: calm, short, money with its currency."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from api.client import Quoted
from domain.money import Money
from domain.policy.quote import Quote
from domain.returns.agenda import Step
from domain.returns.shown.carriers import CarrierStatus
from domain.returns.shown.status import (
    BillStatus,
    CouponStatus,
    HoldStatus,
    MoneyStatus,
    ParcelStatus,
    PayoutStatus,
    Status,
    UnitStatus,
)
from projections.board import BoardRow

DOT = " · "


def words(name: str) -> str:
    """A word of the domain as people write it."""
    return name.replace("_", " ")


def when(moment: datetime | None) -> str:
    """A time, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""


def owed_next(owner: str, action: str, due_at: datetime | None) -> str:
    """Whose turn it is at something beside a return, and by when; over, where it is nobody's."""
    return f"{owner} {words(action)} by {when(due_at)}" if due_at else "over"


def money(amount_minor: int, currency: str) -> str:
    """An amount, such as 10.85 EUR."""
    return Money(amount_minor=amount_minor, currency=currency).plain()


def shown(text: str) -> str:
    """Text from outside, without what could move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def columns(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Lay rows out under each other; the last column is as long as it likes."""
    table = [[shown(cell) for cell in row] for row in rows]
    widths = (
        [max(cell_len(row[at]) for row in table) for at in range(len(table[0]))] if table else []
    )
    return [
        (
            indent
            + "  ".join(
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(row, widths, strict=True)
            )
        ).rstrip()
        for row in table
    ]


def one_line(status: Status) -> str:
    """A return in one line: how it stands, and whose turn it is."""
    parts = [f"{status.return_id}: {words(status.headline)}"]
    if status.money is not None:
        parts.append(money(status.money.promised_minor, status.currency))
    return DOT.join([*parts, turn(status)])


def turn(status: Status) -> str:
    """Whose turn it is, and until when."""
    if status.closed or not status.next_actor:
        return "nothing is left to do"
    by = f" by {when(status.due_at)}" if status.due_at else ""
    return f"{status.next_actor}: {words(status.next_action)}{by}"


def whole(status: Status, link: str) -> Iterator[str]:
    """Everything that `show` shows."""
    yield DOT.join([status.return_id, words(status.headline), turn(status)])
    yield DOT.join(
        part
        for part in (
            f"order {status.order_id}",
            status.country,
            words(status.method),
            f"ship by {when(status.ship_by)}" if status.ship_by else "",
            DOT.join(words(flag).upper() for flag in status.flags),
        )
        if part
    )
    yield from _section("Units", columns(_unit(unit, status.currency) for unit in status.units))
    parcels = columns(_parcel(parcel) for parcel in status.parcels)
    yield from _section("Parcels", [*parcels, *_more(status.parcels_more)])
    yield from _section("Carriers", columns(_carrier(one) for one in status.carriers))
    if status.money is not None:
        yield from _section("Money", columns(_sums(status.money)))
    yield from _section("Payouts", columns(_payout(one, status.currency) for one in status.payouts))
    asked = columns(_bill(one, status.currency) for one in status.bills)
    kept = columns(_hold(one, status.currency) for one in status.holds)
    coupons = columns(_coupon(one, status.currency) for one in status.coupons)
    yield from _section("Coupons", coupons)
    yield from _section("Asked of the customer", [*asked, *kept])
    strays = [f"  {shown(stray)}" for stray in status.strays]
    yield from _section("Unexpected", [*strays, *_more(status.strays_more)])
    steps = columns(_step(step) for step in status.agenda)
    yield from _section("Open steps", [*steps, *_more(status.agenda_more)])
    if link:
        yield from ("", f"Temporal UI  {link}")


def _bill(bill: BillStatus, currency: str) -> list[str]:
    by = f"to be paid by {when(bill.pay_by)}" if bill.url else ""
    return [money(bill.amount_minor, currency), f"bill by {shown(bill.provider)}", bill.state, by]


def _hold(hold: HoldStatus, currency: str) -> list[str]:
    amount = money(hold.taken_minor or hold.amount_minor, currency)
    why = words(shown(hold.reason)) if hold.reason else ""
    return [amount, f"kept ready for {shown(hold.unit)}", hold.state, why]


def _coupon(coupon: CouponStatus, currency: str) -> list[str]:
    until = f"valid until {coupon.valid_until:%Y-%m-%d}"
    return [money(coupon.amount_minor, currency), f"for {coupon.unit}", coupon.state, until]


def _more(number: int) -> list[str]:
    return [f"  … and {number} more"] if number else []


def price(quoted: Quoted) -> Iterator[str]:
    """What a quote says."""
    yield f"{quoted.outcome}" + (f": {shown(quoted.because)}" if quoted.because else "")
    for verdict in quoted.verdicts:
        if verdict.outcome != "approve":
            yield f"  {verdict.unit}: {verdict.outcome}, {shown(verdict.because)}"
    if quoted.quote is None:
        return
    quote, currency = quoted.quote, quoted.quote.currency
    rows = [
        [unit.unit, money(unit.cash_minor if unit.exchange else unit.refund_minor, currency)]
        for unit in quote.units
    ]
    rows.append(["shipping", money(quote.shipping_minor, currency)])
    rows.append(["label fee", money(-quote.label_fee_minor, currency)])
    rows.append(["total", money(quote.total_minor, currency)])
    yield from columns(rows)
    yield from (
        f"  back to {tender.tender_id}: {money(tender.amount_minor, currency)}"
        for tender in quote.tenders
    )
    yield from _articles(quote)
    yield from _ways(quote)
    yield from _choices(quote)
    if quoted.keep_item:
        yield "  the goods may be kept"


def _ways(quote: Quote) -> Iterator[str]:
    """Every way back beside the others: what it costs, how long it takes, and where to go."""
    rows = []
    for way in quote.methods:
        fee = money(way.label_fee_minor, quote.currency)
        total = money(way.total_minor, quote.currency)
        told = [
            f"{way.days} days" if way.days is not None else "",
            f"needs a {words(way.needs)}" if way.needs != "nothing" else "",
            f"at {way.place.name}, {way.place.line1}, {way.place.city}" if way.place else "",
            f"from {', '.join(when(slot.start) for slot in way.slots)}" if way.slots else "",
            "the carrier looks into the box" if way.checks_at_door else "",
        ]
        detail = shown(DOT.join(part for part in told if part))
        rows.append([f"by {words(way.method)}", f"label fee {fee}", f"{total} in all", detail])
    yield from columns(rows)
    yield from (f"  not by {words(no.method)}: {shown(no.because)}" for no in quote.not_offered)


def _articles(quote: Quote) -> Iterator[str]:
    """What is sent instead, what it costs beside the unit, and what is paid by a link first."""
    for unit in quote.units:
        told = unit.exchange
        if told is None:
            continue
        cost, worth = (
            money(told.cost_minor, quote.currency),
            money(told.value_minor, quote.currency),
        )
        yield f"  {unit.unit}: {shown(told.sku)} instead for {cost}, the unit is worth {worth}"
    if quote.to_pay_minor:
        amount, fee = (
            money(minor, quote.currency) for minor in (quote.to_pay_minor, quote.billed_fee_minor)
        )
        yield f"  to be paid before anything is sent: {amount}, {fee} of it for the label"


def _choices(quote: Quote) -> Iterator[str]:
    """What each resolution would bring, to where, and within how many days of what."""
    rows = [
        [
            f"or {words(choice.resolution)}",
            money(choice.total_minor, quote.currency),
            f"to {', '.join(choice.to)}",
            f"{choice.days} days after {words(choice.after)} ({words(choice.counted)})",
            f"label fee {money(choice.fee_minor, quote.currency)}: {words(choice.fee_because)}",
        ]
        for choice in quote.choices
    ]
    yield from columns(rows)


def board(rows: Sequence[BoardRow]) -> list[str]:
    """The rows of a list."""
    return columns(
        (
            [
                row.return_id,
                words(row.headline),
                "" if row.closed else f"{row.next_actor}: {words(row.next_action)}",
                "" if row.closed else when(row.due_at),
                money(row.promised_minor, row.currency),
                f"{row.order_id} {DOT.join(row.flags)}",
            ]
            for row in rows
        ),
        indent="",
    )


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", title, *lines)


def _unit(unit: UnitStatus, currency: str) -> list[str]:
    stages = [unit.receipt, unit.decision, unit.grade, unit.disposition, unit.replacement]
    return [
        unit.unit,
        unit.name,
        DOT.join(words(stage) for stage in stages if stage),
        f"{words(unit.resolution)} {money(unit.promised_minor, currency)}",
    ]


def _parcel(parcel: ParcelStatus) -> list[str]:
    label = [parcel.carrier, parcel.tracking_number, parcel.code, parcel.label_url]
    return [
        parcel.parcel_id,
        words(parcel.logistics),
        DOT.join(part for part in label if part) or "no label",
    ]


def _carrier(one: CarrierStatus) -> list[str]:
    place = f"{one.tried}." if one.tried else "no"
    return [place, shown(one.carrier), shown(one.service), shown(one.because)]


def _payout(payout: PayoutStatus, currency: str) -> list[str]:
    where = payout.tender_id or words(payout.destination) or "nowhere yet"
    told = [f"code {payout.code}" if payout.code else "", words(payout.reason)]
    return [
        payout.instruction_id,
        words(payout.state),
        money(payout.amount_minor, currency),
        DOT.join(part for part in (f"{where} by {payout.provider}", *told) if part),
    ]


def _sums(sums: MoneyStatus) -> list[list[str]]:
    named = {
        "promised": sums.promised_minor,
        "paid": sums.paid_minor,
        "under way": sums.under_way_minor,
        "of which unknown": sums.unknown_minor,
        "held": sums.held_minor,
    }
    always = {"promised", "paid"}
    return [
        [name, money(amount, sums.currency)]
        for name, amount in named.items()
        if amount or name in always
    ]


def _step(step: Step) -> list[str]:
    return [when(step.due_at), step.actor, step.summary]
