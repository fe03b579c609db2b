"""K: a lot is with whoever took it unit by unit, each move of it is theirs, and what came is booked."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from demo.audit.rows import Books, Difference, Entry, Row, Streams, every


def lots(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare what lots say with what those who took them wrote down."""
    theirs: dict[str, list[Entry]] = defaultdict(list)
    for entry in books.warehouse:
        if entry.get("lot_id"):
            theirs[entry["lot_id"]].append(entry)
        elif entry["kind"] == "stock_move" and str(entry.get("reference", "")).startswith("lot:"):
            theirs[entry["return_id"]].append(entry)
    ours = {
        name.rpartition(":")[2]: rows
        for name, rows in streams.by_id.items()
        if name.startswith("lot:")
    }
    for lot_id in sorted(theirs.keys() - ours.keys()):
        yield Difference("K1", lot_id, "is with somebody, and is no lot of ours")
    for lot_id, rows in ours.items():
        yield from _with_whoever_took_it(lot_id, rows, theirs[lot_id])
        yield from _put_away(lot_id, rows, theirs[lot_id])
        yield from _paid(lot_id, rows, theirs[lot_id])
        yield from _shared_out(lot_id, rows)


def _with_whoever_took_it(
    lot_id: str, rows: Sequence[Row], entries: Sequence[Entry]
) -> Iterator[Difference]:
    taken = Counter(entry["key"] for entry in entries if entry["kind"] == "lot_taken")
    inside: set[str] = set()
    ever: set[str] = set()
    for row in rows:
        if row.type == "UnitAdded":
            inside.add(f"{row['unit']['return_id']}:{row['unit']['unit']}")
            ever |= inside
        elif row.type == "UnitWithdrawn":
            inside.discard(row["key"])
        elif row.type == "LotAgreed" and row["by"] == "partner":
            for key in sorted(inside - taken.keys()):
                yield Difference("K1", lot_id, f"{key} is in it here, and nobody took it")
    for key, times in taken.items():
        if key not in ever or times > 1:
            yield Difference("K1", lot_id, f"{key} was taken {times} times, in it: {key in ever}")


def _put_away(lot_id: str, rows: Sequence[Row], entries: Sequence[Entry]) -> Iterator[Difference]:
    theirs = sum(entry["kind"] == "stock_move" for entry in entries)
    ours = len(every(rows, "UnitPlaced"))
    if ours != theirs:
        yield Difference("K2", lot_id, f"{ours} units put away here, {theirs} there")


def _paid(lot_id: str, rows: Sequence[Row], entries: Sequence[Entry]) -> Iterator[Difference]:
    """What was credited by machine is booked once, and to the minor unit."""
    credited = {
        entry["payment"]: entry["amount_minor"]
        for entry in entries
        if entry["kind"] == "lot_credited"
    }
    booked = Counter(row["payment_ref"] for row in every(rows, "LotPaid"))
    for row in every(rows, "LotPaid"):
        of_theirs = row["payment_ref"].startswith("cn_")
        if of_theirs and credited.get(row["payment_ref"]) != row["amount_minor"]:
            because = f"{row['payment_ref']}: {row['amount_minor']} here"
            yield Difference("K3", lot_id, f"{because}, {credited.get(row['payment_ref'])} there")
    for payment, times in booked.items():
        if times > 1:
            yield Difference("K3", lot_id, f"{payment} is booked {times} times")


def _shared_out(lot_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """What it brought is shared out among its units to the minor unit."""
    came = sum(row["amount_minor"] for row in every(rows, "LotPaid"))
    came -= sum(row["amount_minor"] for row in every(rows, "LotCharged"))
    for row in every(rows, "LotSettled")[-1:]:
        shared = sum(one["amount_minor"] for one in row["recovered"])
        if not shared == row["proceeds_minor"] == came:
            because = f"it brought {came}, says {row['proceeds_minor']}, shares out {shared}"
            yield Difference("K3", lot_id, because)
