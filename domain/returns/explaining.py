"""Where every minor unit of a return comes from: the same numbers as the quote and the events."""

from collections.abc import Callable, Iterator

from domain.model import Value
from domain.money import Money
from domain.policy.quote import ExchangeQuote, UnitQuote
from domain.policy.units import MONEY
from domain.returns.events import PayoutPart
from domain.returns.events.bills import BillPart
from domain.returns.promising import (
    collected_minor,
    fee_promise,
    fee_taken,
    paid_minor,
    promised_minor,
    shipping_promise,
    unit_promise,
)
from domain.returns.state import ReturnState


class Adjusted(Value):
    """A change of the promise, signed, with its reason."""

    amount_minor: int
    reason: str
    because: str


class UnitExplained(Value):
    """One unit: listed - discount = net; what was captured, less what is kept, is its refund.

    refund = net + tax + duty + import tax - refunded before - restocking fee + adjustments,
    never below zero, where the unit is answered in money; else its value is given in goods.
    """

    unit: str
    sku: str
    name: str
    resolution: str
    listed_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    duty_minor: int
    import_tax_minor: int
    refunded_before_minor: int
    restocking_fee_minor: int
    quoted_minor: int
    adjustments: tuple[Adjusted, ...]
    refund_minor: int
    exchange: ExchangeQuote | None = None
    borne_minor: int = 0  # by the merchant, of what a deduction made the article dearer


class CollectedExplained(Value):
    """What the customer was asked for, what it is for, and what of it goes back."""

    instruction_id: str
    provider: str
    state: str
    amount_minor: int
    parts: tuple[BillPart, ...]
    given_back: tuple[Adjusted, ...]
    given_back_minor: int


class PotExplained(Value):
    """The outbound shipping, or the return label's fee."""

    quoted_minor: int
    adjustments: tuple[Adjusted, ...]
    result_minor: int


class PayoutExplained(Value):
    """One instruction: where to, how it stands, and what of it is for which unit."""

    instruction_id: str
    destination: str
    tender_id: str
    provider: str
    state: str
    amount_minor: int
    counts: bool  # not cancelled, and not replaced by another instruction
    parts: tuple[PayoutPart, ...]


class Explanation(Value):
    """A return's money. promised = the units' refunds + shipping - label fee, never below zero;
    and what goes back of what was collected for it.
    """

    return_id: str
    order_id: str
    currency: str
    units: tuple[UnitExplained, ...]
    shipping: PotExplained
    label_fee: PotExplained
    label_fee_taken_minor: int  # so far; it is taken from the first payouts
    promised_minor: int
    paid_minor: int
    payouts: tuple[PayoutExplained, ...]
    collected: tuple[CollectedExplained, ...] = ()
    collected_minor: int = 0

    def as_text(self) -> str:
        """The derivation for people, line by line."""
        return "\n".join(_text(self))


def explain(state: ReturnState) -> Explanation:
    """Derive all that is promised and paid from what was recorded."""
    quote = state.quote
    return Explanation(
        return_id=state.return_id,
        order_id=state.order_id,
        currency=state.currency,
        units=tuple(_unit(state, quoted) for quoted in (quote.units if quote else ())),
        shipping=PotExplained(
            quoted_minor=quote.shipping_minor if quote else 0,
            adjustments=_adjusted(state, "shipping"),
            result_minor=shipping_promise(state),
        ),
        label_fee=PotExplained(
            quoted_minor=quote.label_fee_minor if quote else 0,
            adjustments=_adjusted(state, "label_fee"),
            result_minor=fee_promise(state),
        ),
        label_fee_taken_minor=fee_taken(state),
        promised_minor=promised_minor(state),
        paid_minor=paid_minor(state),
        payouts=_payouts(state),
        collected=tuple(_collected(state)),
        collected_minor=collected_minor(state),
    )


def _unit(state: ReturnState, quoted: UnitQuote) -> UnitExplained:
    unit = state.units[quoted.unit]
    return UnitExplained(
        unit=unit.id,
        sku=unit.asked.sku,
        name=unit.asked.name,
        resolution=str(unit.resolution),
        listed_minor=quoted.listed_minor,
        discount_minor=quoted.discount_minor,
        net_minor=quoted.net_minor,
        tax_minor=quoted.tax_minor,
        duty_minor=quoted.duty_minor,
        import_tax_minor=quoted.import_tax_minor,
        refunded_before_minor=quoted.already_refunded_minor,
        restocking_fee_minor=quoted.restocking_fee_minor,
        quoted_minor=quoted.refund_minor,
        adjustments=_adjusted(state, unit.id),
        refund_minor=unit_promise(state, unit),
        exchange=None if quoted.in_money else quoted.exchange,
        borne_minor=unit.borne_minor,
    )


def _collected(state: ReturnState) -> Iterator[CollectedExplained]:
    for key, bill in state.bills.items():
        names = {f"collected:{key}:{part.key}" for part in bill.parts}
        back = tuple(one for name in sorted(names) for one in _adjusted(state, name))
        yield CollectedExplained(
            instruction_id=key,
            provider=bill.provider,
            state=str(bill.state),
            amount_minor=bill.amount_minor,
            parts=bill.parts,
            given_back=back,
            given_back_minor=sum(one.amount_minor for one in back),
        )


def _adjusted(state: ReturnState, key: str) -> tuple[Adjusted, ...]:
    return tuple(
        Adjusted(amount_minor=one.amount_minor, reason=one.reason, because=one.because)
        for one in state.adjustments
        if one.key == key
    )


def _payouts(state: ReturnState) -> tuple[PayoutExplained, ...]:
    return tuple(
        PayoutExplained(
            instruction_id=payout.instruction_id,
            destination=payout.destination,
            tender_id=payout.tender_id,
            provider=payout.provider,
            state=str(payout.state),
            amount_minor=payout.amount_minor,
            counts=payout.stands,
            parts=payout.parts,
        )
        for payout in state.payouts.values()
    )


def _text(told: Explanation) -> Iterator[str]:
    def money(amount_minor: int) -> str:
        return str(Money(amount_minor=amount_minor, currency=told.currency))

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
    yield f"Paid: {money(told.paid_minor)}"


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
        yield "answered in goods", rest
    else:
        yield "never below zero" if rest > 0 else "not given back", rest


def _sum(money: Callable[[int], str], *lines: tuple[str, int]) -> Iterator[str]:
    for name, amount_minor in lines:
        if amount_minor:
            yield f"    {name:<40} {money(amount_minor):>14}"
