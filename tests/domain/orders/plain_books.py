"""The simplest books that can be kept of an order: sums in plain dicts, and nothing else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.orders.order import Order
from domain.orders.values import line_totals, shipping_value, unit_values

Parts = dict[str, int]
"""Minor units by part key, as `unit:1:2`, `duties:1:2` and `shipping`."""


@dataclass
class Entry:
    """Something that took money: from which tenders, and for what."""

    tenders: dict[str | None, int]
    parts: Parts
    counts: bool = True

    @property
    def amount(self) -> int:
        return sum(self.tenders.values())


@dataclass
class PlainBooks:
    """What an order is worth, and every entry that took something of it."""

    sold: Order
    entries: dict[str, Entry] = field(default_factory=dict)
    collected: dict[str, int] = field(default_factory=dict)  # paid on top, for a return

    def caps(self) -> dict[str, int]:
        """Every cap there is, by name."""
        caps = {"shipping": shipping_value(self.sold), "order": self.sold.captured_minor}
        for name, amount in self.collected.items():
            caps |= {f"collected {name}": amount, f"tender {name}": amount}
            caps["order"] += amount
        for (line_id, ordinal), value in unit_values(self.sold).items():
            caps[f"unit {line_id} {ordinal}"] = value.total_minor
            if value.duty_minor + value.import_tax_minor:
                caps[f"duties {line_id} {ordinal}"] = value.duty_minor + value.import_tax_minor
        caps |= {f"line {line_id}": total for line_id, total in line_totals(self.sold).items()}
        return caps | {f"tender {t.tender_id}": t.captured_minor for t in self.sold.tenders}

    def taken(self) -> Counter[str]:
        """What is gone from each cap."""
        gone: Counter[str] = Counter()
        for entry in self.entries.values():
            if entry.counts:
                gone["order"] += entry.amount
                gone.update({f"tender {t}": a for t, a in entry.tenders.items() if t is not None})
                for key, amount in entry.parts.items():
                    gone.update(dict.fromkeys(around(key), amount))
        return gone

    def left(self) -> dict[str, int]:
        """What each cap has, never below nothing."""
        gone = self.taken()
        return {cap: max(0, held - gone[cap]) for cap, held in self.caps().items()}

    def over(self) -> dict[str, int]:
        """What each cap is overdrawn by."""
        caps, gone = self.caps(), self.taken()
        return {cap: gone[cap] - caps.get(cap, 0) for cap in gone if gone[cap] > caps.get(cap, 0)}

    def fits(self, tender_id: str | None, wanted: Parts) -> bool:
        """Whether all of it is there."""
        return sum(self.most(tender_id, wanted).values()) == sum(wanted.values())

    def most(self, tender_id: str | None, wanted: Parts) -> Parts:
        """Take part after part, each as far as every cap around it goes."""
        left, got = self.left(), dict.fromkeys(wanted, 0)
        for key, asked in wanted.items():
            caps = [*around(key), "order", *([f"tender {tender_id}"] if tender_id else [])]
            got[key] = min([asked, *(left.get(cap, 0) for cap in caps)])
            for cap in caps:
                left[cap] = left.get(cap, 0) - got[key]
        return got


def around(key: str) -> Iterator[str]:
    """The caps that a part lies in, but for those of the order and its tenders."""
    yield key.replace(":", " ")
    if key != "shipping" and not key.startswith("collected:"):
        kind, line_id, ordinal = key.split(":")
        yield f"line {line_id}"
        if kind == "duties":
            yield f"unit {line_id} {ordinal}"
