"""What a customer's bank says of its disputes: several of a payment, partial, in any order."""

from domain.orders.commands import ChargebackNews
from domain.orders.events import ChargebackClosed, ChargebackOpened, LedgerEvent
from domain.orders.ledger import Ledger


def hear_of_chargeback(ledger: Ledger, news: ChargebackNews) -> tuple[LedgerEvent, ...]:
    """Follow one dispute. Its end may be heard before its beginning; then that is no news.

    A decision is undone by a later one alone (a bank that re-opens and loses), and what the
    dispute is about changes only by what is said after the last word on it.
    """
    known = ledger.chargebacks.get(news.chargeback_id)
    state = "open" if news.status == "opened" else news.status
    if known is None:
        opened = _opened(ledger, news)
        return (opened,) if state == "open" else (opened, _closed(ledger, news))
    if state == "open":
        is_newer = news.occurred_at > known.as_of and known.state == "open"
        changed = news.amount_minor != known.amount_minor
        return (_opened(ledger, news),) if is_newer and changed else ()
    if known.state != "open" and news.occurred_at <= known.as_of:
        return ()
    return (_closed(ledger, news),)  # the same word said later: nothing older counts from now on


def _opened(ledger: Ledger, news: ChargebackNews) -> ChargebackOpened:
    return ChargebackOpened(
        order_id=ledger.order.order_id,
        occurred_at=news.occurred_at,
        chargeback_id=news.chargeback_id,
        tender_id=news.tender_id,
        amount_minor=news.amount_minor,
    )


def _closed(ledger: Ledger, news: ChargebackNews) -> ChargebackClosed:
    return ChargebackClosed(
        order_id=ledger.order.order_id,
        occurred_at=news.occurred_at,
        chargeback_id=news.chargeback_id,
        won=news.status == "won",
    )
