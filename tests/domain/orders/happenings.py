"""What may be asked of an order, or told of it: anything at all, drawn by hypothesis."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from domain.orders import commands as c
from domain.orders.events import FundsPart, LineTaken, OutsideRefundRecorded, TenderTaken
from domain.orders.order import Order
from tests.domain.orders.orders import DELIVERED, STAFF
from tests.domain.orders.plain_books import Parts, PlainBooks


def wishes(books: PlainBooks, *, none: bool) -> st.SearchStrategy[tuple[str | None, Parts]]:
    """Amounts for some parts of an order, within the caps or not; and a tender, or `none`."""
    keys = [key.replace(" ", ":") for key in books.caps() if _is_part(key)]
    tenders: list[str | None] = [known.tender_id for known in books.sold.tenders]
    tenders += books.collected
    amounts = st.one_of(st.integers(1, 9_000), st.integers(1, 40))
    wanted = st.dictionaries(st.sampled_from(keys), amounts, min_size=1, max_size=3)
    return st.tuples(st.sampled_from([*tenders, None] if none else tenders), wanted)


def outside_refunds(sold: Order, ref: str) -> st.SearchStrategy[c.RecordOutsideRefund]:
    """Any refund that somebody made past us."""
    line = st.builds(
        LineTaken,
        line_id=st.sampled_from([known.line_id for known in sold.lines]),
        quantity=st.integers(0, 4),
        amount_minor=st.integers(0, 9_000),
    )

    def make(named: list[LineTaken], shipping: int, rest: int, tender: Any) -> Any:
        amount = sum(each.amount_minor for each in named) + shipping + rest
        return c.RecordOutsideRefund(
            refund_ref=ref,
            made_in="shop",
            occurred_at=DELIVERED,
            tenders=(TenderTaken(tender_id=tender, amount_minor=amount),),
            lines=tuple(named),
            shipping_minor=shipping,
        )

    tenders = st.sampled_from([*(known.tender_id for known in sold.tenders), None])
    return st.builds(
        make, st.lists(line, max_size=2), st.integers(0, 600), st.integers(1, 500), tenders
    )


def told_anew(sold: Order, draw: Callable[[st.SearchStrategy[int]], int]) -> Order:
    """The same order with other captures, quantities and taxes, as far as it hangs together."""
    tenders = tuple(
        known.model_copy(update={"captured_minor": draw(st.integers(0, 2 * known.captured_minor))})
        for known in sold.tenders
    )
    lines = tuple(
        known.model_copy(update={"quantity": draw(st.integers(1, 8)), "tax_minor": 3})
        for known in sold.lines
    )
    if any(line.line_discount_minor > line.listed_minor for line in lines):
        lines = sold.lines
    bearable = sum(line.listed_minor - line.line_discount_minor for line in lines)
    discount = min(sold.order_discount_minor, bearable)
    changed = {"order_discount_minor": discount, "deliveries": ()}
    return sold.model_copy(update={"tenders": tenders, "lines": lines, **changed})


def as_parts(wanted: Parts) -> tuple[FundsPart, ...]:
    """The same amounts in the ledger's words."""
    return tuple(FundsPart(key=key, amount_minor=amount) for key, amount in wanted.items())


def laid_on_lines(event: OutsideRefundRecorded) -> Parts:
    """What its parts come to, by line and for the shipping."""
    laid: Parts = {}
    for part in event.parts:
        where = part.key if part.key == "shipping" else part.key.split(":")[1]
        laid[where] = laid.get(where, 0) + part.amount_minor
    return laid


def told_of_lines(told: c.RecordOutsideRefund) -> Parts:
    """The same, as it was told."""
    said = {"shipping": told.shipping_minor}
    for line in told.lines:
        said[line.line_id] = said.get(line.line_id, 0) + line.amount_minor
    return {where: amount for where, amount in said.items() if amount}


def _is_part(cap: str) -> bool:
    return cap.split(" ", 1)[0] in {"unit", "duties", "shipping", "collected"}


def refund_by_staff(
    instruction_id: str, tender_id: str | None, parts: tuple[FundsPart, ...]
) -> c.RefundByStaff:
    """What a person of the merchant's asks for."""
    return c.RefundByStaff(
        instruction_id=instruction_id,
        actor=STAFF,
        request_id="r1",
        tender_id=tender_id,
        parts=parts,
        because="late",
    )
