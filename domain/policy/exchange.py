"""What an article wanted instead costs, beside what the returned unit is worth."""

from domain.policy.case import Case
from domain.policy.quote import ExchangeQuote
from domain.policy.units import GOODS, RequestedUnit
from domain.words import Fault, Resolution


def exchange_quote(case: Case, unit: RequestedUnit, value_minor: int) -> ExchangeQuote | None:
    """Price the article that is sent for a unit; none where it is not answered in goods.

    An article without a price, or at the list price of the unit (another size, another
    colour), is an even exchange: the discounts that the unit was bought with go along. Any
    other costs its own price, and the levies named for it; where none are named, the levies
    on the returned unit in proportion, rounded down.

    Source: a consumer whose goods are faulty has them replaced free of any charge (Directive
    (EU) 2019/771 art. 14 (1) (a)): then the merchant bears what the same article costs more.
    """
    if unit.resolution not in GOODS:
        return None
    wish, sold, value = case.wish(unit), case.line(unit), case.value(unit)
    wanted = wish.exchange_for if wish else None
    sku = wanted.sku if wanted else sold.sku
    price = wanted.unit_price_minor if wanted else 0
    if price in {0, sold.unit_price_minor} and (wanted is None or wanted.tax_minor is None):
        levies = min(value_minor, value.total_minor - value.net_minor)
        return ExchangeQuote(
            sku=sku,
            price_minor=value_minor - levies,
            tax_minor=levies,
            cost_minor=value_minor,
            value_minor=value_minor,
            difference_minor=0,
        )
    levies = value.total_minor - value.net_minor
    derived = price * levies // value.net_minor if value.net_minor else 0
    tax = wanted.tax_minor if wanted and wanted.tax_minor is not None else derived
    owed_again = unit.resolution is Resolution.REPLACEMENT and sku == sold.sku
    faultless = unit.reason.fault in {Fault.MERCHANT, Fault.CARRIER}
    borne = max(0, price + tax - value_minor) if owed_again and faultless else 0
    cost = price + tax - borne
    return ExchangeQuote(
        sku=sku,
        price_minor=price,
        tax_minor=tax,
        borne_minor=borne,
        cost_minor=cost,
        value_minor=value_minor,
        difference_minor=cost - value_minor,
    )
