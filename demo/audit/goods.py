"""G: no more comes back than was asked for, and every unit that came is put away once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from demo.audit.rows import Books, Difference, Entry, Row, Streams, every, first

Moves = Counter[tuple[str, str]]
"""How many units of an article, by return and SKU."""


def goods(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare what returns say of goods with what the warehouse counted, moved and sent."""
    for stream_id, rows in streams.returns:
        yield from _claimed_once(stream_id, rows, streams)
        yield from _moved_once(stream_id, rows)
    of_returns = [row for row in books.warehouse if not row.get("lot_id") and not _of_a_lot(row)]
    yield from _warehouse_agrees(streams, of_returns)
    yield from _sent_once(streams, books.warehouse)


def _of_a_lot(entry: Entry) -> bool:
    """Units of many returns, put away when whoever had them is done."""
    return str(entry.get("reference", "")).startswith("lot:")


def _claimed_once(stream_id: str, rows: Sequence[Row], streams: Streams) -> Iterator[Difference]:
    """A unit of an order is in one return at a time."""
    opened = first(rows, "ReturnRequested")
    if opened is None:
        return
    held: dict[tuple[str, int], str] = {}
    for row in streams.ledger_of(rows):
        if row.type not in {"UnitsClaimed", "UnitsReleased"}:
            continue
        for unit in row["units"]:
            key = (unit["line_id"], unit["ordinal"])
            if row.type == "UnitsReleased":
                held.pop(key, None)
                continue
            holder = held.setdefault(key, row["return_id"])
            if holder != row["return_id"] == opened["return_id"]:
                because = f"claims unit {key[1]} of line {key[0]}, which {holder} has"
                yield Difference("G1", stream_id, because)


def _moved_once(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    came = {row["unit"] for row in every(rows, "UnitReceived", "UnitMatched")}
    moved = Counter(row["unit"] for row in every(rows, "UnitRestocked", "UnitMoved"))
    moved.subtract(row["unit"] for row in every(rows, "UnitMovedBack"))
    for unit, times in moved.items():
        if times > 1:
            yield Difference("G1", stream_id, f"{unit} was put away {times} times")
        if unit not in came:
            yield Difference("G1", stream_id, f"{unit} was put away and never came")


_PUT_AWAY = {"UnitRestocked": 1, "UnitMoved": 1, "UnitMovedBack": -1}
_THEIR_MOVES = {"stock_move": 1, "move_reversed": -1}


def _warehouse_agrees(streams: Streams, entries: Sequence[Entry]) -> Iterator[Difference]:
    theirs: Moves = Counter()
    counted: Moves = Counter()
    for entry in entries:
        if entry["kind"] in _THEIR_MOVES:
            many = entry["quantity"] * _THEIR_MOVES[entry["kind"]]
            theirs[entry["return_id"], entry["sku"]] += many
        elif entry["kind"] == "counted":
            counted[entry["return_id"], entry["sku"]] += entry["quantity"]
    ours = _put_away(streams)
    for key in sorted(ours.keys() | theirs.keys()):
        if ours[key] != theirs[key]:
            because = f"{ours[key]} of {key[1]} put away here, {theirs[key]} there"
            yield Difference("G1", f"return {key[0]}", because)
        if theirs[key] > counted[key]:
            because = f"{theirs[key]} of {key[1]} put away, {counted[key]} counted"
            yield Difference("G1", f"return {key[0]}", because)


def _put_away(streams: Streams) -> Moves:
    """What our own streams say was put away, less what was moved back."""
    ours: Moves = Counter()
    for _, rows in streams.returns:
        opened = first(rows, "ReturnRequested")
        if opened is None:
            continue
        skus = {unit["unit"]: unit["sku"] for unit in opened["units"]}
        for row in every(rows, *_PUT_AWAY):
            ours[opened["return_id"], skus[row["unit"]]] += _PUT_AWAY[row.type]
    return ours


def _sent_once(streams: Streams, entries: Sequence[Entry]) -> Iterator[Difference]:
    """Goods that go out instead: each order of ours is one of theirs."""
    theirs = Counter(entry["order_id"] for entry in entries if entry["kind"] == "ordered")
    ours = Counter(
        row["order_ref"] for _, rows in streams.returns for row in every(rows, "ReplacementOrdered")
    )
    for order_id in sorted(ours.keys() | theirs.keys()):
        if not ours[order_id] == theirs[order_id] == 1:
            because = f"ordered {ours[order_id]} times here, {theirs[order_id]} there"
            yield Difference("G1", order_id, because)
