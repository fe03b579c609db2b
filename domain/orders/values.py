"""What was captured for each unit of an order, to the minor unit.

The basis of every refund: the line net after its own discount and its share of the order's,
plus the tax, duty and import tax actually charged. Each part of a line goes to its units by
cumulative floor, so that the units add up to the line however they come back.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from domain.money import allocate, next_share
from domain.orders.order import Order, OrderLine


class UnitValue(NamedTuple):
    """One unit's part of what was captured; `listed - discount = net`."""

    listed_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int
    duty_minor: int
    import_tax_minor: int

    @property
    def total_minor(self) -> int:
        """All that was captured for the unit: the most that may ever go back for it."""
        return self.net_minor + self.tax_minor + self.duty_minor + self.import_tax_minor


class TotalDifference(NamedTuple):
    """Captured less what the parts add up to, and what that means.

    `overpaid`: something was paid that no line explains (a tip, cash rounded up); no unit
    carries it. `underpaid`: less was captured than sold (an open invoice, cash rounded
    down), so the last refund of a whole order finds less than the units are worth.
    """

    name: Literal["even", "overpaid", "underpaid"]
    amount_minor: int


def discounts(order: Order) -> dict[str, int]:
    """Say what each line was reduced by: its own discount and its share of the order's.

    The order's discount is shared by largest remainder on the value before discounts. A
    line that its own discount leaves with less than its share takes what it can bear; the
    rest goes to the others by the same rule. No line's net falls below zero.
    """
    bearable = {line.line_id: line.listed_minor - line.line_discount_minor for line in order.lines}
    shares = dict.fromkeys(bearable, 0)
    left = min(order.order_discount_minor, sum(bearable.values()))
    while left:
        open_lines = [line for line in order.lines if shares[line.line_id] < bearable[line.line_id]]
        wanted = allocate(left, [line.listed_minor for line in open_lines])
        for line, share in zip(open_lines, wanted, strict=True):
            taken = min(share, bearable[line.line_id] - shares[line.line_id])
            shares[line.line_id] += taken
            left -= taken
    return {line.line_id: line.line_discount_minor + shares[line.line_id] for line in order.lines}


def line_totals(order: Order) -> dict[str, int]:
    """Say what was captured for each whole line, in minor units."""
    reduced = discounts(order)
    return {
        line.line_id: _net(line, reduced) + line.tax_minor + line.duty_minor + line.import_tax_minor
        for line in order.lines
    }


def unit_value(order: Order, line_id: str, ordinal: int) -> UnitValue:
    """Say what was captured for the `ordinal`-th unit (1 … quantity) of a line.

    Raises:
        KeyError: The order has no such line.
        ValueError: The line has no such unit.
    """
    line = order.line(line_id)
    if line is None:
        raise KeyError(f"order {order.order_id} has no line {line_id}")
    return _unit_of(line, _net(line, discounts(order)), ordinal)


def unit_values(order: Order) -> dict[tuple[str, int], UnitValue]:
    """Say what was captured for every unit of the order, by line and ordinal."""
    reduced = discounts(order)
    return {
        (line.line_id, ordinal): _unit_of(line, _net(line, reduced), ordinal)
        for line in order.lines
        for ordinal in range(1, line.quantity + 1)
    }


def shipping_value(order: Order) -> int:
    """Say what the way out cost the customer, tax included: a pot of its own."""
    return order.shipping.net_minor + order.shipping.tax_minor


def standard_shipping_value(order: Order) -> int:
    """Say what the way out would have cost by the cheapest standard way, tax included.

    The tax follows its net, rounded up for the customer. Never more than was paid.
    """
    shipping = order.shipping
    standard = shipping.standard_net_minor
    if standard is None or standard >= shipping.net_minor:
        return shipping_value(order)
    return standard - (-shipping.tax_minor * standard // shipping.net_minor)


def expected_total(order: Order) -> int:
    """Add up what the order's parts cost: lines less discounts, taxes, duties, shipping."""
    return sum(line_totals(order).values()) + shipping_value(order)


def total_difference(order: Order) -> TotalDifference:
    """Compare what was captured with what the parts add up to."""
    difference = order_value_cap(order) - expected_total(order)
    if difference == 0:
        return TotalDifference("even", 0)
    return TotalDifference("overpaid" if difference > 0 else "underpaid", abs(difference))


def order_value_cap(order: Order) -> int:
    """The most that may ever go back for this order, over everything: what was captured."""
    return order.captured_minor


def _net(line: OrderLine, reduced: Mapping[str, int]) -> int:
    return line.listed_minor - reduced[line.line_id]


def _unit_of(line: OrderLine, line_net_minor: int, ordinal: int) -> UnitValue:
    def share(total_minor: int) -> int:
        return next_share(total_minor, line.quantity, ordinal - 1, 1)

    net = share(line_net_minor)
    return UnitValue(
        listed_minor=line.unit_price_minor,
        discount_minor=line.unit_price_minor - net,
        net_minor=net,
        tax_minor=share(line.tax_minor),
        duty_minor=share(line.duty_minor),
        import_tax_minor=share(line.import_tax_minor),
    )
