"""C: what customers paid more, and what was taken of holds: known on both sides, once."""

from collections import Counter
from collections.abc import Iterator

from demo.audit.rows import Books, Difference, Streams, every

TAKING = frozenset({"bill_paid", "hold_taken"})


def collected(streams: Streams, books: Books) -> Iterator[Difference]:
    """Each payment that a provider collected for a return is a tender of its order, and only those.

    By payment, amount and currency; and no amount is kept ready when everything has ended.
    """
    theirs = Counter(
        (entry["payment_ref"], entry["amount_minor"])
        for entry in books.payments
        if entry["kind"] in TAKING
    )
    ours = Counter(
        (row["payment_ref"], row["amount_minor"])
        for _, rows in streams.orders
        for row in every(rows, "PaymentCollected")
    )
    for payment, amount in theirs - ours:
        yield Difference("C1", payment, f"{amount} were collected there, and nobody knows here")
    for payment, amount in ours - theirs:
        yield Difference("C1", payment, f"{amount} are collected here, and nobody knows there")
    yield from _kept_for_ever(books)


def _kept_for_ever(books: Books) -> Iterator[Difference]:
    last = {
        entry["hold_id"]: entry["kind"]
        for entry in books.payments
        if entry["kind"].startswith("hold")
    }
    for hold_id, kind in last.items():
        if kind == "hold":
            yield Difference("C2", hold_id, "is kept ready, and everything has ended")
