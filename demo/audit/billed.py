"""L: what a carrier bills when it scans a label is one return's, once for a parcel, and charged there.

Such a carrier sells nothing. It makes a label (`ordered`), which costs nothing and needs no void:
one that was never used, or whose answer was lost, may be nobody's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from demo.audit.rows import Books, Difference, Entry, Row, Streams, every

Owners = Mapping[str, Sequence[tuple[str, Row]]]
"""Which returns have a label, by the carrier's name for it: their streams, and how they got it."""


def bills(owners: Owners, entries: Sequence[Entry]) -> Iterator[Difference]:
    """Say of each label that was made whose it is, and of each bill that it is for one parcel."""
    scanned: set[str] = set()
    billed: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        label_id = entry["label_id"]
        whose = owners.get(label_id, ())
        if entry["kind"] == "scan":
            scanned.add(label_id)
        elif entry["kind"] == "ordered" and len(whose) > 1:
            because = f"was made for {entry['reference']} and is in {len(whose)} returns"
            yield Difference("L1", label_id, because)
        elif entry["kind"] == "billed":
            if label_id not in scanned:
                yield Difference("L2", label_id, "is billed, and was not scanned before")
            parcels = [(stream_id, row["parcel_id"]) for stream_id, row in whose]
            billed.update(parcels)
            for stream_id, parcel_id in parcels:
                if billed[stream_id, parcel_id] > 1:
                    because = f"{parcel_id} is billed again by entry {entry['seq']}"
                    yield Difference("L3", stream_id, because)


def charges(streams: Streams, books: Books) -> Iterator[Difference]:
    """Nothing is charged to a return that was not billed, nor twice, nor at another price."""
    made = {row["label_id"] for row in books.labels if row["kind"] == "ordered"}
    billed = {row["label_id"]: row for row in books.labels if row["kind"] == "billed"}
    for label_id, costs in _charged(streams).items():
        if label_id in made - billed.keys():
            yield Difference("L1", label_id, "is charged here, and its carrier has billed nothing")
        elif label_id in billed:
            entry = billed[label_id]
            if costs != [(entry["cost_minor"], entry["currency"])]:
                because = f"is billed at {entry['cost_minor']} and charged {costs} here"
                yield Difference("L1", label_id, because)


def uncharged(streams: Streams, books: Books) -> Iterator[Difference]:
    """In the end each bill is known: such a carrier tells nothing by itself, and was asked by then."""
    charged = _charged(streams)
    for row in books.labels:
        if row["kind"] == "billed" and row["label_id"] not in charged:
            yield Difference("L1", row["label_id"], "is billed, and no return was charged for it")


def _charged(streams: Streams) -> Mapping[str, Sequence[tuple[int, str]]]:
    """What returns were charged for labels after they had them, by the carrier's name for each."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for _, rows in streams.returns:
        refs = {row["label_id"]: row["label_ref"] for row in every(rows, "LabelPurchased")}
        for row in every(rows, "LabelCharged"):
            cost = row["cost"]
            found[refs[row["label_id"]]].append((cost["amount_minor"], cost["currency"]))
    return found
