"""C: what is claimed at carriers is claimed by one recovery each, and what they paid is booked once."""

from collections import Counter
from collections.abc import Iterator

from demo.audit.rows import Books, Difference, Streams


def claims(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare the carriers' list of claims with what recoveries say of them."""
    ours: Counter[str] = Counter()
    booked: Counter[str] = Counter()
    for stream_id, rows in streams.by_id.items():
        if stream_id.startswith("recovery:"):
            ours.update(row["reference"] for row in rows if row.type == "RecoveryFiled")
            booked.update(row["payment_ref"] for row in rows if row.type == "RecoveryPaid")
    theirs = {row["claim"] for row in books.claims if row["kind"] == "filed"}
    gone = {row["claim"] for row in books.claims if row["kind"] == "cancelled"}
    paid = {row["payment_ref"] for row in books.claims if row["kind"] == "paid"}
    for claim in sorted(theirs - gone - set(ours)):
        yield Difference("C1", claim, "is with a carrier and in no recovery")
    for claim, times in ours.items():
        if claim.startswith("clm_") and claim not in theirs:
            yield Difference("C1", claim, "is in a recovery, and no carrier has it")
        if times > 1 and claim in theirs:
            yield Difference("C1", claim, f"is filed {times} times")
    for payment, times in booked.items():
        if payment.startswith("wallet_") and (times > 1 or payment not in paid):
            yield Difference("C2", payment, f"is booked {times} times, and paid {payment in paid}")
