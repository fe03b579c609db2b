"""M: what was asked for, what was paid, and what came back, against the providers' books."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from demo.audit.by_staff import Plan, asked_by_staff, made_past_us, told_of_staff
from demo.audit.rows import Books, Difference, Entry, Row, Streams, every

BY_HAND = "manual"
ISSUED = frozenset({"credit", "coupon"})
GIFT_CARD = "gc_"
GONE = frozenset({"failed", "canceled"})


def money(streams: Streams, books: Books) -> Iterator[Difference]:
    """Check every payment, every refund and every instruction."""
    yield from _never_more_than_captured(books.payments)
    refunds = _refunds(books.payments)
    asked = _asked(streams)
    yield from _each_refund_was_asked_for(refunds, asked, made_past_us(streams))
    yield from _paid_once(refunds)
    yield from _outcomes_agree(streams, refunds, asked)


class Refund:
    """One refund or credit as its provider has it, with what became of it."""

    def __init__(self, made: Entry) -> None:
        self.made = made
        self.key: str = made["idempotency_key"] or ""
        self.status: str = made["status"]
        self.ever_succeeded = self.status == "succeeded"

    def move(self, entry: Entry) -> None:
        """Follow it."""
        self.status = entry["status"]
        self.ever_succeeded |= self.status == "succeeded"


def _refunds(payments: Sequence[Entry]) -> dict[str, Refund]:
    found: dict[str, Refund] = {}
    for entry in payments:
        if entry["kind"] in {"refund", "credit"}:
            found[entry["refund_id"]] = Refund(entry)
        elif entry["refund_id"] in found:
            found[entry["refund_id"]].move(entry)
    return found


def _never_more_than_captured(payments: Sequence[Entry]) -> Iterator[Difference]:
    """At every moment of the book: refunded, less what bounced, is at most what was captured."""
    captured: dict[str, Entry] = {}
    away: dict[str, dict[str, int]] = defaultdict(dict)  # what counts, by refund or dispute
    for entry in payments:
        payment, amount = entry["payment_ref"], entry["amount_minor"]
        if entry["kind"] == "capture":
            captured[payment] = entry
        elif entry["kind"].startswith("chargeback"):
            away[payment][entry["dispute_id"]] = 0 if entry["status"] == "won" else amount
        elif entry["refund_id"]:  # bills and holds take nothing away
            is_paid = entry["status"] == "succeeded"
            away[payment][entry["refund_id"]] = amount if is_paid else 0
            if not is_paid or _is_issued(entry):
                continue
            if payment in captured:
                yield from _fits(captured[payment], entry, sum(away[payment].values()))
            else:
                yield Difference("M1", payment, f"money back at entry {entry['seq']}, none came")


def _is_issued(entry: Entry) -> bool:
    """Whether it is new value of the merchant's; a gift card gets back what was taken from it."""
    return entry["kind"] in ISSUED and not entry["payment_ref"].startswith(GIFT_CARD)


def _fits(captured: Entry, entry: Entry, total_minor: int) -> Iterator[Difference]:
    payment, currency = entry["payment_ref"], captured["currency"]
    if entry["currency"] != currency:
        yield Difference("M1", payment, f"{currency} refunded in {entry['currency']}")
    if total_minor > captured["amount_minor"]:
        because = f"{total_minor} back of {captured['amount_minor']} {currency}"
        yield Difference("M1", payment, f"{because}, at entry {entry['seq']}")


def _asked(streams: Streams) -> dict[str, list[Plan]]:
    found: dict[str, list[Plan]] = defaultdict(list)
    for instruction_id, plan in asked_by_staff(streams):
        found[instruction_id].append(plan)
    for _, rows in streams.returns:
        for row in every(rows, "PayoutPlanned"):
            found[row["instruction_id"]].append(row)
    return found


def _each_refund_was_asked_for(
    refunds: Mapping[str, Refund], asked: Mapping[str, Sequence[Plan]], past_us: Mapping[str, int]
) -> Iterator[Difference]:
    for refund_id, refund in refunds.items():
        if not refund.key and refund_id in past_us:
            if refund.made["amount_minor"] != past_us[refund_id]:
                because = f"{refund.made['amount_minor']} there, {past_us[refund_id]} here"
                yield Difference("M2", refund_id, f"made past us: {because}")
            continue
        if not refund.key:
            yield Difference("M8", refund_id, "has no key of ours")
            continue
        instructions = asked.get(refund.key, ())
        if len(instructions) != 1:
            yield Difference("M2", refund_id, f"was asked for {len(instructions)} times")
            continue
        for name in ("amount_minor", "currency", "payment_ref"):
            theirs, ours = refund.made[name], instructions[0][name]
            if theirs != ours:
                yield Difference("M2", refund_id, f"{name} is {theirs}, and {ours} was asked for")


def _paid_once(refunds: Mapping[str, Refund]) -> Iterator[Difference]:
    paid = Counter(refund.key for refund in refunds.values() if refund.ever_succeeded)
    for key, times in paid.items():
        if key and times > 1:
            yield Difference("M3", key, f"was paid {times} times")


def _outcomes_agree(
    streams: Streams, refunds: Mapping[str, Refund], asked: Mapping[str, Sequence[Plan]]
) -> Iterator[Difference]:
    """Settled here is settled there, and what failed there is not settled here."""
    by_key = {refund.key: refund for refund in refunds.values()}
    all_told = [*((stream_id, _told(rows)) for stream_id, rows in streams.returns),
                *((stream_id, told_of_staff(rows)) for stream_id, rows in streams.orders)]  # fmt: skip
    for stream_id, told in all_told:
        for instruction_id, outcome in told.items():
            plan = next(iter(asked.get(instruction_id, ())), None)
            if plan is None:
                yield Difference("M4", stream_id, f"{instruction_id} has an outcome and no plan")
            elif plan["destination"] != BY_HAND:
                because = _disagree(outcome, by_key.get(instruction_id))
                if because:
                    yield Difference("M4", stream_id, f"payout {instruction_id}: {because}")
    yield from _untold({key for _, told in all_told for key in told}, by_key)


def _told(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What a return says of each instruction, in order: succeeded, failed."""
    told: dict[str, list[str]] = defaultdict(list)
    for row in every(rows, "PayoutSucceeded", "PayoutFailed"):
        told[row["instruction_id"]].append(row.type.removeprefix("Payout").lower())
    return told


def _disagree(told: Sequence[str], refund: Refund | None) -> str:
    if told.count("succeeded") > 1:
        return "settled more than once"
    settled = "succeeded" in told
    if refund is None:
        return "settled, and no provider knows of it" if settled else ""
    if settled != refund.ever_succeeded:
        return f"{' then '.join(told)} here, {refund.status} there"
    if (told[-1] == "failed") != (refund.status in GONE):
        return f"{told[-1]} here, {refund.status} there"
    return ""


def _untold(told: Collection[str], by_key: Mapping[str, Refund]) -> Iterator[Difference]:
    """Money that a provider paid and nobody here knows of."""
    for key, refund in by_key.items():
        if key and refund.status == "succeeded" and key not in told:
            yield Difference("M4", key, "paid there, and nothing is known of it here")
