"""What every resolution and every way back would bring, before the customer commits.

Each is priced by the very lines that price the one that was asked for, so that the table and
the quote cannot tell two stories. A resolution is counted for all units of the request alike.
"""

from collections.abc import Iterator

from domain.money import percentage_up
from domain.policy.case import Case
from domain.policy.judge import Judgement
from domain.policy.price import customer_pays, price, unit_value
from domain.policy.quote import Choice, MethodPrice, Quote
from domain.policy.resolving import STAYS
from domain.policy.terms import partial_share_bp
from domain.policy.units import GOODS, MONEY
from domain.policy.ways import ways
from domain.words import Method, Resolution

ORDER = (
    Resolution.REFUND_ORIGINAL,
    Resolution.STORE_CREDIT,
    Resolution.KEEP_ITEM,
    Resolution.PARTIAL_REFUND,
    Resolution.COUPON,
    Resolution.EXCHANGE,
    Resolution.REPLACEMENT,
    Resolution.REPAIR,
)


def with_choices(
    case: Case, going: tuple[Judgement, ...], quote: Quote, *, keep_item: bool
) -> Quote:
    """The quote with the table beside it; the chosen line of the table is the quote itself."""
    if not going:
        return quote
    choices = tuple(
        _choice(case, resolution, quote, _priced(case, going, resolution))
        for resolution in ORDER
        if _is_offered(case, going, resolution, keep_item=keep_item)
    )
    back = tuple(one for one in going if one.unit.resolution not in STAYS)
    offered, missing = ways(case, pays=customer_pays(case, back), keep_item=keep_item)
    methods = tuple(
        method.model_copy(update={"total_minor": _total(quote, method)}) for method in offered
    )
    because = _fee_because(case, going, quote)
    return quote.model_copy(
        update={
            "choices": choices,
            "methods": methods,
            "not_offered": missing,
            "label_fee_because": because,
        }
    )


def _priced(case: Case, going: tuple[Judgement, ...], resolution: Resolution) -> Quote:
    return price(case, _resolved(case, going, resolution), keep_item=False).quote


def _resolved(
    case: Case, going: tuple[Judgement, ...], resolution: Resolution
) -> tuple[Judgement, ...]:
    """The same units with another wish; the rights of the customer depend on it, too."""
    wished = []
    for judged in going:
        unit = judged.unit.model_copy(update={"resolution": resolution})
        wished.append(Judgement(unit, judged.verdict, judged.fired, case.floors_in_force(unit)))
    return tuple(wished)


def _is_offered(
    case: Case, going: tuple[Judgement, ...], resolution: Resolution, *, keep_item: bool
) -> bool:
    if resolution not in case.policy.resolving.offered:
        return False
    if resolution is Resolution.KEEP_ITEM:
        return keep_item
    if resolution is Resolution.PARTIAL_REFUND:
        return all(partial_share_bp(case, judged) for judged in going)
    if resolution is Resolution.EXCHANGE:  # what is wanted instead has to be known
        return all(judged.unit.resolution is Resolution.EXCHANGE for judged in going)
    return True


def _choice(case: Case, resolution: Resolution, chosen: Quote, priced: Quote) -> Choice:
    deadlines, terms = case.policy.deadlines, case.policy.resolving
    days, counted = deadlines.payout_days, "payout_days"
    if resolution is Resolution.REPAIR and terms.repair is not None:
        days, counted = terms.repair.days, "repair_days"
    elif resolution in GOODS:
        days, counted = deadlines.replacement_hold_days, "replacement_hold_days"
    brings = _face_value(case, resolution, priced)
    comes_back = resolution not in STAYS
    before = {unit.unit: _unit_brings(unit.refund_minor, unit.resolution) for unit in chosen.units}
    return Choice(
        resolution=resolution,
        total_minor=brings if brings is not None else priced.total_minor,
        before_label_minor=brings if brings is not None else _gross(priced),
        fee_minor=priced.label_fee_minor,
        fee_because=_reason(case, priced) if comes_back else "nothing_comes_back",
        to=_to(resolution, priced),
        units={
            unit.unit: now
            for unit in priced.units
            if (now := _unit_brings(unit.refund_minor, unit.resolution)) != before[unit.unit]
        },
        after=str(case.policy.refund_trigger) if comes_back else "accepted",
        days=days,
        counted=counted,
    )


def _unit_brings(refund_minor: int, resolution: Resolution) -> int:
    return refund_minor if resolution in MONEY else 0


def _gross(quote: Quote) -> int:
    return sum(unit.cash_minor for unit in quote.units) + quote.shipping_minor


def _face_value(case: Case, resolution: Resolution, priced: Quote) -> int | None:
    """What can be bought with the coupons, each rounded up for the customer."""
    coupon = case.policy.resolving.coupon
    if resolution is not Resolution.COUPON or coupon is None:
        return None
    return sum(percentage_up(unit_value(unit), coupon.value_bp) for unit in priced.units)


def _to(resolution: Resolution, priced: Quote) -> tuple[str, ...]:
    if resolution is Resolution.STORE_CREDIT:
        return ("store_credit",)
    if resolution in MONEY:
        return tuple(share.tender_id for share in priced.tenders)
    return ("coupon",) if resolution is Resolution.COUPON else ("goods",)


def _total(quote: Quote, method: MethodPrice) -> int:
    return max(0, _gross(quote) - method.label_fee_minor)


def _reason(case: Case, quote: Quote) -> str:
    if quote.label_fee_minor:
        return "the_customers_reason"
    if quote.method is Method.KEEP_ITEM:
        return "nothing_comes_back"
    listed = case.policy.fees.label.get(quote.method, {}).get(quote.currency, 0)
    return "not_the_customers_to_pay" if listed else "free_of_charge"


def _fee_because(case: Case, going: tuple[Judgement, ...], quote: Quote) -> str:
    back: Iterator[bool] = (judged.unit.resolution not in STAYS for judged in going)
    return _reason(case, quote) if any(back) else "nothing_comes_back"
