"""Whom a receipt is for: the returns it names, else those whose parcel or order it is."""

from collections.abc import Mapping
from typing import Any

from activities.known import return_stream
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.pool import borrowed
from api.client.books import Books
from api.receipts import Expecting, share_out
from domain.refusal import Refused
from domain.returns.commands import ReportReceipt
from domain.returns.evolve import fold
from domain.returns.state import ReturnState
from domain.returns.upcasting import read_event
from projections.partner_references import find_returns

Share = tuple[str, Mapping[str, Any]]
"""A return of the merchant's, and what it is told."""


async def shares_of(
    books: Books, tenant: str, report: ReportReceipt, body: Mapping[str, Any]
) -> list[Share] | Refused:
    """Split a receipt: each return that shares the parcel is told of its own units."""
    ids = await _meant(books, tenant, report)
    if not ids:
        number = report.parcel.tracking_number
        told = f"no return has the parcel {number}" if number else "names no return and no parcel"
        return Refused(code="unknown_return", because=f"returns: {told}")
    states = [await _state(books, tenant, return_id) for return_id in ids]
    for return_id, state in zip(ids, states, strict=True):
        if not state.version:
            return unknown(tenant, return_id)
    if len(ids) == 1:
        return [(ids[0], body)]
    takes_back = report.corrects or report.retracts
    expecting = [Expecting.of(state, takes_back, ()) for state in states]
    shares = share_out(body, expecting) or []
    return list(zip(ids, shares, strict=True))


def unknown(tenant: str, return_id: str) -> Refused:
    """There is nobody to be told."""
    return Refused(code="unknown_return", because=f"there is no return {return_id} of {tenant}")


async def _meant(books: Books, tenant: str, report: ReportReceipt) -> list[str]:
    """Those named or with that parcel, and whoever heard what it takes back; else the orders'."""
    ids = list(report.returns)
    if not ids:
        ids += await _found(books, tenant, "tracking", report.parcel.tracking_number)
    ids += await _found(books, tenant, "receipt", report.corrects or report.retracts)
    for order_id in report.orders if not ids else ():
        ids += await _found(books, tenant, "order", order_id)
    return list(dict.fromkeys(ids))


async def _found(books: Books, tenant: str, kind: str, reference: str) -> list[str]:
    if not reference:
        return []
    async with books.pool("find the return of a parcel") as pool, borrowed(pool) as connection:
        found = await find_returns(connection, kind, reference, tenant=tenant)
    return [key.return_id for key in found]


async def _state(books: Books, tenant: str, return_id: str) -> ReturnState:
    stream = return_stream(tenant, return_id)
    async with books.pool(f"look at {return_id}") as pool:
        events = (await PostgresEventStore(pool).read((stream, 0)))[stream]
    return fold(read_event(event.type, event.schema_version, event.data) for event in events)
