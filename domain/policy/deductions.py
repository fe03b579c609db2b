"""What an inspection takes from a unit's refund, by the terms the return was promised."""

from typing import NamedTuple

from domain.money import WHOLE_BASIS_POINTS, percentage, percentage_up
from domain.policy.quote import Terms, UnitQuote
from domain.policy.units import MONEY
from domain.words import Fault, Grade, Reason


class Deductions(NamedTuple):
    """`refund = value - grade - restocking`, never below zero; minor units."""

    value_minor: int  # what the unit could bring back at most
    grade_minor: int  # for the state it came back in
    restocking_minor: int
    refund_minor: int


def deductions(
    quoted: UnitQuote, terms: Terms, *, reason: Reason, grade: Grade | None = None
) -> Deductions:
    """Work out a unit's refund for the reason and the grade an inspector found.

    Where the merchant or the carrier is at fault nothing is deducted, whatever state the
    goods are in: that is what went wrong. Without a grade nothing is deducted for one.
    Source: a consumer answers for handling beyond what shows nature, characteristics and
    functioning of the goods (Directive 2011/83/EU art. 14 (2)); the share is policy.
    """
    value = (
        quoted.net_minor
        + quoted.tax_minor
        + quoted.duty_minor
        + quoted.import_tax_minor
        - quoted.already_refunded_minor
    )
    share = WHOLE_BASIS_POINTS
    if grade is not None and reason.fault not in {Fault.MERCHANT, Fault.CARRIER}:
        share = terms.grade_share_bp[grade]
    kept = percentage_up(value, share)
    fee = 0
    if reason.fault is Fault.CUSTOMER and quoted.resolution in MONEY:
        by_unit = terms.restocking_fee_bp_by_unit
        fee = percentage(quoted.net_minor, by_unit.get(quoted.unit, terms.restocking_fee_bp))
    return Deductions(value, value - kept, fee, max(0, kept - fee))
