"""A promise that changes: units resolved otherwise, or let in later."""

from domain.money import percentage_up
from domain.policy.price import unit_value
from domain.policy.quote import Quote, TenderShare, UnitQuote
from domain.policy.units import GOODS, MONEY
from domain.words import Resolution


def requoted(
    quote: Quote,
    unit: str,
    resolution: Resolution,
    *,
    share_bp: int = 10_000,
    fee_from_refund: bool = False,
) -> Quote:
    """The same promise with one unit resolved otherwise: its value becomes money, or goods.

    Args:
        quote: What was promised.
        unit: The unit.
        resolution: What the customer gets for it now.
        share_bp: How much of its value, where the goods are kept for a share.
        fee_from_refund: Whether the fee that was on the bill is taken from refunds instead.
    """
    units = tuple(
        _resolved_as(quoted, resolution, share_bp) if quoted.unit == unit else quoted
        for quoted in quote.units
    )
    totals = _totals(quote, units, quote.shipping_minor)
    unbilled = quote.billed_fee_minor - totals["billed_fee_minor"]
    if fee_from_refund and unbilled:
        gross = sum(known.cash_minor for known in units) + quote.shipping_minor
        fee = min(quote.label_fee_minor + unbilled, gross)
        totals |= {"label_fee_minor": fee, "total_minor": gross - fee}
    return quote.model_copy(update={"units": units, "choices": (), **totals})


def _resolved_as(quoted: UnitQuote, resolution: Resolution, share_bp: int) -> UnitQuote:
    """A share that the customer gets, or gives up, is taken of all that the unit can bring.

    A repair or a coupon has no article in place of the old one, and no difference to pay.
    """
    update: dict[str, object] = {"resolution": resolution}
    if resolution not in GOODS | MONEY:
        update["exchange"] = None
    if Resolution.PARTIAL_REFUND in {resolution, quoted.resolution}:
        refund = percentage_up(unit_value(quoted), share_bp)
        update |= {"restocking_fee_minor": 0, "share_bp": share_bp, "refund_minor": refund}
    return quoted.model_copy(update=update)


def joined(quote: Quote, more: Quote) -> Quote:
    """A promise with units added to it: what was promised before stays, the label fee too."""
    units = (*quote.units, *more.units)
    shipping = quote.shipping_minor or more.shipping_minor
    tenders = {share.tender_id: 0 for share in (*quote.tenders, *more.tenders)}
    for share in (*quote.tenders, *more.tenders):
        tenders[share.tender_id] += share.amount_minor
    return quote.model_copy(
        update={
            "units": units,
            "shipping_minor": shipping,
            "choices": (),
            **_totals(quote, units, shipping),
            "tenders": tuple(
                TenderShare(tender_id=key, amount_minor=amount) for key, amount in tenders.items()
            ),
        }
    )


def _totals(quote: Quote, units: tuple[UnitQuote, ...], shipping_minor: int) -> dict[str, int]:
    """What the customer gets and pays for these units, at the fees of the quote."""
    gross = sum(unit.cash_minor for unit in units) + shipping_minor
    dearer = sum(unit.owed_minor for unit in units)
    billed_fee = quote.billed_fee_minor if dearer else 0
    return {
        "total_minor": max(0, gross - quote.label_fee_minor),
        "billed_fee_minor": billed_fee,
        "to_pay_minor": dearer + billed_fee,
    }
