"""The derivation of a return's money for people, line by line; every block adds up."""

from collections.abc import Callable, Iterator

from domain.money import Money
from domain.policy.units import MONEY
from domain.returns.money.explained import (
    CollectedExplained,
    Explained,
    PayoutExplained,
    UnitExplained,
)


def text_of(told: Explained, shown: Callable[[Money], str] = str) -> Iterator[str]:
    """The derivation in lines; `shown` writes an amount, in whatever language."""

    def money(amount_minor: int) -> str:
        return shown(Money(amount_minor=amount_minor, currency=told.currency))

    yield f"Return {told.return_id} of order {told.order_id}"
    for unit in told.units:
        yield f"{unit.unit} {unit.name} ({unit.sku}), {unit.resolution}"
        yield from _sum(money, *_lines(unit))
        yield f"    = {money(unit.refund_minor)}"
        yield from _article(money, unit)
    for name, sign, pot in (("Shipping", 1, told.shipping), ("Label fee", -1, told.label_fee)):
        if pot.quoted_minor or pot.adjustments:
            yield f"{name}: {money(sign * pot.result_minor)}"
            changes = ((one.because, one.amount_minor) for one in pot.adjustments)
            yield from _sum(money, ("quoted", sign * pot.quoted_minor), *changes)
    for asked in told.collected:
        yield from _asked(money, asked)
    yield f"Promised: {money(told.promised_minor)}"
    for payout in told.payouts:
        where = payout.tender_id or payout.destination or "nowhere yet"
        note = "" if payout.counts else ", replaced"
        yield f"{money(payout.amount_minor)} to {where} by {payout.provider}: {payout.state}{note}"
        yield from _sum(money, *((part.key, part.amount_minor) for part in payout.parts))
        yield from _who(payout, shown)
    for coupon in told.coupons:
        ends = f", valid until {coupon.valid_until:%Y-%m-%d}" if coupon.valid_until else ""
        yield f"Coupon of {money(coupon.face_minor)} for {coupon.unit}: {coupon.state}{ends}"
        yield from _sum(money, ("given for", coupon.value_minor))
    yield f"Paid: {money(told.paid_minor)}"


def _who(payout: PayoutExplained, shown: Callable[[Money], str]) -> Iterator[str]:
    """Why it waits, who had a hand in it, and what the exchange rate did."""
    if payout.reason:
        yield f"    because: {payout.reason}"
    if payout.chosen_by:
        yield f"    sent there by: {payout.chosen_by}"
    if payout.approved_by:
        yield f"    let go by: {', '.join(payout.approved_by)}"
    if payout.exchange_loss is not None:
        name = "loss" if payout.exchange_loss.amount_minor > 0 else "gain"
        yield f"    the merchant's exchange {name}: {shown(payout.exchange_loss)}"


def _article(money: Callable[[int], str], unit: UnitExplained) -> Iterator[str]:
    """What is sent instead, and what that costs beside the unit's value."""
    if unit.exchange is None:
        return
    told = unit.exchange
    what = "is to be paid" if told.difference_minor > 0 else "is given back"
    yield f"{unit.unit}: {told.sku} instead, {money(told.difference_minor)} {what}"
    yield from _sum(
        money,
        ("price", told.price_minor),
        ("tax and duty", told.tax_minor),
        ("the merchant bears", -told.borne_minor),
        ("worth of the unit", -told.value_minor),
    )
    if unit.borne_minor:
        yield f"The merchant bears {money(unit.borne_minor)} of a deduction"


def _asked(money: Callable[[int], str], asked: CollectedExplained) -> Iterator[str]:
    yield f"Asked for {money(asked.amount_minor)} by {asked.provider}: {asked.state}"
    yield from _sum(money, *((part.key, part.amount_minor) for part in asked.parts))
    if asked.given_back:
        yield f"Given back of it: {money(asked.given_back_minor)}"
        yield from _sum(money, *((one.because, one.amount_minor) for one in asked.given_back))


_OTHERWISE = {"coupon": "answered with a coupon", "repair": "answered with a repair"}


def _lines(unit: UnitExplained) -> Iterator[tuple[str, int]]:
    """What adds up to the unit's refund; where it is not the plain sum, the last line says why."""
    lines = [
        ("listed", unit.listed_minor),
        ("discounts", -unit.discount_minor),
        ("tax", unit.tax_minor),
        ("duty", unit.duty_minor),
        ("import tax", unit.import_tax_minor),
        ("refunded before", -unit.refunded_before_minor),
        ("restocking fee", -unit.restocking_fee_minor),
        *((one.because, one.amount_minor) for one in unit.adjustments),
    ]
    yield from lines
    rest = unit.refund_minor - sum(amount_minor for _, amount_minor in lines)
    if unit.resolution not in MONEY:
        yield _OTHERWISE.get(unit.resolution, "answered in goods"), rest
    else:
        yield "never below zero" if rest > 0 else "not given back", rest


def _sum(money: Callable[[int], str], *lines: tuple[str, int]) -> Iterator[str]:
    for name, amount_minor in lines:
        if amount_minor:
            yield f"    {name:<40} {money(amount_minor):>14}"
