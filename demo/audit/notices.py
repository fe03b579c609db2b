"""N: what a customer was to be told reached them once, by mail or text, and nothing else did."""

from collections import Counter
from collections.abc import Iterator

from demo.audit.rows import Books, Difference, Streams, every, first

NOBODY = "nobody to write to"
OWN = ":notice:"


def notices(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare the messages that returns owe and sent with the mail and the texts that arrived."""
    arrived = Counter(_notice(entry["step_id"]) for entry in (*books.mail, *books.sms))
    owed, sent = set[str](), set[str]()
    for _, rows in streams.returns:
        opened = first(rows, "ReturnRequested")
        if opened is None:
            continue
        step = f"{opened['tenant']}:{opened['return_id']}{OWN}"
        owed |= {step + row["notice_id"] for row in every(rows, "NoticePlanned")}
        sent |= {
            step + row["notice_id"]
            for row in every(rows, "CustomerNotified", "ReminderSent")
            if row["delivery_ref"] != NOBODY
        }
    for step in sorted(sent - arrived.keys()):
        yield Difference("N1", step, "was sent, and reached nobody")
    for step, times in arrived.items():
        if times > 1:
            yield Difference("N1", step, f"reached the customer {times} times")
        if step not in owed:
            yield Difference("N1", step, "reached a customer, and no return owes it")


def _notice(step_id: str) -> str:
    """The step without the channel, which it names where the first way led to nobody."""
    before, own, rest = step_id.partition(OWN)
    return before + own + rest.partition(":")[0]
