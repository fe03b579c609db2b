"""R: what customers got instead of money is known on both sides, once: coupons, repairs, goods back."""

from collections import Counter
from collections.abc import Iterator

from demo.audit.rows import Books, Difference, Streams, every, first

Given = Counter[tuple[str, ...]]


def instead(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare what returns say was given instead of money with what partners say they gave."""
    yield from _differ(_coupons_here(streams), _coupons_there(books), "the coupon of {1}")
    here, there = _work_here(streams), _work_there(books)
    yield from _differ(here, there, "{1}")


def _coupons_here(streams: Streams) -> Given:
    return Counter(
        (row["instruction_id"], f"{row['amount']['amount_minor']} {row['amount']['currency']}")
        for _, rows in streams.returns
        for row in every(rows, "CouponIssued")
    )


def _coupons_there(books: Books) -> Given:
    return Counter(
        (entry["idempotency_key"], f"{entry['amount_minor']} {entry['currency']}")
        for entry in books.payments
        if entry["kind"] == "coupon"
    )


def _work_here(streams: Streams) -> Given:
    """Repairs that were begun, and goods that have left for their owner, by return."""
    found: Given = Counter()
    for _, rows in streams.returns:
        opened = first(rows, "ReturnRequested")
        if opened is not None:
            return_id = opened["return_id"]
            found[return_id, "repair"] += len(every(rows, "RepairStarted"))
            found[return_id, "sending back"] += len(every(rows, "GoodsSentBack"))
    return found


def _work_there(books: Books) -> Given:
    names = {"repair": "repair", "sent_back": "sending back"}
    return Counter(
        (entry["return_id"], names[entry["kind"]])
        for entry in books.warehouse
        if entry["kind"] in names
    )


def _differ(here: Given, there: Given, what: str) -> Iterator[Difference]:
    for key in sorted(here.keys() | there.keys()):
        if here[key] != there[key]:
            because = f"{what.format(*key)}: {here[key]} times here, {there[key]} there"
            yield Difference("R1", key[0], because)
