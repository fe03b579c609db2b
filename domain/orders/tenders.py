"""Which of the means of payment gets how much back."""

from collections.abc import Iterable, Sequence

from domain.model import Id, Minor, Value
from domain.money import allocate
from domain.orders.caps import room
from domain.orders.events import FundsPart
from domain.orders.ledger import Ledger
from domain.orders.order import Order, Tender


class Placement(Value):
    """What goes back to one tender, and which units it is for."""

    tender_id: Id
    amount_minor: Minor
    parts: tuple[FundsPart, ...]


class Spread(Value):
    """An amount laid out over tenders; `shortfall` is what none of them can take."""

    placements: tuple[Placement, ...]
    shortfall: tuple[FundsPart, ...]

    @property
    def shortfall_minor(self) -> int:
        """What has to be held until another way is found."""
        return sum(part.amount_minor for part in self.shortfall)


def in_refund_order(order: Order, kinds: Sequence[str]) -> tuple[Tender, ...]:
    """Line up the tenders: kinds as the policy ranks them, the newest capture of a kind first.

    A kind that the policy does not rank comes last.
    """
    rank = {kind: index for index, kind in enumerate(kinds)}
    newest_first = sorted(order.tenders, key=lambda tender: tender.captured_at, reverse=True)
    return tuple(sorted(newest_first, key=lambda tender: rank.get(tender.kind, len(rank))))


def spread(ledger: Ledger, parts: Iterable[FundsPart], kinds: Sequence[str]) -> Spread:
    """Fill the tenders one after the other, each up to what it has left.

    A part that does not fit is split: nothing is lost, and the placements and the shortfall
    together hold every part to the minor unit. The order's own cap counts as well; the caps
    of units and lines do not: an amount above those is refused, not placed elsewhere.
    """
    left = room(ledger)
    rest = tuple(part for part in parts if part.amount_minor)
    order_left = left.order_minor
    placements = []
    for tender in in_refund_order(ledger.order, kinds):
        taken, rest = _split(rest, min(left.tenders[tender.tender_id], order_left))
        if taken:
            amount = sum(part.amount_minor for part in taken)
            order_left -= amount
            placements.append(
                Placement(tender_id=tender.tender_id, amount_minor=amount, parts=taken)
            )
    return Spread(placements=tuple(placements), shortfall=rest)


def deduct(parts: Sequence[FundsPart], fee_minor: int) -> tuple[FundsPart, ...]:
    """Take one fee from several parts in proportion; at most all there is, never below zero."""
    weights = [part.amount_minor for part in parts]
    shares = allocate(min(fee_minor, sum(weights)), weights)
    return tuple(
        FundsPart(key=part.key, amount_minor=part.amount_minor - share)
        for part, share in zip(parts, shares, strict=True)
    )


def _split(
    parts: tuple[FundsPart, ...], limit_minor: int
) -> tuple[tuple[FundsPart, ...], tuple[FundsPart, ...]]:
    """Cut a row of parts at `limit_minor`: what fits before it, and the rest."""
    taken: list[FundsPart] = []
    rest: list[FundsPart] = []
    for part in parts:
        fits = min(part.amount_minor, limit_minor)
        limit_minor -= fits
        if fits:
            taken.append(FundsPart(key=part.key, amount_minor=fits))
        if fits < part.amount_minor:
            rest.append(FundsPart(key=part.key, amount_minor=part.amount_minor - fits))
    return tuple(taken), tuple(rest)
