"""How the money of a return comes about, to the minor unit. Pure: events in, a sum out.

Everything adds up, and a reader can check it with a pencil:
the lines of a unit give its `promised_minor`; units + shipping - label fee give the
return's; and what is promised is paid, under way, held, or not yet decided.
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.model import Value
from domain.policy.quote import RuleFired, UnitQuote
from domain.returns.events import PolicyEvaluated, QuoteAdjusted, ReturnEvent
from domain.returns.evolve import fold
from domain.returns.promising import (
    fee_promise,
    in_state_minor,
    paid_minor,
    pays_money,
    promised_minor,
    shipping_promise,
    standing,
    unit_promise,
)
from domain.returns.state import Payout, ReturnState, Unit
from domain.words import MoneyState

SHIPPING, LABEL_FEE = "shipping", "label_fee"


class Term(Value):
    """One summand, signed, with its reason where it has one."""

    what: str
    amount_minor: int
    because: str = ""


class Sum(Value):
    """Terms that add up to what is promised for `key`: a unit, the shipping, the label fee."""

    key: str
    name: str = ""
    terms: tuple[Term, ...]
    promised_minor: int


class PaidPart(Value):
    """What of a payout is for one unit or the shipping, after the label fee it bears."""

    key: str
    amount_minor: int
    label_fee_minor: int = 0


class PayoutSum(Value):
    """One instruction and what it is made of: the parts add up to `amount_minor`."""

    instruction_id: str
    state: str
    destination: str
    provider: str
    tender_id: str = ""
    amount_minor: int
    parts: tuple[PaidPart, ...]
    stands: bool  # false: cancelled, or another instruction pays it instead


class MoneyExplained(Value):
    """The derivation of everything a return pays. Amounts in minor units of `currency`.

    promised = units + shipping - label fee, never below 0
    promised = paid + under way + held + open
    """

    tenant: str
    return_id: str
    order_id: str
    currency: str
    units: tuple[Sum, ...]
    shipping: Sum
    label_fee: Sum
    promised_minor: int
    paid_minor: int
    under_way_minor: int
    held_minor: int
    open_minor: int
    payouts: tuple[PayoutSum, ...]
    rules: tuple[RuleFired, ...]


def explain(events: Iterable[ReturnEvent]) -> MoneyExplained | None:
    """Derive the money of a return from its events; none where it was never priced."""
    told = tuple(events)
    state = fold(told)
    if state.quote is None:
        return None
    adjustments = [event for event in told if isinstance(event, QuoteAdjusted)]
    promised, paid = promised_minor(state), paid_minor(state)
    held = in_state_minor(state, MoneyState.HELD, MoneyState.FAILED, MoneyState.REVERSED)
    there = sum(payout.amount_minor for payout in standing(state))
    succeeded = in_state_minor(state, MoneyState.SUCCEEDED)
    return MoneyExplained(
        tenant=state.tenant,
        return_id=state.return_id,
        order_id=state.order_id,
        currency=state.currency,
        units=tuple(_unit(state, unit, adjustments) for unit in state.units.values()),
        shipping=_pot(SHIPPING, state.quote.shipping_minor, adjustments, shipping_promise(state)),
        label_fee=_pot(LABEL_FEE, state.quote.label_fee_minor, adjustments, fee_promise(state)),
        promised_minor=promised,
        paid_minor=paid,
        under_way_minor=there - held - succeeded,
        held_minor=held,
        open_minor=promised - paid - (there - succeeded),
        payouts=tuple(_payout(payout) for payout in state.payouts.values()),
        rules=tuple(
            rule for event in told if isinstance(event, PolicyEvaluated) for rule in event.fired
        ),
    )


def _unit(state: ReturnState, unit: Unit, adjustments: Sequence[QuoteAdjusted]) -> Sum:
    quoted, promised = state.quoted(unit.id), unit_promise(state, unit)
    terms = [*_quoted(quoted)] if quoted else []
    terms += _adjusted(unit.id, adjustments)
    if not unit.approved:
        why = "it was not approved"
    elif not pays_money(unit):
        why = f"it is answered by {str(unit.resolution).replace('_', ' ')}"
    else:
        why = "never below zero"
    return Sum(
        key=unit.id,
        name=unit.asked.name,
        terms=(*terms, *_rest(terms, promised, why)),
        promised_minor=promised,
    )


def _quoted(quoted: UnitQuote) -> Iterator[Term]:
    """The parts of a unit's price; only those that are not zero, and the first."""
    yield Term(what="price", amount_minor=quoted.listed_minor)
    for what, amount_minor in (
        ("discount", -quoted.discount_minor),
        ("tax", quoted.tax_minor),
        ("duty", quoted.duty_minor),
        ("import tax", quoted.import_tax_minor),
        ("restocking fee", -quoted.restocking_fee_minor),
        ("given back before", -quoted.already_refunded_minor),
    ):
        if amount_minor:
            yield Term(what=what, amount_minor=amount_minor)


def _pot(key: str, quoted: int, adjustments: Sequence[QuoteAdjusted], promised: int) -> Sum:
    """The shipping adds, the label fee is taken: a plus for the fee makes it smaller."""
    sign = -1 if key == LABEL_FEE else 1
    terms = [Term(what="quoted", amount_minor=quoted), *_adjusted(key, adjustments, sign)]
    return Sum(
        key=key,
        terms=(*terms, *_rest(terms, promised, "never below zero")),
        promised_minor=promised,
    )


def _adjusted(key: str, adjustments: Sequence[QuoteAdjusted], sign: int = 1) -> Iterator[Term]:
    for event in adjustments:
        if event.key == key:
            yield Term(
                what=str(event.reason).replace("_", " "),
                amount_minor=sign * event.amount_minor,
                because=event.because,
            )


def _rest(terms: Sequence[Term], promised: int, why: str) -> Iterator[Term]:
    """What the other terms leave over, so that the sum can be checked."""
    rest = promised - sum(term.amount_minor for term in terms)
    if rest:
        yield Term(what="not paid" if rest < 0 else "floor", amount_minor=rest, because=why)


def _payout(payout: Payout) -> PayoutSum:
    return PayoutSum(
        instruction_id=payout.instruction_id,
        state=str(payout.state),
        destination=payout.destination,
        provider=payout.provider,
        tender_id=payout.tender_id,
        amount_minor=payout.amount_minor,
        parts=tuple(
            PaidPart(
                key=part.key, amount_minor=part.amount_minor, label_fee_minor=part.label_fee_minor
            )
            for part in payout.parts
        ),
        stands=payout.stands,
    )
