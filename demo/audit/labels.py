"""L: every label is bought for one parcel, and used, taken back, or paid for once it travelled."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from demo.audit.billed import bills, charges, uncharged
from demo.audit.rows import Books, Difference, Entry, Row, Streams, every

PAID = {"purchase": "was sold for", "billed": "is billed for"}
MADE = frozenset({"purchase", "ordered"})
SEEN = frozenset({"scan", "delivered", "picked_up"})


def labels(streams: Streams, books: Books) -> Iterator[Difference]:
    """Compare what carriers sold and took back with what returns say of it."""
    sold = [row for row in books.labels if row["kind"] in PAID]
    made = {row["label_id"] for row in books.labels if row["kind"] in MADE}
    bought: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for stream_id, rows in streams.returns:
        yield from _one_alive_here(stream_id, rows)
        for row in every(rows, "LabelPurchased"):
            bought[row["label_ref"]].append((stream_id, row))
    yield from _owned_by_one(sold, bought)
    yield from bills(bought, books.labels)
    yield from charges(streams, books)
    for label_id in sorted(bought.keys() - made):
        yield Difference("L1", label_id, f"is in {bought[label_id][0][0]}, and nobody made it")
    yield from _voids_agree(streams, books.labels)
    yield from _one_alive_there(books.labels)


def _owned_by_one(
    paid_for: Sequence[Entry], bought: dict[str, list[tuple[str, Row]]]
) -> Iterator[Difference]:
    """What a carrier wants money for is one return's, at the price that it knows."""
    for entry in paid_for:
        label_id = entry["label_id"]
        owners = bought.get(label_id, [])
        if len(owners) != 1:
            because = f"{PAID[entry['kind']]} {entry['reference']} and is in {len(owners)} returns"
            yield Difference("L1", label_id, because)
            continue
        cost = owners[0][1]["cost"]
        if (cost["amount_minor"], cost["currency"]) != (entry["cost_minor"], entry["currency"]):
            because = f"cost {entry['cost_minor']} there and {cost['amount_minor']} here"
            yield Difference("L1", label_id, because)


def _voids_agree(streams: Streams, entries: Sequence[Entry]) -> Iterator[Difference]:
    voided = Counter(entry["label_id"] for entry in entries if entry["kind"] == "voided")
    told = set()
    for _, rows in streams.returns:
        refs = {row["label_id"]: row["label_ref"] for row in every(rows, "LabelPurchased")}
        told |= {refs.get(row["label_id"], row["label_id"]) for row in every(rows, "LabelVoided")}
    for label_id, times in voided.items():
        if times > 1:
            yield Difference("L2", label_id, f"was taken back {times} times")
    for label_id in sorted(told ^ set(voided)):
        where = "here" if label_id in told else "there"
        yield Difference("L1", label_id, f"is taken back only {where}")


def _one_alive_here(stream_id: str, rows: Sequence[Row]) -> Iterator[Difference]:
    """A parcel's label ends with its first scan or with the wish to take it back.

    Those that cost nothing unused are not counted, here as there: see `demo.audit.billed`.
    """
    alive: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        match row.type:
            case "LabelPurchased" if row["billed"] == "on_purchase":
                alive[row["parcel_id"]].add(row["label_id"])
                if len(alive[row["parcel_id"]]) > 1:
                    because = f"{row['parcel_id']} has {sorted(alive[row['parcel_id']])} alive"
                    yield Difference("L3", stream_id, because)
            case "LabelVoidRequested":
                for labels_of_parcel in alive.values():
                    labels_of_parcel.discard(row["label_id"])
            case "ParcelScanned":
                alive[row["parcel_id"]].clear()
            case _:
                pass


def _one_alive_there(entries: Sequence[Entry]) -> Iterator[Difference]:
    """The side of carriers that sell, over all of them: our reference says for which parcel."""
    alive: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        parcel = entry["reference"].rpartition(":")[0]  # without the attempt at another carrier
        if entry["kind"] == "purchase":
            alive[parcel].add(entry["label_id"])
            if len(alive[parcel]) > 1:
                because = f"{len(alive[parcel])} labels alive at entry {entry['seq']}"
                yield Difference("L3", parcel, because)
        elif entry["kind"] in {"void_requested", "voided", *SEEN}:
            alive[parcel].discard(entry["label_id"])


def settled(streams: Streams, books: Books) -> Iterator[Difference]:
    """When all is over no label that cost something lies about, and each bill is known."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for entry in books.labels:
        if entry["label_id"]:
            kinds[entry["label_id"]].add(entry["kind"])
    for label_id, seen in kinds.items():
        if "purchase" in seen and not seen & {"voided", "void_rejected", *SEEN}:
            yield Difference("L2", label_id, "was sold, and neither travelled nor was taken back")
    yield from uncharged(streams, books)
