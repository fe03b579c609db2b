"""When something happened, as it is told, and what of it can be: nobody's clock is trusted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.orders.order import Order
from domain.refusal import Refused
from domain.returns import commands as c
from domain.returns.asking.request import ReturnRequest
from domain.returns.unfolding import Unfolding

SKEW = timedelta(days=1)
"""How far a clock may be ahead of ours, and how old a customer's own request may be."""

IMPORTED = timedelta(days=30)
"""How old a request may be that somebody else brings: it had reached them by then."""


def unfit_time(u: Unfolding, command: c.Ask | c.Report) -> Refused | None:
    """Refuse what is said to have happened in the future, or before there was an order."""
    when = command.occurred_at
    if when is None:
        return None
    refused = _future("occurred_at", when, u.now)
    if refused is not None or u.ledger is None or not u.state.version:
        return refused
    return _before_the_order("occurred_at", when, u.ledger.order)


def by_our_clock(command: c.Ask | c.Report, now: datetime) -> c.Ask | c.Report:
    """What a clock ahead of ours tells happened now; what a carrier saw keeps its order."""
    ahead = command.occurred_at is not None and command.occurred_at > now
    if not ahead or isinstance(command, c.ReportTracking):
        return command
    return command.model_copy(update={"occurred_at": now})


def unfit_request(u: Unfolding, request: ReturnRequest, order: Order) -> Refused | None:
    """Refuse a request, or an order told with it, of a time that cannot be.

    The windows are judged by `requested_at`, so it cannot be chosen: a customer's own counts
    from when it reached us, one that a shop or a person brings from when it reached them.
    """
    asked = request.requested_at
    told = _times_of(order) if request.order is not None else ()
    for name, when in (("requested_at", asked), *told):
        refused = _future(f"request.{name}", when, u.now)
        if refused is not None:
            return refused
    by_customer = u.by.startswith("customer:")
    oldest = u.now - (SKEW if by_customer else IMPORTED)
    if asked < oldest:
        who = "a customer's own" if by_customer else "another's"
        return Refused(
            code="requested_too_long_ago",
            because=f"request.requested_at: {_shown(asked)} is too long ago, {who} request "
            f"can be told of since {_shown(oldest)}",
        )
    return _before_the_order("request.requested_at", asked, order)


def _times_of(order: Order) -> Iterator[tuple[str, datetime]]:
    yield "order.placed_at", order.placed_at
    for index, tender in enumerate(order.tenders):
        yield f"order.tenders.{index}.captured_at", tender.captured_at
    for index, delivery in enumerate(order.deliveries):
        yield f"order.deliveries.{index}.delivered_at", delivery.delivered_at


def _future(name: str, when: datetime, now: datetime) -> Refused | None:
    if when <= now + SKEW:
        return None
    return Refused(
        code="in_the_future",
        because=f"{name}: {_shown(when)} is still to come, it is {_shown(now)}",
    )


def _before_the_order(name: str, when: datetime, order: Order) -> Refused | None:
    if when >= order.placed_at:
        return None
    placed = _shown(order.placed_at)
    return Refused(
        code="before_the_order",
        because=f"{name}: {_shown(when)} is before the order was placed, {placed}",
    )


def _shown(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
