"""Any request that a customer might make of the order in `story`."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from domain.returns.asking.request import ExchangeFor, RequestedLine
from domain.words import Method, Reason, RefundTrigger, Resolution
from tests.domain.returns import shop, story
from tests.domain.returns.scenario import Scenario

T = TypeVar("T")


class Pick(Protocol):
    """Chooses one of several."""

    def __call__(self, among: Sequence[T], /) -> T: ...


REASONS = (Reason.CHANGED_MIND, Reason.DEFECTIVE, Reason.DAMAGED_IN_TRANSIT, Reason.TOO_SMALL)
METHODS = (Method.DROP_OFF_LABEL, Method.CARRIER_PICKUP, Method.OWN_CARRIER)


def any_opening(pick: Pick) -> Scenario:
    """Somebody asks for something; most of it is approved."""
    resolutions = (
        *[Resolution.REFUND_ORIGINAL] * 3,
        Resolution.STORE_CREDIT,
        Resolution.REPLACEMENT,
        Resolution.PARTIAL_REFUND,
        Resolution.COUPON,
        Resolution.REPAIR,
    )
    wishes = [
        _wish_for_shirts(pick, resolutions),
        *pick([[], [story.wish("2", reason=pick(REASONS))]]),
        *pick([[], [story.wish("3", reason=pick(REASONS), resolution=pick(resolutions))]]),
    ]
    rules: dict[str, Any] = {"refund_trigger": pick([*RefundTrigger, RefundTrigger.INSPECTED])}
    rules["approval"] = pick([None, None, {"limit_minor": {"EUR": pick([1, 4_000, 10_000])}}])
    waits = {"send_back": {"wait_days": pick([0, 0, 10])}}
    rules["resolving"] = {**_RESOLVING, **waits}
    rules["other_destination"] = pick(["with_consent", "by_policy"])
    if pick([False, False, True]):
        rules["rules"] = [_REVIEW_PHONES]
    changes = pick([{}, {}, {"lines": _lines(final_sale="1")}, {"lines": _lines(final_sale="3")}])
    return story.opened(
        *wishes,
        rules=rules,
        method=pick(METHODS),
        parcels=min(pick([1, 1, 2]), sum(wish.quantity for wish in wishes)),
        snapshot=shop.order(**changes),
    )


_RESOLVING: dict[str, Any] = {
    "partial_refund": [{"rule": "share", "reasons": ["defective"], "share_bp": 3_333}],
    "coupon": {"value_bp": 11_000, "valid_days": 365},
    "repair": {"days": 21},
}

_REVIEW_PHONES = {
    "rule": "review_electronics",
    "outcome": "review",
    "when": {"fact": "category", "eq": "electronics"},
    "because": "a person looks at phones",
}


def _lines(final_sale: str) -> tuple[Any, ...]:
    return tuple(
        line.model_copy(update={"final_sale": line.line_id == final_sale})
        for line in shop.order().lines
    )


def _wish_for_shirts(pick: Pick, resolutions: Sequence[Resolution]) -> RequestedLine:
    """Money, the same again, or another article: of its price, cheaper or dearer."""
    quantity, reason = pick([1, 2, 3]), pick(REASONS)
    price = pick([None, None, None, 0, 3_000, 3_900, 5_000])
    if price is None:
        return story.wish("1", quantity, reason=reason, resolution=pick(resolutions))
    wanted = ExchangeFor(sku="SHIRT-L", unit_price_minor=price, tax_minor=pick([None, None, 900]))
    resolution = pick([Resolution.EXCHANGE, Resolution.ADVANCE_EXCHANGE])
    return story.wish("1", quantity, reason=reason, resolution=resolution, exchange_for=wanted)
